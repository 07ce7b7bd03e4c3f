//! Running a task: one child process group for each run.
//!
//! `prepare` gathers what the child needs, `interpreter` starts it within its limits, `supervise` watches it, `sweep`
//! sees to it that nothing of it stays, `ending` judges how it ended.

mod artifacts;
mod capture;
pub(crate) mod children;
mod ending;
mod environment;
mod events;
mod folder;
mod interpreter;
mod limits;
mod log_writer;
mod packages;
mod prepare;
mod process;
mod processes;
mod python_side;
mod question;
mod redact;
mod reports;
mod run;
mod secrets;
mod supervise;
mod sweep;
mod user;
mod values;

pub(crate) use capture::Lines;
pub(crate) use folder::remove_left_behind;
pub(crate) use interpreter::{Interpreter, OneAnswer};
pub(crate) use question::{Question, Questions, Reply};
pub(crate) use redact::MARK;
pub(crate) use run::Runner;
pub(crate) use sweep::{adopt_orphans, sweep};
pub(crate) use values::Values;
