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
                <animate attributeName="width" from=share.to_string() to="1000" dur=left fill="freeze" />
            </rect>
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use domain::run::{Records, Trigger};

    use super::*;

    fn html(status: RunStatus, seconds: i64) -> String {
        let viewer = Viewer::nobody();
        let run = RunSummary {
            id: 1,
            run_id: "r".into(),
            task_name: "t".into(),
            status,
            failure_reason: None,
            trigger: Trigger::Manual,
            triggered_by_user: None,
            schedule_id: None,
            queued_at: viewer.now,
            started_at: Some(viewer.now - TimeDelta::seconds(seconds)),
            completed_at: None,
            duration_ms: None,
            records: Records::default(),
            error_message: None,
            progress: None,
            warning: None,
        };
        let usual = UsualDuration::of(vec![60_000, 60_000, 90_000]);
        Owner::new().with(|| {
            provide_context(viewer);
            view! { <Estimate run usual /> }.to_html()
        })
    }

    #[test]
    fn a_run_that_goes_on_names_its_likely_end_and_its_bar_grows_until_then() {
        let html = html(RunStatus::Running, 15);
        assert!(
            html.contains("usually take 1 min: likely to be done at "),
            "{html}"
        );
        assert!(
            html.contains(r#"attributeName="width" from="250" to="1000" dur="45000ms""#),
            "{html}"
        );
        assert!(!html.contains("style="), "{html}");
    }

    #[test]
    fn a_late_run_is_said_to_be_late_and_one_that_ended_says_nothing() {
        assert!(html(RunStatus::Running, 70).contains("takes a little longer"));
        assert!(html(RunStatus::Running, 100).contains("longer at it than nearly all before"));
        for status in [RunStatus::Success, RunStatus::Queued] {
            assert!(!html(status, 15).contains("estimate"));
        }
    }
}
