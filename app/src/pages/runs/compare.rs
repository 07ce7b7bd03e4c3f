//! `GET /runs/{run_id}/compare?with=…`: what two runs of a task were given, side by side.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::words;
use engine::runs::{Code, ComparedParam, Comparison, ParamShown, RunDetail, RunFilter, RunSummary};
use leptos::prelude::*;
use serde::Deserialize;

use super::story::TaskOfRun;
use crate::components::breadcrumb::Breadcrumb;
use crate::components::empty_state::EmptyState;
use crate::components::field::Labels;
use crate::components::layout::Section;
use crate::components::run_table::started_by;
use crate::components::select::SelectField;
use crate::components::status_badge::StatusBadge;
use crate::components::time::iso;
use crate::error::AppError;
use crate::render::{Page, Viewer};
use crate::routes::AppState;
use crate::session::SignedIn;

/// As many runs are offered to compare with.
const OFFERED: u32 = 50;

/// The other run; without one it is the last before that succeeded, or else the one before.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    with: String,
}

/// Two runs side by side.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Path(run_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    let runs = &state.engine.runs;
    let run = runs.find(&run_id).await?.ok_or(AppError::NotFound)?;
    let filter = RunFilter {
        task: Some(run.summary.task_name.clone()),
        ..RunFilter::default()
    };
    let offered: Vec<RunSummary> = runs
        .list(&filter, OFFERED)
        .await?
        .runs
        .into_iter()
        .filter(|other| other.run_id != run_id)
        .collect();
    let other = if asked.with.is_empty() {
        let before = offered.iter().find(|other| other.id < run.summary.id);
        let before = before.or(offered.first()).map(|other| other.run_id.clone());
        runs.last_success_before(&run).await?.or(before)
    } else {
        Some(asked.with)
    };
    let comparison = match other {
        Some(other) => {
            let found = runs.compare(&run_id, &other).await?;
            let is_one_task =
                |found: &Comparison| found.one.summary.task_name == found.other.summary.task_name;
            Some(found.filter(is_one_task).ok_or(AppError::NotFound)?)
        }
        None => None,
    };
    let task = TaskOfRun::new(
        state.engine.catalog.find(&run.summary.task_name),
        &run.summary.task_name,
    );
    let title = format!("{}: two runs compared", task.title);
    Ok(Page::new(title).section(Section::Runs).render(
        who.viewer(&state),
        || view! { <ComparePage run task offered comparison /> },
    ))
}

#[component]
fn ComparePage(
    run: RunDetail,
    task: TaskOfRun,
    offered: Vec<RunSummary>,
    comparison: Option<Comparison>,
) -> AnyView {
    let links = vec![
        ("/runs".to_owned(), "Runs".to_owned()),
        (format!("/runs/{}", run.summary.run_id), moment(&run.summary)),
    ];
    let title = task.title.clone();
    let content = match comparison {
        None => view! {
            <EmptyState title="There is nothing to compare with">
                <p>"This task has run only once."</p>
            </EmptyState>
        }
        .into_any(),
        Some(comparison) => view! {
            <OtherRun comparison=comparison.clone() offered />
            <SideBySide comparison task />
        }
        .into_any(),
    };
    view! {
        <Breadcrumb links />
        <div class="page-head">
            <h1>{format!("{title}: two runs compared")}</h1>
            <p class="lead">"What they were given and which code they ran."</p>
        </div>
        {content}
    }
    .into_any()
}

