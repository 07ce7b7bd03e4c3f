//! `/schedules/{id}`.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::schedule::{PolicyEntry, ScheduleEntry};

use super::editor::{Purpose, page};
use super::new::target;
use super::submitted::Typed;
use crate::error::AppError;
use crate::form::Submitted;
use crate::routes::AppState;
use crate::session::SignedIn;

/// The editor with the schedule as it is.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, AppError> {
    let schedule = state
        .engine
        .schedules
        .find(&id)
        .await?
        .ok_or(AppError::NotFound)?;
    let target = target(&state, &who, &schedule.task_name).await?;
    let typed = Typed {
        entry: ScheduleEntry::from_rule(&schedule.timetable.rule, schedule.timetable.zone),
        policy: PolicyEntry::from_policy(&schedule.policy),
    };
    Ok(page(
        &state,
        &who,
        target,
        &Purpose::Change(id),
        typed,
        Vec::new(),
    ))
}

/// Saves it, or draws the editor again with the next runs or the mistakes.
pub async fn submit(
    State(state): State<AppState>,
    who: SignedIn,
    Path(id): Path<String>,
    form: Submitted,
) -> Result<Response, AppError> {
    let schedule = state
        .engine
        .schedules
        .find(&id)
        .await?
        .ok_or(AppError::NotFound)?;
    let target = target(&state, &who, &schedule.task_name).await?;
    let typed = Typed::new(&form);
    let errors = match typed.plan() {
        Ok(plan) if form.get("action") != "preview" => {
            state.engine.schedules.update(&id, plan).await?;
            let address = format!("/tasks/{}?done=changed&schedule={id}", schedule.task_name);
            return Ok(Redirect::to(&address).into_response());
        }
        Ok(_) => Vec::new(),
        Err(errors) => errors,
    };
    Ok(page(&state, &who, target, &Purpose::Change(id), typed, errors))
}
