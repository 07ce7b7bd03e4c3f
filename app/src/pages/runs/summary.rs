//! The upper part of a run's page. The live log replaces it as a whole when the run's status changes.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::params::ParamSpec;
use domain::run::Trigger;
use domain::words;
use engine::runs::{Artifact, ParamShown, RunDetail, RunSummary, Waiting};
use engine::tasks::TaskFolder;
use leptos::prelude::*;
use serde_json::Value;

use super::artifacts::ArtifactList;
use super::failure::Failure;
use super::progress;
use super::waiting::WaitingNotice;
use crate::components::icons::WarningIcon;
use crate::components::records::RecordCounts;
use crate::components::run_table::started_by;
use crate::components::status_badge::StatusBadge;
use crate::components::time::Exactly;
use crate::islands::{RUN_SUMMARY_ID, run_progress};
use crate::pages::tasks::new_form_key;
use crate::render::Viewer;

/// What the page needs to know of the run's task, which may be gone or broken by now.
#[derive(Clone)]
pub(super) struct TaskOfRun {
    pub(super) title: String,
    labels: Vec<ParamSpec>,
    may_run: bool,
}

impl TaskOfRun {
    pub(super) fn new(folder: Option<Arc<TaskFolder>>, name: &str) -> Self {
        let info = folder.as_ref().and_then(|folder| folder.found.as_ref().ok());
        Self {
            title: folder.as_ref().map_or(name, |folder| folder.title()).to_owned(),
            labels: info.map(|info| info.params.clone()).unwrap_or_default(),
            may_run: info.is_some(),
        }
    }

    fn label(&self, param: &str) -> String {
        let spec = self.labels.iter().find(|spec| spec.name == param);
        spec.map_or_else(|| words::humanise(param), |spec| spec.label.clone())
    }
}

