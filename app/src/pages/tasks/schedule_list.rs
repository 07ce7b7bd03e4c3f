//! The schedules of one task.

use std::collections::HashMap;

use domain::words;
use engine::scheduler::{Kept, Schedule};
use leptos::prelude::*;

use super::attention::StandingBadge;
use super::readiness::Standing;
use crate::components::icons::PauseIcon;
use crate::components::time::When;
use crate::render::Viewer;

/// As many future runs as are listed.
const UPCOMING: usize = 5;

/// Whether the task can take a schedule.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum MayAdd {
    /// It has all it needs.
    Yes,
    /// Nobody has filled in its settings yet.
    SettingsFirst,
    /// Its settings no longer fit its code.
    AttentionFirst,
    /// Its code does not load.
    ProblemFirst,
}

/// All of them, with what can be done to each.
#[component]
pub(super) fn ScheduleList(
    task: String,
    schedules: Vec<Schedule>,
    kept: HashMap<String, Kept>,
    may_add: MayAdd,
) -> AnyView {
    let is_empty = schedules.is_empty();
    let items = schedules
        .into_iter()
        .map(|schedule| {
            let kept = kept.get(&schedule.id).copied();
            view! { <ScheduleItem schedule kept waits=may_add == MayAdd::AttentionFirst /> }
        })
        .collect_view();
    let note = match (may_add, is_empty) {
        (MayAdd::Yes, true) => Some("This task runs only when someone starts it."),
        (MayAdd::Yes, false) => None,
        (MayAdd::SettingsFirst, true) => {
            Some("Fill in and save the settings first. Then you can add a schedule here.")
        }
        (MayAdd::SettingsFirst, false) => {
            Some("Settings are missing. No schedule runs until they are filled in and saved.")
        }
        (MayAdd::AttentionFirst, true) => {
            Some("Look at the settings and save them first. Then you can add a schedule here.")
        }
        (MayAdd::AttentionFirst, false) => {
            Some("The settings need attention. No schedule runs until they are looked at and saved.")
        }
        (MayAdd::ProblemFirst, true) => Some("A schedule can be added once the task can be loaded."),
        (MayAdd::ProblemFirst, false) => Some("Scheduled runs fail until the task can be loaded again."),
    };
    let class = if may_add == MayAdd::Yes || is_empty {
        "muted"
    } else {
        "notice notice-warning"
    };
    let add = (may_add == MayAdd::Yes).then(|| {
        view! {
            <p>
                <a class="button" href=format!("/tasks/{task}/schedules/new")>
                    "Add a schedule"
                </a>
            </p>
        }
    });
    view! {
        <section class="card" id="schedules" aria-labelledby="schedules-title">
            <h2 id="schedules-title">"Schedules"</h2>
            {note.map(|note| view! { <p class=class>{note}</p> })}
            {(!is_empty).then(|| view! { <ul class="schedule-list">{items}</ul> })}
            {add}
        </section>
    }
    .into_any()
}

#[component]
fn ScheduleItem(schedule: Schedule, kept: Option<Kept>, waits: bool) -> AnyView {
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
    let toggle = if schedule.paused {
        ("resume", "Resume")
    } else {
        ("pause", "Pause")
    };
    view! {
        <li>
            <h3>{sentence.clone()}</h3>
            <p class="muted">{format!("{} time", zone.name())}</p>
            {state}
            {schedule
                .problem
                .clone()
                .map(|problem| view! { <p class="missed">{problem}</p> })}
            {kept.map(happened)}
            {schedule
                .policy
                .describe()
                .into_iter()
                .map(|sentence| view! { <p class="muted">{sentence}</p> })
                .collect_view()}
            {(!schedule.paused && !waits).then(|| view! { <Upcoming schedule=schedule.clone() /> })}
            <div class="schedule-actions">
                <a class="button button-quiet" href=format!("/schedules/{}", schedule.id)>
                    "Change" <span class="visually-hidden">{format!(" {sentence}")}</span>
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
fn Upcoming(schedule: Schedule) -> AnyView {
    let now = Viewer::current().now;
    let zone = schedule.timetable.zone;
    let items = schedule
        .timetable
        .upcoming(now, UPCOMING)
        .into_iter()
        .map(|at| {
            view! {
                <li>
                    <span>{words::exact(at, zone)}</span>
                    <span class="muted">{words::relative(at, now)}</span>
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
