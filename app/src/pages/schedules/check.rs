//! `POST /schedules/{id}/run`: one run with the schedule's own values, to see whether it works.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use crate::error::AppError;
use crate::form::Submitted;
use crate::pages::tasks::{Readiness, form_key_of};
use crate::routes::AppState;
use crate::session::SignedIn;

/// Starts it and shows it; where settings are missing, shows the task's page with what is.
pub async fn run_once(
    State(state): State<AppState>,
    who: SignedIn,
    Path(id): Path<String>,
    form: Submitted,
) -> Result<Response, AppError> {
    let engine = &state.engine;
    let schedule = engine.schedules.find(&id).await?.ok_or(AppError::NotFound)?;
    let task = &schedule.task_name;
    let folder = engine.catalog.find(task).ok_or(AppError::NotFound)?;
    if let Readiness::Missing(_) = Readiness::establish(&state, &folder, &who.account.name).await? {
        return Ok(Redirect::to(&format!("/tasks/{task}")).into_response());
    }
    let form_key = form_key_of(&form);
    let run_id = engine
        .runs
        .start_with(task, &schedule.params, &who.account.name, &form_key)
        .await?;
    Ok(Redirect::to(&format!("/runs/{run_id}")).into_response())
}
