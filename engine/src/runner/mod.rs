//! Running a task: one child process group for each run.
//!
//! `run` prepares what the child needs, `supervise` watches it, `ending` judges how it ended.

mod capture;
mod ending;
mod environment;
mod interpreter;
mod log_writer;
mod prepare;
mod process;
mod python_side;
mod redact;
mod run;
mod supervise;

pub(crate) use interpreter::{Interpreter, OneAnswer};
pub(crate) use run::Runner;
