//! Tasks as they lie in the tasks folder.

mod catalog;
mod describe;
mod scan;

use domain::params::ParamSpec;
use domain::task::{LoadProblem, TaskInfo};

pub use catalog::Catalog;

/// One folder of the tasks folder: a task, or a problem.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskFolder {
    /// The folder's name, which is the task's identity.
    pub name: String,
    /// What the task says of itself, or why it cannot.
    pub found: Result<TaskInfo, LoadProblem>,
    /// Markdown of its README.md.
    pub readme: Option<String>,
    /// SHA-256 over its code, kept with every run.
    pub code_hash: String,
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
}
