//! A task as found in its folder, or the problem that keeps it from loading.

use serde::{Deserialize, Serialize};

use crate::params::{ParamGroup, ParamSpec};

/// What a task says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskInfo {
    /// `JOB_NAME`.
    pub title: String,
    /// `JOB_DESCRIPTION`.
    pub description: String,
    /// Required first, then optional.
    pub params: Vec<ParamSpec>,
    /// "One of these" rules over them (`PARAM_GROUPS`).
    pub groups: Vec<ParamGroup>,
    /// What a run may use (`LIMITS`); what is absent follows the server's options.
    pub limits: TaskLimits,
    /// Words that group tasks; the server may limit how many runs of a group go at the same time.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Labels that a server must have to run it.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Whether its settings can be tried out without a run (it defines `check`).
    pub has_check: bool,
    /// Sentences for the author.
    pub warnings: Vec<String>,
}

/// What one run may use. Absent means no limit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskLimits {
    /// Data memory (`RLIMIT_DATA`) of each process, in MiB.
    pub memory_mb: Option<u64>,
    /// Processes and threads (`RLIMIT_NPROC`); counted for the whole operating-system user.
    pub processes: Option<u64>,
    /// The largest file it may write (`RLIMIT_FSIZE`), in MiB.
    pub file_mb: Option<u64>,
    /// Open files (`RLIMIT_NOFILE`).
    pub open_files: Option<u64>,
    /// Time until it is stopped, in minutes.
    pub time_minutes: Option<u64>,
    /// Runs of the task at the same time, on all servers together.
    pub runs: Option<u64>,
}

impl TaskLimits {
    /// These limits, and for what they leave open, the others.
    #[must_use]
    pub fn or(self, others: Self) -> Self {
        Self {
            memory_mb: self.memory_mb.or(others.memory_mb),
            processes: self.processes.or(others.processes),
            file_mb: self.file_mb.or(others.file_mb),
            open_files: self.open_files.or(others.open_files),
            time_minutes: self.time_minutes.or(others.time_minutes),
            runs: self.runs.or(others.runs),
        }
    }
}

/// Why a folder is not a task that runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoadProblem {
    /// What kind of problem; selects the words.
    pub kind: ProblemKind,
    /// Python's exception class, if there was one.
    pub exception: Option<String>,
    /// Its message, or ours.
    pub message: String,
    /// File inside the task's folder.
    pub file: Option<String>,
    /// Line in that file, counted from 1.
    pub line: Option<u32>,
    /// The module that is not installed.
    pub missing: Option<String>,
    /// The whole traceback for the developer.
    pub traceback: Option<String>,
}

/// Kinds of load problems. The harness sends the first seven by these names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// Python cannot read the file.
    SyntaxError,
    /// An imported module is not installed.
    MissingModule,
    /// An import failed otherwise.
    ImportError,
    /// No `Job` class.
    NoJobClass,
    /// The class is abstract or not a class.
    NotInstantiable,
    /// The parameter lists are not lists of parameters.
    BadParamsDeclaration,
    /// Any other exception while the file was read.
    Error,
    /// No `job.py` in the folder.
    NoJobFile,
    /// The folder's name cannot be a task's name.
    BadName,
    /// Reading the file took too long.
    TookTooLong,
    /// The describing process died.
    Crashed,
    /// Its packages are being installed; it loads by itself afterwards.
    Preparing,
    /// Its packages could not be installed.
    PackagesFailed,
    /// The folder or its job.py is a link that leads out of the tasks folder.
    LeadsOutside,
    /// A folder and a file, say, that would both be the task of this name.
    NameTaken,
    /// The server is not allowed to read the folder or a file in it.
    Unreadable,
}

