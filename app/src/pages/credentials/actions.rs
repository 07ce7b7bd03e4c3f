//! `POST /credentials/{id}/rename`, `/replace`, `/day` and `/delete`.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use engine::credentials::{CredentialError, Fresh};

use super::detail::{self, DELETE, Rejected, Top};
use super::fields::{DAY, NAME, NEW_DAY, at_field, day, mendable, secret};
use crate::components::error_summary::field_error;
use crate::error::AppError;
use crate::form::Submitted;
use crate::routes::AppState;
use crate::session::SignedIn;

/// Gives it another name.
pub async fn rename(
    State(state): State<AppState>,
    who: SignedIn,
    Path(id): Path<String>,
    form: Submitted,
) -> Result<Response, AppError> {
    let name = form.get(NAME);
    let renamed = state
        .engine
        .credentials
        .rename(&id, name, &who.account.name)
        .await;
    match renamed {
        Ok(()) => Ok(Redirect::to(&format!("/credentials/{id}?done=renamed")).into_response()),
        Err(error) => {
            let rejected = Rejected {
                name: Some(name.to_owned()),
                errors: vec![at_field(error)?],
                ..Rejected::default()
            };
            detail::page(&state, &who, &id, rejected, Top::Nothing).await
        }
    }
}

/// Puts another secret in its place.
pub async fn replace(
    State(state): State<AppState>,
    who: SignedIn,
    Path(id): Path<String>,
    form: Submitted,
) -> Result<Response, AppError> {
    refuse_account(&state, &id).await?;
    let credentials = &state.engine.credentials;
    let replaced = match day(&form, NEW_DAY, who.viewer(&state).today()) {
        Ok(runs_out_on) => {
            let secret = secret(&form);
            let fresh = Fresh { secret, runs_out_on };
            mendable(credentials.replace(&id, fresh, &who.account.name).await)?
        }
        Err(error) => Err(error),
    };
    let Err(error) = replaced else {
        return Ok(Redirect::to(&format!("/credentials/{id}?done=replaced")).into_response());
    };
    let rejected = Rejected {
        new_day: Some(form.get(NEW_DAY).to_owned()),
        errors: vec![error],
        ..Rejected::default()
    };
    detail::page(&state, &who, &id, rejected, Top::Nothing).await
}

/// Says when the present secret runs out.
pub async fn set_day(
    State(state): State<AppState>,
    who: SignedIn,
    Path(id): Path<String>,
    form: Submitted,
) -> Result<Response, AppError> {
    refuse_account(&state, &id).await?;
    let saved = match day(&form, DAY, who.viewer(&state).today()) {
        Ok(day) => mendable(state.engine.credentials.set_run_out(&id, day).await)?,
        Err(error) => Err(error),
    };
    let Err(error) = saved else {
        return Ok(Redirect::to(&format!("/credentials/{id}?done=dated")).into_response());
    };
    let rejected = Rejected {
        day: Some(form.get(DAY).to_owned()),
        errors: vec![error],
        ..Rejected::default()
    };
    detail::page(&state, &who, &id, rejected, Top::Nothing).await
}

/// The secret of a connected account is not typed by anybody.
async fn refuse_account(state: &AppState, id: &str) -> Result<(), AppError> {
    match state.engine.connections.find(id).await? {
        None => Ok(()),
        Some(_) => Err(AppError::NotFound),
    }
}

/// Removes it, unless a task's settings use it.
pub async fn delete(
    State(state): State<AppState>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, AppError> {
    match state.engine.credentials.delete(&id).await {
        Ok(()) => Ok(Redirect::to("/credentials?done=deleted").into_response()),
        Err(CredentialError::InUse { tasks }) => {
            let tasks = tasks.join(", ");
            let sentence =
                format!("Choose another credential in these tasks before you delete this one: {tasks}");
            let rejected = Rejected {
                errors: vec![field_error(DELETE, sentence)],
                ..Rejected::default()
            };
            detail::page(&state, &who, &id, rejected, Top::Nothing).await
        }
        Err(error) => Err(at_field(error).err().unwrap_or(AppError::NotFound)),
    }
}
