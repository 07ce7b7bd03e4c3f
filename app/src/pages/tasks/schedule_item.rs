//! One schedule of a task.

use std::collections::HashMap;

use domain::schedule::{Closed, Rule};
use domain::words;
use engine::scheduler::{Kept, Schedule};
use leptos::prelude::*;

use super::attention::StandingBadge;
use super::readiness::Standing;
use super::run::new_form_key;
use crate::components::icons::PauseIcon;
use crate::components::time::When;
use crate::pages::schedules::Calendars;
use crate::render::Viewer;

/// As many future runs as are listed.
const UPCOMING: usize = 5;

/// What a schedule refers to, in sentences.
pub(super) fn about(schedule: &Schedule, names: &HashMap<String, String>) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Rule::After(id) = &schedule.timetable.rule {
        let other = names
            .get(id)
            .map_or("a schedule that was deleted", String::as_str);
        sentences.push(format!("Runs after {other}"));
    }
    let calendars: Vec<&str> = schedule
        .policy
        .calendars
        .iter()
        .filter_map(|id| names.get(id).map(String::as_str))
        .collect();
    if !calendars.is_empty() {
        let then = match schedule.policy.closed {
            Closed::Skip => "Does not run on days of",
            Closed::After => "Runs later on days of",
        };
        sentences.push(format!("{then} {}.", calendars.join(", ")));
    }
    if !schedule.params.is_empty() {
        let own: Vec<&str> = schedule.params.keys().map(String::as_str).collect();
        sentences.push(format!("Has its own values for {}.", own.join(", ")));
    }
    sentences
}

/// One schedule with what can be done to it.
#[component]
pub(super) fn ScheduleItem(
    schedule: Schedule,
    kept: Option<Kept>,
    /// Sentences on other schedules and calendars.
    refers_to: Vec<String>,
    calendars: Calendars,
    waits: bool,
) -> AnyView {
    let zone = schedule.timetable.zone;
    let sentence = schedule.timetable.rule.describe();
    let state = match schedule.next_run_at {
        _ if waits && !schedule.paused => view! {
            <p>
                <StandingBadge standing=Standing::NeedsAttention(Vec::new()) />
            </p>
        }
        .into_any(),
        Some(at) if !schedule.paused => view! {
            <div class="schedule-next">
                <span class="muted">"Next run "</span>
                <When at zone />
            </div>
        }
        .into_any(),
        None if !schedule.paused && matches!(schedule.timetable.rule, Rule::After(_)) => ().into_any(),
        None if !schedule.paused => view! { <p>"No more runs"</p> }.into_any(),
        _ => view! {
            <p>
                <span class="badge badge-paused">
                    <PauseIcon />
                    "Paused"
                </span>
            </p>
        }
        .into_any(),
    };
    let times = match schedule.timetable.span.describe() {
        Some(span) => format!("{} time, {span}", zone.name()),
        None => format!("{} time", zone.name()),
    };
    // One that was saved paused was never started.
    let is_new = schedule.paused && schedule.paused_at.is_none();
    let once = if is_new {
        "Run once to check"
    } else {
        "Run once now"
    };
    let toggle = if is_new {
        ("resume", "Start")
    } else if schedule.paused {
        ("resume", "Resume")
    } else {
        ("pause", "Pause")
    };
    view! {
        <li>
            <h3>{sentence.clone()}</h3>
            <p class="muted">{times}</p>
            {state}
            {schedule
                .problem
                .clone()
                .map(|problem| view! { <p class="missed">{problem}</p> })}
            {kept.map(happened)}
            {refers_to
                .into_iter()
                .chain(schedule.policy.describe())
                .map(|sentence| view! { <p class="muted">{sentence}</p> })
                .collect_view()}
            {(schedule.next_run_at.is_some() && !waits).then(|| view! { <Upcoming schedule=schedule.clone() calendars /> })}
            <div class="schedule-actions">
                <form method="post" action=format!("/schedules/{}/run", schedule.id)>
                    <input type="hidden" name="form_key" value=new_form_key() />
                    <button class=if is_new { "button button-primary" } else { "button button-quiet" }>
                        {once} <span class="visually-hidden">{format!(" {sentence}")}</span>
                    </button>
                </form>
                <a class="button button-quiet" href=format!("/schedules/{}", schedule.id)>
                    "Change" <span class="visually-hidden">{format!(" {sentence}")}</span>
                </a>
                <a
                    class="button button-quiet"
                    href=format!("/tasks/{}/schedules/new?like={}", schedule.task_name, schedule.id)
                >
                    "Duplicate" <span class="visually-hidden">{format!(" {sentence}")}</span>
                </a>
                <form method="post" action=format!("/schedules/{}/{}", schedule.id, toggle.0)>
                    <button class="button button-quiet">
                        {toggle.1} <span class="visually-hidden">{format!(" {sentence}")}</span>
                    </button>
                </form>
                <details class="confirm">
                    <summary>
                        "Delete" <span class="visually-hidden">{format!(" {sentence}")}</span>
                    </summary>
                    <form method="post" action=format!("/schedules/{}/delete", schedule.id)>
                        <p>"The task will no longer run by itself at these times. Past runs stay."</p>
                        <button class="button button-danger">"Delete this schedule"</button>
                    </form>
                </details>
            </div>
        </li>
    }
    .into_any()
}

/// `34 of 36 runs of the last 7 days happened.`
fn happened(kept: Kept) -> AnyView {
    let Kept { due, ran } = kept;
    let runs = if due == 1 { "run" } else { "runs" };
    let sentence = format!(
        "{} of {} {runs} of the last 7 days happened.",
        words::thousands(ran),
        words::thousands(due)
    );
    let class = if ran < due { "missed" } else { "muted" };
    view! { <p class=class>{sentence}</p> }.into_any()
}

#[component]
fn Upcoming(schedule: Schedule, calendars: Calendars) -> AnyView {
    let now = Viewer::current().now;
    let zone = schedule.timetable.zone;
    let items = schedule
        .timetable
        .upcoming(now, UPCOMING)
        .into_iter()
        .map(|at| {
            let note = calendars
                .reason(&schedule.policy, &schedule.timetable, at)
                .unwrap_or_else(|| words::relative(at, now));
            view! {
                <li>
                    <span>{words::exact(at, zone)}</span>
                    <span class="muted">{note}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <details class="upcoming">
            <summary>"Next five runs"</summary>
            <ol class="next-runs">{items}</ol>
        </details>
    }
    .into_any()
}
