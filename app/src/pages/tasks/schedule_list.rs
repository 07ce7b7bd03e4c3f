//! The schedules of one task.

use std::collections::HashMap;

use engine::scheduler::{Kept, Schedule};
use leptos::prelude::*;

use super::schedule_item::{ScheduleItem, about};
use crate::pages::schedules::Calendars;

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
    /// What they refer to, by id.
    names: HashMap<String, String>,
    calendars: Calendars,
    may_add: MayAdd,
) -> AnyView {
    let is_empty = schedules.is_empty();
    let items = schedules
        .into_iter()
        .map(|schedule| {
            let kept = kept.get(&schedule.id).copied();
            let refers_to = about(&schedule, &names);
            let waits = may_add == MayAdd::AttentionFirst;
            view! { <ScheduleItem schedule kept refers_to calendars=calendars.clone() waits /> }
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
