//! Earlier versions of a schedule, and putting one back.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::words;
use engine::scheduler::ScheduleChange;
use leptos::prelude::*;

use crate::error::AppError;
use crate::form::Submitted;
use crate::render::Viewer;
use crate::routes::AppState;
use crate::session::SignedIn;

/// What it was before each change, newest first; nothing for one that nobody has changed.
#[component]
pub(super) fn Changes(schedule: String, changes: Vec<ScheduleChange>) -> AnyView {
    if changes.is_empty() {
        return ().into_any();
    }
    let zone = Viewer::current().zone;
    let items = changes
        .into_iter()
        .map(|change| {
            let mut lines = vec![format!(
                "{}, {} time",
                change.before.rule.describe(),
                change.before.zone.name()
            )];
            lines.extend(change.before.span.describe());
            lines.extend(change.before.policy.describe());
            let lines = lines
                .into_iter()
                .map(|line| view! { <p>{line}</p> })
                .collect_view();
            let until = format!(
                "Until {}, changed by {}",
                words::exact(change.at, zone),
                change.by
            );
            view! {
                <li>
                    {lines}
                    <p class="muted">{until.clone()}</p>
                    <form method="post" action=format!("/schedules/{schedule}/restore")>
                        <input type="hidden" name="change" value=change.id />
                        <button class="button button-quiet">
                            "Put this back" <span class="visually-hidden">{format!(": {until}")}</span>
                        </button>
                    </form>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card earlier" aria-labelledby="earlier-title">
            <h2 id="earlier-title">"Earlier versions"</h2>
            <ul class="schedule-list">{items}</ul>
        </section>
    }
    .into_any()
}

/// `POST /schedules/{id}/restore`: makes an earlier version the present one. That is a change like any other.
pub async fn restore(
    State(state): State<AppState>,
    who: SignedIn,
    Path(id): Path<String>,
    form: Submitted,
) -> Result<Response, AppError> {
    let schedules = &state.engine.schedules;
    let schedule = schedules.find(&id).await?.ok_or(AppError::NotFound)?;
    let changes = schedules.list_changes(&id).await?;
    let change = changes.into_iter().find(|change| change.id == form.get("change"));
    let change = change.ok_or(AppError::NotFound)?;
    let outcome = schedules.update(&id, change.before, &who.account.name).await;
    let done = match outcome.map_err(super::at_field) {
        Ok(()) => "changed",
        Err(Ok(_)) => "not_restored",
        Err(Err(error)) => return Err(error),
    };
    Ok(Redirect::to(&format!(
        "/tasks/{}?done={done}&schedule={id}",
        schedule.task_name
    ))
    .into_response())
}
