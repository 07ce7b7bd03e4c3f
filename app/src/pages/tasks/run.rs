//! `POST /tasks/{name}/run`: runs a task with its saved settings.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::detail;
use super::readiness::Readiness;
use crate::error::AppError;
use crate::form::Submitted;
use crate::routes::AppState;
use crate::session::SignedIn;

/// Starts the run and shows it; where settings are missing, shows the form with what is.
pub async fn start(
    State(state): State<AppState>,
    who: SignedIn,
    Path(name): Path<String>,
    form: Submitted,
) -> Result<Response, AppError> {
    let folder = state.engine.catalog.find(&name).ok_or(AppError::NotFound)?;
    match Readiness::establish(&state, &folder, &who.account.name).await? {
        Readiness::Ready => start_once(&state, &who, &name, &form).await,
        Readiness::Missing(errors) => detail::with_missing(&state, &who, &name, errors).await,
    }
}

/// Starts at most one run for one drawn form, however often its button was pressed.
pub(super) async fn start_once(
    state: &AppState,
    who: &SignedIn,
    name: &str,
    form: &Submitted,
) -> Result<Response, AppError> {
    let form_key = form_key_of(form);
    let run_id = state
        .engine
        .runs
        .start_now(name, &who.account.name, &form_key)
        .await?;
    Ok(Redirect::to(&format!("/runs/{run_id}")).into_response())
}

/// The key that a form was drawn with; a fresh one for a form that carries none.
pub(crate) fn form_key_of(form: &Submitted) -> String {
    Some(form.get("form_key"))
        .filter(|key| !key.is_empty())
        .map_or_else(new_form_key, str::to_owned)
}

/// A key for one drawing of a form.
pub(crate) fn new_form_key() -> String {
    uuid::Uuid::new_v4().to_string()
}
