//! The engine as a whole: real database, real Python, real processes.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod accounts;
mod common;
mod runs;
mod schedules;
mod tasks;
