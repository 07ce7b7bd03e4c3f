//! `GET /runs/{run_id}/compare?with=…`: what two runs of a task were given, side by side.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::words;
use engine::runs::{Comparison, RunDetail, RunFilter, RunSummary};
use leptos::prelude::*;
use serde::Deserialize;

use super::compare_table::SideBySide;
use super::story::TaskOfRun;
use crate::components::breadcrumb::Breadcrumb;
use crate::components::empty_state::EmptyState;
use crate::components::field::Labels;
use crate::components::layout::Section;
use crate::components::select::SelectField;
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

/// By which people tell runs of a task apart.
pub(super) fn moment(run: &RunSummary) -> String {
    words::exact_seconds(run.started_at.unwrap_or(run.queued_at), Viewer::current().zone)
}
