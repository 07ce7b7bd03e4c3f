//! When a run that goes on is likely to be done.

use chrono::{DateTime, Utc};
use domain::run::{RunStatus, UsualDuration};
use domain::words;
use engine::runs::RunSummary;
use leptos::prelude::*;

use crate::render::Viewer;

/// A sentence and a bar that grows by itself, until the task tells how far it is. The sentence names moments and no
/// time left, so that it stays true while the page stands open.
#[component]
pub(super) fn Estimate(run: RunSummary, usual: Option<UsualDuration>) -> AnyView {
    let Viewer { zone, now, .. } = Viewer::current();
    let (Some(usual), Some(started), RunStatus::Running) = (usual, run.started_at, run.status) else {
        return ().into_any();
    };
    let Some(end) = usual.expected_end(started) else {
        return ().into_any();
    };
    let clock = |at: DateTime<Utc>| {
        let (at, now) = (at.with_timezone(&zone), now.with_timezone(&zone));
        let is_today = at.date_naive() == now.date_naive();
        at.format(if is_today { "%H:%M" } else { "%a %-d %b, %H:%M" })
            .to_string()
    };
    let usually = format!("Runs of this task usually take {}", words::duration(usual.median));
    let took = (now - started).num_milliseconds();
    let sentence = if usual.is_long(took) {
        format!("{usually}. This one has been longer at it than nearly all before.")
    } else if end <= now {
        format!("{usually}; this one takes a little longer.")
    } else {
        format!("{usually}: likely to be done at {}.", clock(end))
    };
    view! {
        <div class="estimate">
            <GrowingBar took whole=usual.median />
            <p>{sentence}</p>
        </div>
    }
    .into_any()
}

/// Decoration: from where it is now to its end in the time that is left, without a script.
#[component]
fn GrowingBar(took: i64, whole: i64) -> AnyView {
    let share = (took.max(0).saturating_mul(1000) / whole.max(1)).min(1000);
    let left = format!("{}ms", (whole - took).max(1));
    view! {
        <svg class="bar estimate-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect class="bar-ground" width="1000" height="10" />
            <rect class="bar-fill" width=share height="10">
                <animate attr:attributeName="width" attr:from=share.to_string() attr:to="1000" attr:dur=left attr:fill="freeze" />
            </rect>
        </svg>
    }
    .into_any()
}