impl LoadProblem {
    /// A problem of our own finding, without a Python exception.
    pub fn plain(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            exception: None,
            message: message.into(),
            file: None,
            line: None,
            missing: None,
            traceback: None,
        }
    }

    /// What happened and what to do, in plain words.
    pub fn advice(&self) -> String {
        match self.kind {
            ProblemKind::SyntaxError => "Python cannot read the file: there is a typing mistake at or just before this line.".into(),
            ProblemKind::MissingModule => missing_module(self.missing.as_deref().unwrap_or("a module")),
            ProblemKind::ImportError => "An import at the top of the file failed. Check that the imported name exists in that package.".into(),
            ProblemKind::NoJobClass => "The file must define a class that extends BaseJob, with the line \"Job = YourClass\" at its end.".into(),
            ProblemKind::NotInstantiable => "The class must extend BaseJob and define \"async def execute(self)\".".into(),
            ProblemKind::BadParamsDeclaration => "Correct REQUIRED_PARAMS or OPTIONAL_PARAMS in the file: each is a list of dictionaries with at least a \"name\".".into(),
            ProblemKind::Error => "The code at the top level of the file failed while it was read. Work belongs in execute(), which only runs when the task runs.".into(),
            ProblemKind::NoJobFile => "Put a file named job.py into the folder.".into(),
            ProblemKind::BadName => "Rename the folder: letters, digits, - and _ only, at most 64.".into(),
            ProblemKind::TookTooLong => "Reading the file did not end in time. Work, waiting and downloads belong in execute(), not at the top level of the file.".into(),
            ProblemKind::Preparing => "Wait a moment: the packages named in requirements.txt are being installed. The task appears by itself.".into(),
            ProblemKind::PackagesFailed => "Correct requirements.txt: the message names the package. If the message speaks of the network, ask who looks after the server.".into(),
            ProblemKind::LeadsOutside => "Copy the folder into the tasks folder. A link that leads out of it is not followed, because it could lead anywhere.".into(),
            ProblemKind::NameTaken => "Rename one of the two, so that each task has a name of its own.".into(),
            ProblemKind::Unreadable => "Let the user that the server runs as read the folder and its files.".into(),
            ProblemKind::Crashed => "The Python process ended while it read the file. Look for code at the top level that exits or crashes.".into(),
        }
    }

    /// `job.py, line 3`, if known.
    pub fn place(&self) -> Option<String> {
        let file = self.file.as_deref()?;
        Some(
            self.line
                .map_or_else(|| file.to_owned(), |line| format!("{file}, line {line}")),
        )
    }
}

/// Which file or package is missing. The task's own files are imported as `external_tasks.<task>.<file>`.
fn missing_module(name: &str) -> String {
    match name
        .strip_prefix("external_tasks.")
        .map(|own| own.split_once('.'))
    {
        Some(Some((_, file))) => {
            let file = file.replace('.', "/");
            format!(
                "The task needs its own file \"{file}.py\", which is not in its folder. Put it there, or check the spelling of the import."
            )
        }
        Some(None) => format!(
            "The task imports \"{name}\" from outside its folder. Copy what it needs into the folder, and import it from there."
        ),
        None => format!(
            "The task needs the Python package \"{name}\", which is not installed here. Ask who looks after the server to install it, or check the spelling of the import. If it is a file of your own, put it beside job.py."
        ),
    }
}

/// Whether a folder's name may be a task's name (fault case F68): it becomes part of addresses and paths.
pub fn is_task_name(name: &str) -> bool {
    let mut letters = name.bytes();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_alphanumeric() || first == b'_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'-'))
        && name.len() <= 64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f68_only_plain_folder_names_are_task_names() {
        for name in ["my_task", "Task-2", "_x", "9lives"] {
            assert!(is_task_name(name), "{name}");
        }
        for name in [
            "",
            "..",
            "-rf",
            "a/b",
            ".git",
            "a b",
            "ä",
            "a\nb",
            &"x".repeat(65),
        ] {
            assert!(!is_task_name(name), "{name}");
        }
    }

    #[test]
    fn a_missing_module_is_named_in_the_advice() {
        let problem = LoadProblem {
            missing: Some("pandas".into()),
            ..LoadProblem::plain(ProblemKind::MissingModule, "")
        };
        assert!(problem.advice().contains("\"pandas\""));
        for (missing, expected) in [
            ("external_tasks.sync.lib.helper", "its own file \"lib/helper.py\""),
            ("external_tasks.other", "outside its folder"),
        ] {
            let problem = LoadProblem {
                missing: Some(missing.into()),
                ..LoadProblem::plain(ProblemKind::MissingModule, "")
            };
            assert!(problem.advice().contains(expected), "{}", problem.advice());
        }
    }
}
