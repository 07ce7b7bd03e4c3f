//! Runs: the history, one run with its log.

pub mod artifacts;
mod asked;
pub mod cancel;
pub mod detail;
pub mod download;
pub mod events;
pub mod export;
mod failure;
mod filters;
pub mod list;
mod log;
mod progress;
mod summary;
