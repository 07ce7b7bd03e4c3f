//! The last runs of one task.

use domain::words;
use engine::runs::RunSummary;
use leptos::prelude::*;

use crate::components::status_badge::StatusBadge;
use crate::components::time::Relative;

/// A short list that leads to the whole history.
#[component]
pub(super) fn RecentRuns(task: String, runs: Vec<RunSummary>) -> AnyView {
    let list = if runs.is_empty() {
        view! { <p class="muted">"This task has not run yet."</p> }.into_any()
    } else {
        let items = runs
            .into_iter()
            .map(|run| view! { <RecentRun run /> })
            .collect_view();
        view! {
            <ul class="run-list">{items}</ul>
            <p>
                <a href=format!("/runs?task={task}")>"All runs of this task"</a>
            </p>
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby="recent-title">
            <h2 id="recent-title">"Recent runs"</h2>
            {list}
        </section>
    }
    .into_any()
}

#[component]
fn RecentRun(run: RunSummary) -> AnyView {
    view! {
        <li>
            <StatusBadge status=run.status />
            <a href=format!("/runs/{}", run.run_id)>
                <Relative at=run.started_at.unwrap_or(run.queued_at) />
            </a>
            <span class="muted number">{run.duration_ms.map(words::duration)}</span>
        </li>
    }
    .into_any()
}