#[component]
fn OtherRun(comparison: Comparison, offered: Vec<RunSummary>) -> AnyView {
    let chosen = comparison.other.summary.run_id.clone();
    let words = |run: &RunSummary| format!("{}: {}", moment(run), run.status.label());
    let mut options: Vec<(String, String)> = offered
        .iter()
        .map(|run| (run.run_id.clone(), words(run)))
        .collect();
    if options.iter().all(|(run_id, _)| *run_id != chosen) {
        options.push((chosen.clone(), words(&comparison.other.summary)));
    }
    let action = format!("/runs/{}/compare", comparison.one.summary.run_id);
    view! {
        <form class="filters compare-form" method="get" action=action>
            <SelectField labels=Labels::required("with", "Compare with the run of") options chosen />
            <div class="filter-buttons">
                <button class="button">"Show"</button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn SideBySide(comparison: Comparison, task: TaskOfRun) -> AnyView {
    let Comparison {
        one,
        other,
        code,
        mut params,
        ..
    } = comparison;
    params.sort_by_key(|param| (param.is_same, task.place(&param.name)));
    let different = params.iter().filter(|param| !param.is_same).count();
    let sentence = in_words(different, code);
    let values = params
        .into_iter()
        .map(|param| view! { <ParamRow param task=task.clone() /> })
        .collect_view();
    let (first, second) = (moment(&one.summary), moment(&other.summary));
    let hash = |run: &RunDetail| {
        let short = run
            .code_hash
            .as_ref()
            .map(|hash| hash.chars().take(8).collect::<String>());
        short.unwrap_or_else(|| "Not recorded".to_owned())
    };
    let took = |run: &RunDetail| {
        let took = run.summary.duration_ms.map(words::duration);
        took.unwrap_or_else(|| "–".to_owned())
    };
    let same = |is_same: bool| if is_same { "The same" } else { "Different" };
    let code_words = match code {
        Code::Same => "The same",
        Code::Changed => "Different",
        Code::Unknown => "Not known",
    };
    let (by, other_by) = (started_by(&one.summary), started_by(&other.summary));
    let is_same_by = by == other_by;
    let head = |run: &RunDetail, word: &'static str, when: String| {
        let at = run.summary.started_at.unwrap_or(run.summary.queued_at);
        view! {
            <th scope="col">
                <span class="compare-which">{word}</span>
                <a href=format!("/runs/{}", run.summary.run_id)>
                    <time datetime=iso(at)>{when}</time>
                </a>
            </th>
        }
    };
    view! {
        <p class="compare-sum" role="status">{sentence}</p>
        <table class="table compare-table">
            <caption class="visually-hidden">"Two runs side by side, differences first"</caption>
            <thead>
                <tr>
                    <th scope="col">"What"</th>
                    {head(&one, "This run", first)}
                    {head(&other, "The other", second)}
                    <th scope="col">"Compared"</th>
                </tr>
            </thead>
            <tbody>
                <tr>
                    <th scope="row" data-label="What">"Status"</th>
                    <td data-label="This run"><StatusBadge status=one.summary.status /></td>
                    <td data-label="The other"><StatusBadge status=other.summary.status /></td>
                    <td data-label="Compared">{same(one.summary.status == other.summary.status)}</td>
                </tr>
                {values}
                {plain_row("Code", (hash(&one), hash(&other)), code_words)}
                {plain_row("Started by", (by, other_by), same(is_same_by))}
                {plain_row("Took", (took(&one), took(&other)), "")}
            </tbody>
        </table>
        <p class="muted">
            "Packages and what the task connects to are not recorded, so they are not compared. Passwords are never shown: they count as the same when nobody entered one in between."
        </p>
    }
    .into_any()
}

fn plain_row(what: &'static str, (one, other): (String, String), compared: &'static str) -> AnyView {
    view! {
        <tr>
            <th scope="row" data-label="What">
                {what}
            </th>
            <td data-label="This run">{one}</td>
            <td data-label="The other">{other}</td>
            <td data-label="Compared">{compared}</td>
        </tr>
    }
    .into_any()
}

#[component]
fn ParamRow(param: ComparedParam, task: TaskOfRun) -> AnyView {
    let words = |value: &Option<ParamShown>| match value {
        Some(value) => task.words(&param.name, value),
        None => "Empty".to_owned(),
    };
    let (class, compared) = if param.is_same {
        ("", "The same")
    } else {
        ("is-different", "Different")
    };
    view! {
        <tr class=class>
            <th scope="row" data-label="What">
                {task.label(&param.name)}
            </th>
            <td data-label="This run" class="value">
                {words(&param.one)}
            </td>
            <td data-label="The other" class="value">
                {words(&param.other)}
            </td>
            <td data-label="Compared">{compared}</td>
        </tr>
    }
    .into_any()
}

fn in_words(different: usize, code: Code) -> String {
    let values = match different {
        0 => "They were given the same values".to_owned(),
        1 => "One value is different".to_owned(),
        count => format!("{count} values are different"),
    };
    match code {
        Code::Same => format!("{values}, and the same code ran."),
        Code::Changed if different == 0 => format!("{values}, but the code is different."),
        Code::Changed => format!("{values}, and so is the code."),
        Code::Unknown => format!("{values}. Which code ran is not recorded for both."),
    }
}

fn moment(run: &RunSummary) -> String {
    words::exact_seconds(run.started_at.unwrap_or(run.queued_at), Viewer::current().zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outcome_is_one_sentence() {
        assert_eq!(
            in_words(0, Code::Same),
            "They were given the same values, and the same code ran."
        );
        assert_eq!(
            in_words(0, Code::Changed),
            "They were given the same values, but the code is different."
        );
        assert_eq!(
            in_words(2, Code::Changed),
            "2 values are different, and so is the code."
        );
    }
}
