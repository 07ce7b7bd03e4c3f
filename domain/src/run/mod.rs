//! A run: its states, who asked for it, why it failed, what a task may return.

mod ansi;
mod duration;
mod outcome;
mod status;
mod usual;

pub use ansi::{AnsiSpan, ansi_spans, without_ansi};
pub use duration::UsualDuration;
pub use outcome::{Outcome, Records, judge_result};
pub use status::{FailureReason, LogLevel, LogStream, RunStatus, Trigger};
pub use usual::unusual;
