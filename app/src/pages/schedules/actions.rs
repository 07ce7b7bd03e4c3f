//! `POST /schedules/{id}/pause`, `/resume` and `/delete`.

use axum::extract::{Path, State};
use axum::response::Redirect;
use engine::scheduler::{Schedule, ScheduleError};

use super::at_field;
use crate::error::AppError;
use crate::routes::AppState;

/// Starts no more runs.
pub async fn pause(State(state): State<AppState>, Path(id): Path<String>) -> Result<Redirect, AppError> {
    let schedule = find(&state, &id).await?;
    state.engine.schedules.pause(&id).await?;
    Ok(back(&schedule, "paused"))
}

/// Goes on.
pub async fn resume(State(state): State<AppState>, Path(id): Path<String>) -> Result<Redirect, AppError> {
    let schedule = find(&state, &id).await?;
    state.engine.schedules.resume(&id).await?;
    Ok(back(&schedule, "resumed"))
}

/// Removes it; its past runs stay.
pub async fn delete(State(state): State<AppState>, Path(id): Path<String>) -> Result<Redirect, AppError> {
    let schedule = find(&state, &id).await?;
    match state.engine.schedules.delete(&id).await {
        Ok(()) => Ok(back(&schedule, "deleted")),
        Err(ScheduleError::HasFollowers { .. }) => Ok(back(&schedule, "followed")),
        Err(error) => Err(at_field(error).err().unwrap_or(AppError::NotFound)),
    }
}

async fn find(state: &AppState, id: &str) -> Result<Schedule, AppError> {
    state.engine.schedules.find(id).await?.ok_or(AppError::NotFound)
}

fn back(schedule: &Schedule, done: &str) -> Redirect {
    Redirect::to(&format!(
        "/tasks/{}?done={done}&schedule={}",
        schedule.task_name, schedule.id
    ))
}
