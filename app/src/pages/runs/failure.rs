//! Why a run failed, before anything else: the cause, what changed, what to do.

use domain::run::{FailureReason, RunStatus};
use domain::words;
use engine::runs::Attempt;
use leptos::prelude::*;

use super::changes::Changes;
use super::story::Story;
use crate::components::icons::WarningIcon;
use crate::components::problem::Traceback;
use crate::render::Viewer;

/// Nothing for a run that did not fail.
#[component]
pub(super) fn Failure(story: Story) -> AnyView {
    let Some(reason) = story.run.summary.failure_reason else {
        return ().into_any();
    };
    let message = story
        .run
        .summary
        .error_message
        .clone()
        .map(|text| view! { <p class="problem-error">{text}</p> });
    let traceback = story
        .run
        .error_traceback
        .clone()
        .map(|text| view! { <Traceback text /> });
    view! {
        <section class="card failure" aria-labelledby="failure-title">
            <h2 id="failure-title">
                <WarningIcon />
                <span>{reason.sentence()}</span>
            </h2>
            {message}
            <div class="columns columns-even failure-more">
                <div class="stack">
                    <h3>"What to do"</h3>
                    <p>{reason.advice()}</p>
                    <ByItself story=story.clone() />
                    <TaskLink story=story.clone() reason />
                </div>
                <div class="stack">
                    <Changes comparison=story.since_success task=story.task />
                </div>
            </div>
            {traceback}
        </section>
    }
    .into_any()
}

/// The task's page is where some failures are put right.
#[component]
fn TaskLink(story: Story, reason: FailureReason) -> AnyView {
    matches!(reason, FailureReason::LoadError | FailureReason::BadParams)
        .then(|| {
            view! {
                <p>
                    <a href=format!("/tasks/{}", story.run.summary.task_name)>"Open the task's page"</a>
                </p>
            }
        })
        .into_any()
}

/// What happens although nobody does anything.
#[component]
fn ByItself(story: Story) -> AnyView {
    let zone = Viewer::current().zone;
    let next = next_try(&story.attempts, story.run.attempt);
    let again = match next {
        Some(next) => {
            let words = match (next.status, next.not_before) {
                (RunStatus::Queued, Some(at)) => {
                    format!(
                        "It is tried again by itself, not before {}: ",
                        words::exact(at, zone)
                    )
                }
                (RunStatus::Queued | RunStatus::Running, _) => "It is being tried again: ".to_owned(),
                (status, _) => format!("It was tried again by itself and {}: ", ended(status)),
            };
            let link = format!("/runs/{}", next.run_id);
            view! {
                <p>
                    {words}
                    <a href=link>{format!("try {}", next.attempt)}</a>
                    "."
                </p>
            }
            .into_any()
        }
        None => view! { <p>"It is not tried again by itself."</p> }.into_any(),
    };
    let due = story
        .schedule
        .as_ref()
        .and_then(|schedule| schedule.next_run_at)
        .map(|at| {
            view! { <p>{format!("Its schedule starts the next run on {}.", words::exact(at, zone))}</p> }
        });
    view! {
        {again}
        {due}
    }
    .into_any()
}

fn next_try(attempts: &[Attempt], attempt: i64) -> Option<&Attempt> {
    attempts.iter().find(|other| other.attempt == attempt + 1)
}

fn ended(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Success => "succeeded",
        RunStatus::Cancelled => "was cancelled",
        RunStatus::Skipped => "was skipped",
        _ => "failed",
    }
}
