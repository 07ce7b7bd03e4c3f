//! Tasks as they lie in the tasks folder.
//!
//! `watch` notices that something changed, `look` finds out what, by a `scan`; `examine` makes an entry of the list that
//! `catalog` is, from a `snapshot` of the code, which a Python process is asked to `describe`.

mod catalog;
mod describe;
mod examine;
mod files;
mod known;
mod look;
mod scan;
mod snapshot;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::params::ParamSpec;
use domain::task::{LoadProblem, ProblemKind, TaskInfo};

use crate::environments::Requirements;

pub use catalog::Catalog;
pub use snapshot::Snapshot;

/// One folder of the tasks folder, or one file in it: a task, or a problem.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskFolder {
    /// The folder's name, or the file's without `.py`, which is the task's identity.
    pub name: String,
    /// What the task says of itself, or why it cannot. What ran before goes on running: while the newest files do not
    /// load, this is what the last good ones said.
    pub found: Result<TaskInfo, LoadProblem>,
    /// What is wrong with the newest files, if `found` and `code` are of older ones.
    pub newer: Option<Newer>,
    /// Markdown of its README.md.
    pub readme: Option<String>,
    /// SHA-256 over its code, kept with every run.
    pub code_hash: String,
    /// Its code. A run keeps this until its end.
    pub code: Arc<Snapshot>,
    /// The author's `job.py`, or the single file.
    pub job_file: PathBuf,
    /// What its `requirements.txt` asks for, if that needs an environment.
    pub requirements: Option<Arc<Requirements>>,
    /// The interpreter that has its packages.
    pub python: PathBuf,
}

/// A problem of files that are newer than those in use.
#[derive(Debug, Clone, PartialEq)]
pub struct Newer {
    /// What is wrong, or that packages are being installed.
    pub problem: LoadProblem,
    /// Since when.
    pub found_at: DateTime<Utc>,
}

/// How a task stands, for lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskState {
    /// It runs.
    Ready,
    /// It runs, but from older files than those in the folder, which do not load.
    ReadyButNewerBroken,
    /// Its packages are being installed.
    Preparing,
    /// It does not run.
    Problem,
}

impl TaskFolder {
    /// The task's own name, or the folder's if it does not load.
    pub fn title(&self) -> &str {
        self.found.as_ref().map_or(&self.name, |info| &info.title)
    }

    /// What the task asks for; nothing while it does not load.
    pub fn params(&self) -> &[ParamSpec] {
        self.found.as_ref().map_or(&[], |info| &info.params)
    }

    /// How it stands. One whose newest files merely wait for their packages is ready.
    pub fn state(&self) -> TaskState {
        let is_preparing = |problem: &LoadProblem| problem.kind == ProblemKind::Preparing;
        match (&self.found, &self.newer) {
            (Ok(_), Some(newer)) if !is_preparing(&newer.problem) => TaskState::ReadyButNewerBroken,
            (Ok(_), _) => TaskState::Ready,
            (Err(problem), _) if is_preparing(problem) => TaskState::Preparing,
            (Err(_), _) => TaskState::Problem,
        }
    }
}
