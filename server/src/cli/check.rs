//! `task check`.

use domain::params::{Control, Field, Typed, fields, initial_values};
use domain::task::{LoadProblem, TaskInfo};
use engine::author::{Tests, Workbench};

use super::{CliError, load, say, tell};
use crate::config::Options;

/// Checks one task, or all of them. True if every one loads and its tests pass.
pub(super) async fn check(options: &Options, name: Option<&str>, with_tests: bool) -> Result<bool, CliError> {
    let bench = Workbench::open(options.engine(), name).await?;
    let outcome = check_names(&bench, name, with_tests).await;
    bench.close().await;
    outcome
}

async fn check_names(bench: &Workbench, name: Option<&str>, with_tests: bool) -> Result<bool, CliError> {
    let names = match name {
        Some(name) => vec![name.to_owned()],
        None => bench.names(),
    };
    if names.is_empty() {
        tell(&format!("There are no tasks in {}.", bench.tasks_dir().display()));
    }
    let mut is_good = true;
    for name in names {
        is_good &= check_one(bench, &name, with_tests).await?;
    }
    Ok(is_good)
}

async fn check_one(bench: &Workbench, name: &str, with_tests: bool) -> Result<bool, CliError> {
    let folder = load(bench, name).await?;
    let info = match &folder.found {
        Err(problem) => {
            tell(&format!("{name} does not load."));
            explain(problem);
            return Ok(false);
        }
        Ok(info) => info,
    };
    tell(&format!("{name} loads: \"{}\".", info.title));
    list_fields(info);
    for warning in &info.warnings {
        tell(&format!("  Note: {warning}"));
    }
    if !with_tests {
        return Ok(true);
    }
    match bench.run_tests(&folder).await? {
        Tests::None => tell("  It has no tests."),
        Tests::Passed(output) => tell(&format!("  Its tests pass: {}.", last_line(&output))),
        Tests::Failed(output) => {
            tell("  Its tests fail:");
            tell(&output);
            return Ok(false);
        }
    }
    Ok(true)
}

/// What is wrong, where, and what to do, as the product's own page says it.
pub(super) fn explain(problem: &LoadProblem) {
    if let Some(place) = problem.place() {
        tell(&format!("  {place}"));
    }
    let exception = problem.exception.as_deref().map(|name| format!("{name}: "));
    tell(&format!(
        "  {}{}",
        exception.unwrap_or_default(),
        problem.message.replace('\n', "\n  ")
    ));
    tell(&format!("  {}", problem.advice()));
    if let Some(traceback) = problem.traceback.as_deref().filter(|text| !text.is_empty()) {
        say("");
        say(traceback.trim_end());
    }
}

fn list_fields(info: &TaskInfo) {
    if info.params.is_empty() {
        tell("  It asks for no settings.");
        return;
    }
    tell("  Settings:");
    for (field, spec) in form(info).iter().zip(&info.params) {
        let need = if field.required { "required" } else { "optional" };
        let hint = field.hint.as_deref().map(|hint| format!(". {hint}"));
        tell(&format!(
            "    {} ({}): {}, {need}{}",
            field.label,
            spec.name,
            word(&field.control),
            hint.unwrap_or_default().trim_end_matches('.')
        ));
    }
}

fn form(info: &TaskInfo) -> Vec<Field> {
    let typed: Typed = initial_values(
        &info.params,
        None,
        chrono::Utc::now().with_timezone(&chrono_tz::Tz::UTC),
    );
    fields(&info.params, &typed, &std::collections::BTreeSet::new(), &[])
}

fn word(control: &Control) -> &'static str {
    match control {
        Control::Line { kind: "text", .. } => "text",
        Control::Line { kind, .. } => kind,
        Control::Lines { code: true, .. } => "JSON",
        Control::Lines { .. } => "several lines",
        Control::Password { .. } => "password",
        Control::Number { whole: true, .. } => "whole number",
        Control::Number { .. } => "number",
        Control::Moment { .. } => "date and time",
        Control::Checkbox { .. } => "yes or no",
        Control::Select { .. } | Control::Radio { .. } => "one of a list",
        Control::MultiSelect { .. } => "any of a list",
        Control::File { .. } => "file",
        Control::Credential { .. } => "credential",
    }
}

fn last_line(output: &str) -> &str {
    output.trim_end().lines().last().unwrap_or_default()
}
