//! Runs: the history, one run with its log.

mod actions;
pub mod again;
pub mod artifacts;
mod asked;
pub mod cancel;
mod changes;
pub mod compare;
mod compare_table;
pub mod detail;
pub mod download;
mod estimate;
pub mod events;
pub mod export;
mod failure;
mod filters;
pub mod like;
pub mod list;
mod log;
mod log_filter;
mod log_look;
mod log_matches;
mod progress;
mod run_values;
mod story;
mod summary;
mod timeline;
mod waiting;
