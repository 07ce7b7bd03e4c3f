//! The upper part of a run's page. The live log replaces it as a whole when the run's status changes.

use domain::run::Trigger;
use domain::words;
use engine::runs::{ParamShown, RunSummary};
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::actions::RunActions;
use super::artifacts::ArtifactList;
use super::estimate::Estimate;
use super::failure::Failure;
use super::progress;
use super::story::{Story, TaskOfRun};
use super::timeline::Timeline;
use super::waiting::WaitingNotice;
use crate::components::icons::WarningIcon;
use crate::components::records::RecordCounts;
use crate::components::result::ResultEntries;
use crate::components::status_badge::StatusBadge;
use crate::islands::{RUN_SUMMARY_ID, run_progress};
use crate::render::Viewer;

/// Status, cause, progress, counters, result, files, course, values.
#[component]
pub(super) fn RunSummaryView(story: Story) -> AnyView {
    let summary = story.run.summary.clone();
    let run_id = summary.run_id.clone();
    view! {
        <div id=RUN_SUMMARY_ID>
            <div class="page-head page-head-split">
                <div>
                    <h1>{story.task.title.clone()}</h1>
                    <p class="run-status">
                        <StatusBadge status=summary.status />
                    </p>
                    <p class="muted no-print">{in_short(&summary)}</p>
                </div>
                <RunActions run=story.run.clone() task=story.task.clone() />
            </div>
            <Failure story=story.clone() />
            {run_progress(progress::shown(&summary))}
            <WaitingNotice waiting=story.waiting.clone() />
            <Estimate run=summary.clone() usual=story.usual />
            <Unusual warning=summary.warning.clone() />
            <RecordCounts records=summary.records />
            <ResultDetails result=story.run.result.clone() />
            <div class="columns columns-even run-parts">
                <Timeline story=story.clone() />
                <UsedSettings params=story.run.params run_id=run_id.clone() task=story.task />
                <ArtifactList run_id artifacts=story.artifacts />
            </div>
        </div>
    }
    .into_any()
}

/// A run that succeeded, and yet looks odd.
#[component]
fn Unusual(warning: Option<String>) -> AnyView {
    warning
        .map(|warning| {
            view! {
                <p class="notice notice-warning">
                    <WarningIcon />
                    <span>{warning}</span>
                </p>
            }
        })
        .into_any()
}

#[component]
fn ResultDetails(result: Option<Map<String, Value>>) -> AnyView {
    // The counters stand above as figures.
    let entries: Map<String, Value> = result
        .into_iter()
        .flatten()
        .filter(|(key, value)| !key.starts_with("records_") && !value.is_null())
        .collect();
    (!entries.is_empty())
        .then(|| {
            view! {
                <section class="card run-result" aria-labelledby="result-title">
                    <h2 id="result-title">"Result"</h2>
                    <ResultEntries entries />
                </section>
            }
        })
        .into_any()
}

#[component]
fn UsedSettings(params: Vec<(String, ParamShown)>, run_id: String, task: TaskOfRun) -> AnyView {
    let mut params = params;
    params.sort_by_key(|(name, _)| task.place(name));
    let entries: Vec<_> = params
        .into_iter()
        .map(|(name, value)| {
            let words = task.words(&name, &value);
            let class = if value == ParamShown::Saved {
                "value muted"
            } else {
                "value"
            };
            view! { <dt>{task.label(&name)}</dt><dd class=class>{words}</dd> }
        })
        .collect();
    let values = if entries.is_empty() {
        view! { <p class="muted">"It was given no values."</p> }.into_any()
    } else {
        view! { <dl class="facts">{entries}</dl> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="params-title">
            <h2 id="params-title">"Values it ran with"</h2>
            {values}
            <p class="no-print">
                <a href=format!("/runs/{run_id}/compare")>"Compare with another run"</a>
            </p>
        </section>
    }
    .into_any()
}

/// `Started 5 minutes ago by ann, took 12 s`.
fn in_short(run: &RunSummary) -> String {
    let now = Viewer::current().now;
    let by = match (run.trigger, &run.triggered_by_user) {
        (Trigger::Scheduler, _) => " by its schedule".to_owned(),
        (Trigger::Manual, Some(name)) => format!(" by {name}"),
        (Trigger::Link, Some(name)) => format!(" by the start link “{name}”"),
        (Trigger::Manual | Trigger::Link, None) => String::new(),
    };
    let start = match run.started_at {
        Some(at) => format!("Started {}", words::relative(at, now)),
        None => format!("Asked for {}", words::relative(run.queued_at, now)),
    };
    let took = run
        .duration_ms
        .map(|took| format!(", took {}", words::duration(took)));
    format!("{start}{by}{}", took.unwrap_or_default())
}
