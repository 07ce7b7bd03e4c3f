//! `/schedules/{id}`.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::Utc;

use super::copying::{copy, is_copy};
use super::editor::{Entered, Purpose, page};
use super::new::target;
use super::own_values::Base;
use super::submitted::Typed;
use super::{at_field, meant};
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
    let schedules = &state.engine.schedules;
    let schedule = schedules.find(&id).await?.ok_or(AppError::NotFound)?;
    let target = target(&state, &who, &schedule.task_name).await?;
    let entered = Entered {
        typed: Typed::of(&schedule),
        own: Base::load(&state, &schedule.task_name)
            .await?
            .show(&schedule.params),
        copied: None,
        start: String::new(),
        errors: Vec::new(),
    };
    page(&state, &who, target, Purpose::Change(id), entered).await
}

/// Saves it, or draws the editor again with the next runs or the mistakes.
pub async fn submit(
    State(state): State<AppState>,
    who: SignedIn,
    Path(id): Path<String>,
    form: Submitted,
) -> Result<Response, AppError> {
    let schedules = &state.engine.schedules;
    let schedule = schedules.find(&id).await?.ok_or(AppError::NotFound)?;
    let task = schedule.task_name;
    let target = target(&state, &who, &task).await?;
    let base = Base::load(&state, &task).await?;
    let (mut entered, plan) = meant(&base, &form, Utc::now());
    if is_copy(&form) {
        let entered = copy(&state, &base, entered, &form).await?;
        return page(&state, &who, target, Purpose::Change(id), entered).await;
    }
    if let Some(plan) = plan.filter(|_| form.get("action") != "preview") {
        match schedules.update(&id, plan, &who.account.name).await {
            Ok(()) => {
                let address = format!("/tasks/{task}?done=changed&schedule={id}");
                return Ok(Redirect::to(&address).into_response());
            }
            Err(error) => entered.errors.push(at_field(error)?),
        }
    }
    page(&state, &who, target, Purpose::Change(id), entered).await
}
