//! Asking a task what it is: a child Python process reads its file, never this one.

use std::path::Path;

use domain::params::declare;
use domain::task::{LoadProblem, ProblemKind, TaskInfo};
use domain::words::humanise;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{TaskFolder, scan};
use crate::runner::{Interpreter, OneAnswer};

/// What the harness answers in its describe mode.
#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Answer {
    Described {
        job_name: Option<String>,
        job_description: Option<String>,
        #[serde(default)]
        required_params: Vec<Value>,
        #[serde(default)]
        optional_params: Vec<Value>,
        #[serde(default)]
        warnings: Vec<String>,
    },
    LoadError {
        kind: ProblemKind,
        exception: Option<String>,
        message: Option<String>,
        file: Option<String>,
        line: Option<u32>,
        missing: Option<String>,
        traceback: Option<String>,
    },
}

/// Describes one folder. Never fails: what goes wrong becomes the folder's problem.
pub(super) async fn describe(interpreter: &Interpreter, name: String, path: &Path) -> TaskFolder {
    let found = read(interpreter, &name, path).await;
    if let Err(problem) = &found {
        // The README of the tasks tells operators to look for this word in the server's log.
        tracing::warn!(target: "external_task_loader", task = %name, "external_task_loader: {} {}", problem.place().unwrap_or_default(), problem.message);
    }
    TaskFolder {
        name,
        found,
        readme: scan::readme(path),
        code_hash: scan::code_hash(path),
    }
}

async fn read(interpreter: &Interpreter, name: &str, path: &Path) -> Result<TaskInfo, LoadProblem> {
    if !domain::task::is_task_name(name) {
        return Err(LoadProblem::plain(
            ProblemKind::BadName,
            format!("\"{name}\" cannot be the name of a task"),
        ));
    }
    let job_file = path.join("job.py");
    if !job_file.is_file() {
        return Err(LoadProblem::plain(
            ProblemKind::NoJobFile,
            "The folder has no file named job.py",
        ));
    }
    let request = json!({"mode": "describe", "name": name, "job_file": job_file});
    let answer = match interpreter.ask(&request).await {
        Ok(OneAnswer::Said(line)) => line,
        Ok(OneAnswer::TimedOut(limit)) => {
            let message = format!("Reading job.py took longer than {} s", limit.as_secs());
            return Err(LoadProblem::plain(ProblemKind::TookTooLong, message));
        }
        Ok(OneAnswer::Silent(how)) => return Err(LoadProblem::plain(ProblemKind::Crashed, how)),
        Err(error) => {
            let message = format!("Python could not be started: {error}");
            return Err(LoadProblem::plain(ProblemKind::Crashed, message));
        }
    };
    match serde_json::from_str(&answer) {
        Ok(Answer::Described {
            job_name,
            job_description,
            required_params,
            optional_params,
            warnings,
        }) => {
            let declared = declare(&required_params, &optional_params).map_err(|problem| {
                LoadProblem::plain(ProblemKind::BadParamsDeclaration, problem.to_string())
            })?;
            let filled = |text: Option<String>| {
                text.map(|text| text.trim().to_owned())
                    .filter(|text| !text.is_empty())
            };
            Ok(TaskInfo {
                // "Base Job" is what a class inherits when its author gave no name.
                title: filled(job_name)
                    .filter(|title| title != "Base Job")
                    .unwrap_or_else(|| humanise(name)),
                description: filled(job_description)
                    .filter(|text| text != "Base job class")
                    .unwrap_or_default(),
                params: declared.specs,
                warnings: [warnings, declared.warnings].concat(),
            })
        }
        Ok(Answer::LoadError {
            kind,
            exception,
            message,
            file,
            line,
            missing,
            traceback,
        }) => Err(LoadProblem {
            kind,
            exception,
            message: message.unwrap_or_default(),
            file,
            line,
            missing,
            traceback,
        }),
        Err(_) => Err(LoadProblem::plain(
            ProblemKind::Crashed,
            "The describing process gave an answer that cannot be read",
        )),
    }
}
