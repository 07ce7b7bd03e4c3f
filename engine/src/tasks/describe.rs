//! Asking a task what it is: a child Python process reads its file, never this one.

use std::path::Path;

use domain::params::{declare, declare_groups};
use domain::task::{LoadProblem, ProblemKind, TaskInfo, TaskLimits};
use domain::words::humanise;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::runner::{Interpreter, OneAnswer};

/// A title beyond this would fill the page.
const MAX_TITLE: usize = 200;
const MAX_TEXT: usize = 4 * 1024;
const MAX_TRACEBACK: usize = 64 * 1024;
const MAX_WARNINGS: usize = 100;

/// What the harness answers in its describe mode.
#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Answer {
    Described(Described),
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

/// A task's account of itself.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Described {
    job_name: Option<String>,
    job_description: Option<String>,
    required_params: Vec<Value>,
    optional_params: Vec<Value>,
    param_groups: Vec<Value>,
    limits: TaskLimits,
    tags: Vec<String>,
    needs: Vec<String>,
    has_check: bool,
    warnings: Vec<String>,
}

/// Where a task's code is.
pub(super) struct Place<'a> {
    /// The task's name.
    pub(super) name: &'a str,
    /// The author's file.
    pub(super) job_file: &'a Path,
    /// The folder of the copies, if there are copies.
    pub(super) code: Option<&'a Path>,
    /// The interpreter that has its packages.
    pub(super) python: &'a Path,
}

/// Describes a task. What goes wrong is the task's problem.
pub(super) async fn describe(interpreter: &Interpreter, place: Place<'_>) -> Result<TaskInfo, LoadProblem> {
    let request = json!({
        "mode": "describe",
        "name": place.name,
        "job_file": place.job_file.to_string_lossy(),
        "code": place.code.map(Path::to_string_lossy),
    });
    let answer = match interpreter.ask(place.python, &request).await {
        Ok(OneAnswer::Said(line)) => line,
        Ok(OneAnswer::TimedOut(limit)) => {
            let message = format!("Reading the file took longer than {} s", limit.as_secs());
            return Err(LoadProblem::plain(ProblemKind::TookTooLong, message));
        }
        Ok(OneAnswer::Silent(how)) => return Err(LoadProblem::plain(ProblemKind::Crashed, how)),
        Err(error) => {
            let message = format!("Python could not be started: {error}");
            return Err(LoadProblem::plain(ProblemKind::Crashed, message));
        }
    };
    match serde_json::from_str(&answer) {
        Ok(Answer::Described(described)) => info(place.name, described).map_err(|problem| *problem),
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
            exception: exception.map(|text| head(text, MAX_TITLE)),
            message: head(message.unwrap_or_default(), MAX_TEXT),
            file: file.map(|text| head(text, MAX_TEXT)),
            line,
            missing: missing.map(|text| head(text, MAX_TITLE)),
            traceback: traceback.map(|text| tail(&text, MAX_TRACEBACK)),
        }),
        Err(_) => Err(LoadProblem::plain(
            ProblemKind::Crashed,
            "The describing process gave an answer that cannot be read",
        )),
    }
}

fn info(name: &str, described: Described) -> Result<TaskInfo, Box<LoadProblem>> {
    let declared = declare(&described.required_params, &described.optional_params).map_err(|problem| {
        Box::new(LoadProblem::plain(
            ProblemKind::BadParamsDeclaration,
            head(problem.to_string(), MAX_TEXT),
        ))
    })?;
    let mut warnings = [described.warnings, declared.warnings].concat();
    let groups = declare_groups(&described.param_groups, &declared.specs, &mut warnings);
    warnings.truncate(MAX_WARNINGS);
    let filled = |text: Option<String>| {
        text.map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    };
    Ok(TaskInfo {
        // "Base Job" is what a class inherits when its author gave no name.
        title: filled(described.job_name)
            .filter(|title| title != "Base Job")
            .map_or_else(|| humanise(name), |title| head(title, MAX_TITLE)),
        description: filled(described.job_description)
            .filter(|text| text != "Base job class")
            .map(|text| head(text, MAX_TEXT))
            .unwrap_or_default(),
        params: declared.specs,
        groups,
        limits: described.limits,
        tags: described.tags,
        needs: described.needs,
        has_check: described.has_check,
        warnings: warnings.into_iter().map(|text| head(text, MAX_TEXT)).collect(),
    })
}

fn head(mut text: String, most: usize) -> String {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        text.push('…');
    }
    text
}

fn tail(text: &str, most: usize) -> String {
    match text.len().checked_sub(most) {
        Some(excess) if excess > 0 => format!("…{}", &text[text.ceil_char_boundary(excess)..]),
        _ => text.to_owned(),
    }
}
