//! When what happened to a run, and the tries it is one of.

use chrono::{DateTime, Utc};
use domain::run::{RunStatus, Trigger};
use domain::words;
use engine::runs::Attempt;
use leptos::prelude::*;

use super::story::Story;
use crate::components::status_badge::StatusBadge;
use crate::components::time::Exactly;

/// Moments in their order, with the time between them.
#[component]
pub(super) fn Timeline(story: Story) -> AnyView {
    let run = &story.run;
    let summary = &run.summary;
    let due = run.scheduled_for.max(run.not_before);
    // Of a scheduled run the wait counts from when it was due, of a try from when it might start.
    let waiting_since = due.unwrap_or(summary.queued_at).max(summary.queued_at);
    let waited = summary
        .started_at
        .map(|at| (at - waiting_since).num_milliseconds())
        .filter(|waited| *waited >= 1000)
        .map(|waited| format!("after waiting {}", words::duration(waited)));
    let late = summary
        .started_at
        .and_then(|at| Some((at - due?).num_milliseconds()))
        .filter(|late| *late >= 60_000)
        .map(|late| format!("{} after its time", words::duration(late)));
    let took = summary
        .duration_ms
        .map(|took| format!("after {}", words::duration(took)));
    let is_over = summary.status.is_final();
    let end = match summary.status {
        RunStatus::Success => "Succeeded",
        RunStatus::Cancelled => "Cancelled",
        RunStatus::Skipped => "Skipped",
        _ => "Failed",
    };
    let held = run
        .not_before
        .filter(|_| summary.started_at.is_none() && !is_over);
    let steps = [
        step("Due", run.scheduled_for, None),
        step("Asked for", Some(summary.queued_at), None),
        step("Starts no sooner than", held, None),
        step("Started", summary.started_at, late.or(waited)),
        step(end, summary.completed_at, took),
    ];
    view! {
        <section class="card" aria-labelledby="timeline-title">
            <h2 id="timeline-title">"Timeline"</h2>
            <dl class="facts">
                <dt>"Started by"</dt>
                <dd>
                    <By story=story.clone() />
                </dd>
            </dl>
            <ol class="timeline">{steps.into_iter().collect_view()}</ol>
            <Attempts attempts=story.attempts here=story.run.summary.run_id />
        </section>
    }
    .into_any()
}

fn step(word: &'static str, at: Option<DateTime<Utc>>, note: Option<String>) -> Option<AnyView> {
    let at = at?;
    let note = note.map(|note| view! { <span class="timeline-note">{note}</span> });
    let step = view! {
        <li>
            <span class="timeline-word">{word} " " {note}</span>
            <span>
                <Exactly at />
            </span>
        </li>
    };
    Some(step.into_any())
}

/// A person, or a schedule and who stopped the run.
#[component]
fn By(story: Story) -> AnyView {
    let summary = &story.run.summary;
    let who = match (summary.trigger, &summary.triggered_by_user, &story.schedule) {
        (Trigger::Manual, Some(name), _) => view! { {name.clone()} }.into_any(),
        (Trigger::Manual, None, _) => view! { "Run now" }.into_any(),
        (Trigger::Link, name, _) => {
            let name = name.clone().unwrap_or_default();
            view! { {format!("The start link “{name}”")} }.into_any()
        }
        (Trigger::Scheduler, _, Some(schedule)) => view! {
            "Its schedule: "
            <a href=format!("/schedules/{}", schedule.id)>{schedule.timetable.rule.describe()}</a>
        }
        .into_any(),
        (Trigger::Scheduler, _, None) => view! { "A schedule that was deleted" }.into_any(),
    };
    let stopped = story
        .run
        .cancel_requested_by
        .as_ref()
        .map(|name| view! { <p>{format!("{name} asked for it to stop.")}</p> });
    view! {
        {who}
        {stopped}
    }
    .into_any()
}

#[component]
fn Attempts(attempts: Vec<Attempt>, here: String) -> AnyView {
    if attempts.is_empty() {
        return ().into_any();
    }
    let items = attempts
        .into_iter()
        .map(|one| {
            let words = format!("Try {}", one.attempt);
            let name = if one.run_id == here {
                view! { <strong aria-current="true">{format!("{words} (this one)")}</strong> }.into_any()
            } else {
                view! { <a href=format!("/runs/{}", one.run_id)>{words}</a> }.into_any()
            };
            let is_waiting = one.status == RunStatus::Queued;
            let at = one.started_at.or(one.not_before.filter(|_| is_waiting));
            view! {
                <li>
                    <StatusBadge status=one.status />
                    {name}
                    {at.map(|at| view! { <span class="muted"><Exactly at /></span> })}
                </li>
            }
        })
        .collect_view();
    view! {
        <h3>"Tries"</h3>
        <ol class="attempts">{items}</ol>
    }
    .into_any()
}
