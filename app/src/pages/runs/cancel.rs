//! `POST /runs/{run_id}/cancel`.

use axum::extract::{Path, State};
use axum::response::Redirect;

use crate::error::AppError;
use crate::routes::AppState;
use crate::session::SignedIn;

/// Asks for the run to be stopped; one that has ended meanwhile stays as it is.
pub async fn request(
    State(state): State<AppState>,
    who: SignedIn,
    Path(run_id): Path<String>,
) -> Result<Redirect, AppError> {
    state.engine.runs.find(&run_id).await?.ok_or(AppError::NotFound)?;
    state.engine.runs.cancel(&run_id, &who.account.name).await?;
    Ok(Redirect::to(&format!("/runs/{run_id}")))
}
