//! The apalis side: a store over `task_runs`, and the worker that hands runs to the runner.

mod news;
mod store;
mod worker;

pub(crate) use worker::keep_working;
