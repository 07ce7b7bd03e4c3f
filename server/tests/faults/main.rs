//! The real program in trouble: killed, stopped, with a wrong clock, without a database. On SQLite, or on the database
//! server that `ENGINE_TEST_DATABASE` names.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "../../../engine/tests/engine/common.rs"]
#[allow(dead_code, reason = "made for the tests of the engine")]
mod common;
#[path = "../../../engine/tests/engine/database.rs"]
#[allow(dead_code, reason = "made for the tests of the engine")]
mod database;

mod clock;
mod copying;
mod crash;
mod death;
mod disk;
mod place;
mod signals;
mod start;
