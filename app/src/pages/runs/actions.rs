//! What can be done about a run.

use engine::runs::RunDetail;
use leptos::prelude::*;

use super::story::TaskOfRun;
use crate::pages::tasks::new_form_key;

/// Stop it while it goes, run it again afterwards.
#[component]
pub(super) fn RunActions(run: RunDetail, task: TaskOfRun) -> AnyView {
    let RunDetail {
        summary,
        cancel_requested_by,
        ..
    } = run;
    let run_id = summary.run_id;
    if summary.status.is_final() {
        return view! { <Again run_id task /> }.into_any();
    }
    match cancel_requested_by {
        Some(name) => {
            view! { <p class="muted">{format!("{name} asked for this run to stop.")}</p> }.into_any()
        }
        None => view! {
            <details class="confirm">
                <summary>"Cancel run"</summary>
                <form method="post" action=format!("/runs/{run_id}/cancel")>
                    <p>"The task is asked to stop. If it does not, it is ended after a short while."</p>
                    <button class="button button-danger">"Cancel this run"</button>
                </form>
            </details>
        }
        .into_any(),
    }
}

#[component]
fn Again(run_id: String, task: TaskOfRun) -> AnyView {
    if !task.may_run {
        return ().into_any();
    }
    let hint = task.has_values().then(
        || view! { <p class="hint" id="again-hint">"Again means: with the same values as this run."</p> },
    );
    let described_by = task.has_values().then_some("again-hint");
    let like = task.has_values().then(|| {
        view! {
            <a class="button" href=format!("/runs/{run_id}/like")>
                "Run like last time, but…"
            </a>
        }
    });
    view! {
        <div class="run-actions">
            <form method="post" action=format!("/runs/{run_id}/again")>
                <input type="hidden" name="form_key" value=new_form_key() />
                <button class="button button-primary" aria-describedby=described_by>
                    "Run again"
                </button>
            </form>
            {like}
            {hint}
        </div>
    }
    .into_any()
}
