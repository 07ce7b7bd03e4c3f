//! `POST /calendars/{id}/delete`.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::edit::page;
use super::fields::{Entry, at_field};
use crate::error::AppError;
use crate::routes::AppState;
use crate::session::SignedIn;

/// Removes it, unless a schedule uses it.
pub async fn delete(
    State(state): State<AppState>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, AppError> {
    let calendars = &state.engine.calendars;
    let calendar = calendars.find(&id).await?.ok_or(AppError::NotFound)?;
    match calendars.delete(&id).await {
        Ok(()) => Ok(Redirect::to("/calendars?done=deleted").into_response()),
        Err(error) => {
            let errors = vec![at_field(error)?];
            let entry = Entry {
                name: calendar.name,
                content: calendar.content,
            };
            Ok(page(&state, &who, Some(id), entry, errors))
        }
    }
}