/// Status, failure, facts, counters, result, settings.
#[component]
pub(super) fn RunSummaryView(
    run: RunDetail,
    task: TaskOfRun,
    artifacts: Vec<Artifact>,
    waiting: Option<Waiting>,
) -> AnyView {
    let summary = run.summary.clone();
    view! {
        <div id=RUN_SUMMARY_ID>
            <div class="page-head page-head-split">
                <div>
                    <h1>{task.title.clone()}</h1>
                    <p class="run-status">
                        <StatusBadge status=summary.status />
                    </p>
                    <p class="muted">{in_short(&summary)}</p>
                </div>
                <RunActions run=run.clone() may_run=task.may_run />
            </div>
            {run_progress(progress::shown(&summary))}
            <WaitingNotice waiting />
            <Failure run=run.clone() />
            <Unusual warning=summary.warning.clone() />
            <RecordCounts records=summary.records />
            <div class="columns columns-even">
                <Facts run=run.clone() />
                <ResultDetails result=run.result />
                <ArtifactList run_id=summary.run_id.clone() artifacts />
                <UsedSettings params=run.params task />
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn RunActions(run: RunDetail, may_run: bool) -> AnyView {
    let RunDetail {
        summary,
        cancel_requested_by,
        ..
    } = run;
    if !summary.status.is_final() {
        return match cancel_requested_by {
            Some(name) => {
                view! { <p class="muted">{format!("{name} asked for this run to stop.")}</p> }.into_any()
            }
            None => view! {
                <details class="confirm">
                    <summary>"Cancel run"</summary>
                    <form method="post" action=format!("/runs/{}/cancel", summary.run_id)>
                        <p>"The task is asked to stop. If it does not, it is ended after a short while."</p>
                        <button class="button button-danger">"Cancel this run"</button>
                    </form>
                </details>
            }
            .into_any(),
        };
    }
    may_run
        .then(|| {
            view! {
                <form method="post" action=format!("/tasks/{}/run", summary.task_name)>
                    <input type="hidden" name="form_key" value=new_form_key() />
                    <button class="button button-primary">"Run again"</button>
                </form>
            }
        })
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
fn Facts(run: RunDetail) -> AnyView {
    let RunDetail {
        summary,
        scheduled_for,
        cancel_requested_by,
        attempt,
        retry_of,
        retried_by,
        not_before,
        ..
    } = run;
    let late = late(&summary, scheduled_for.max(not_before));
    let link = |run_id: String, words: String| view! { <a href=format!("/runs/{run_id}")>{words}</a> };
    let retry_of = retry_of.map(|run_id| {
        view! { <dt>"Try"</dt><dd>{attempt} ", after " {link(run_id, "this run failed".to_owned())}</dd> }
    });
    let retried_by = retried_by.map(|run_id| {
        view! { <dt>"Tried again"</dt><dd>{link(run_id, format!("Try {}", attempt + 1))}</dd> }
    });
    let times = [
        ("Due", scheduled_for),
        ("Requested", Some(summary.queued_at)),
        (
            "Starts after",
            not_before.filter(|_| summary.started_at.is_none()),
        ),
        ("Started", summary.started_at),
        ("Ended", summary.completed_at),
    ];
    let times = times
        .into_iter()
        .filter_map(|(word, at)| at.map(|at| view! { <dt>{word}</dt><dd><Exactly at /></dd> }))
        .collect_view();
    let took = summary
        .duration_ms
        .map(|took| view! { <dt>"Took"</dt><dd>{words::duration(took)}</dd> });
    let stopped = cancel_requested_by.map(|name| view! { <dt>"Stopped by"</dt><dd>{name}</dd> });
    view! {
        <section class="card" aria-labelledby="facts-title">
            <h2 id="facts-title">"This run"</h2>
            <dl class="facts">
                <dt>"Started by"</dt>
                <dd>{started_by(&summary)}</dd>
                {retry_of}
                {times}
                {late}
                {took}
                {stopped}
                {retried_by}
            </dl>
        </section>
    }
    .into_any()
}

/// How much later than its time a run started, from a minute on.
fn late(run: &RunSummary, due: Option<DateTime<Utc>>) -> Option<AnyView> {
    let late = (run.started_at? - due?).num_milliseconds();
    (late >= 60_000).then(|| view! { <dt>"Late by"</dt><dd>{words::duration(late)}</dd> }.into_any())
}

#[component]
fn ResultDetails(result: Option<serde_json::Map<String, Value>>) -> AnyView {
    // The counters stand above as figures.
    let entries: Vec<_> = result
        .into_iter()
        .flatten()
        .filter(|(key, value)| !key.starts_with("records_") && !value.is_null())
        .map(|(key, value)| {
            let class = if value.is_array() || value.is_object() {
                "value is-code"
            } else {
                "value"
            };
            view! { <dt>{words::humanise(&key)}</dt><dd class=class>{text(&value)}</dd> }
        })
        .collect();
    (!entries.is_empty())
        .then(|| {
            view! {
                <section class="card" aria-labelledby="result-title">
                    <h2 id="result-title">"Result"</h2>
                    <dl class="facts">{entries}</dl>
                </section>
            }
        })
        .into_any()
}

#[component]
fn UsedSettings(params: Vec<(String, ParamShown)>, task: TaskOfRun) -> AnyView {
    let entries: Vec<_> = params
        .into_iter()
        .map(|(name, value)| {
            let value = match value {
                ParamShown::Saved => view! { <span class="muted">"Saved, not shown"</span> }.into_any(),
                ParamShown::Value(value) => text(&value).into_any(),
                ParamShown::File(file) => format!("{}, {}", file.name, words::bytes(file.size)).into_any(),
                ParamShown::Credential(name) => name.into_any(),
            };
            view! { <dt>{task.label(&name)}</dt><dd class="value">{value}</dd> }
        })
        .collect();
    (!entries.is_empty())
        .then(|| {
            view! {
                <section class="card" aria-labelledby="params-title">
                    <h2 id="params-title">"Settings it ran with"</h2>
                    <dl class="facts">{entries}</dl>
                </section>
            }
        })
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
        None => format!("Requested {}", words::relative(run.queued_at, now)),
    };
    let took = run
        .duration_ms
        .map(|took| format!(", took {}", words::duration(took)));
    format!("{start}{by}{}", took.unwrap_or_default())
}

/// A value as a person reads it.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        Value::Null => "–".to_owned(),
        Value::Array(_) | Value::Object(_) => serde_json::to_string_pretty(value).unwrap_or_default(),
        Value::Number(number) => number.to_string(),
    }
}
