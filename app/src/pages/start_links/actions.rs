//! `POST /links/{id}/delete`.

use axum::extract::{Path, State};
use axum::response::Redirect;

use crate::error::AppError;
use crate::routes::AppState;

/// Removes it and goes back to its task.
pub async fn delete(State(state): State<AppState>, Path(id): Path<String>) -> Result<Redirect, AppError> {
    let links = &state.engine.start_links;
    let link = links.find(&id).await?.ok_or(AppError::NotFound)?;
    links.delete(&id).await?;
    Ok(Redirect::to(&format!(
        "/tasks/{}?done=link_deleted#links",
        link.task_name
    )))
}
