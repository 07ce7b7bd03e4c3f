//! `POST /tasks/{name}`: saves the settings, and runs the task if asked to.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::params::{Typed, validate};

use super::data::{TaskData, loaded};
use super::readiness::saved_names;
use super::settings_form::FormState;
use super::{detail, run};
use crate::error::AppError;
use crate::form::Submitted;
use crate::routes::AppState;
use crate::session::SignedIn;

/// Saves what passes; shows what does not, as it was typed.
pub async fn submit(
    State(state): State<AppState>,
    who: SignedIn,
    Path(name): Path<String>,
    form: Submitted,
) -> Result<Response, AppError> {
    let data = TaskData::load(&state, &name).await?;
    let specs = &loaded(&data.folder)?.params;
    let typed = Typed::from_form(specs, form.pairs());
    match validate(specs, &typed, &saved_names(data.saved.as_ref())) {
        Err(errors) => {
            let form = FormState::rejected(specs, typed, errors);
            Ok(detail::page(&state, &who, data, form, None))
        }
        Ok(accepted) => {
            state
                .engine
                .settings
                .save(&name, accepted, &who.account.name)
                .await?;
            if form.get("action") == "run" {
                return run::start_once(&state, &who, &name, &form).await;
            }
            Ok(Redirect::to(&format!("/tasks/{name}?done=saved")).into_response())
        }
    }
}
