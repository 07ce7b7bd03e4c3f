//! Runs: the history, one run with its log.

pub mod artifacts;
pub mod cancel;
pub mod detail;
pub mod download;
pub mod events;
mod failure;
pub mod list;
mod log;
mod progress;
mod summary;
mod waiting;
