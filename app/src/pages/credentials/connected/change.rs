//! `POST /credentials/{id}/app`: changes the app through which an account is connected.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::app_form::{Entry, at_field, typed};
use crate::error::AppError;
use crate::form::Submitted;
use crate::pages::credentials::detail::{self, Rejected, Top};
use crate::routes::AppState;
use crate::session::SignedIn;

/// Saves it. An empty secret keeps the one that is there.
pub async fn submit(
    State(state): State<AppState>,
    who: SignedIn,
    Path(id): Path<String>,
    form: Submitted,
) -> Result<Response, AppError> {
    let connections = &state.engine.connections;
    match connections.change(&id, &typed(&form), &who.account.name).await {
        Ok(()) => Ok(Redirect::to(&format!("/credentials/{id}?done=app")).into_response()),
        Err(error) => {
            let rejected = Rejected {
                app: Some(Entry::typed(&form, true)),
                errors: vec![at_field(error)?],
                ..Rejected::default()
            };
            detail::page(&state, &who, &id, rejected, Top::Nothing).await
        }
    }
}
