//! `POST /runs/{run_id}/again`: the same values once more.

use axum::extract::{Path, State};
use axum::response::Response;

use super::like;
use super::run_values::RunValues;
use crate::error::AppError;
use crate::form::Submitted;
use crate::routes::AppState;
use crate::session::SignedIn;

/// Starts the run and shows it; where the values do not fit any more, shows the form with what does not.
pub async fn start(
    State(state): State<AppState>,
    who: SignedIn,
    Path(run_id): Path<String>,
    form: Submitted,
) -> Result<Response, AppError> {
    let values = RunValues::load(&state, &run_id).await?;
    if !values.lost.is_empty() {
        // Another file would not be the same values; whoever asked shall see that.
        return Ok(like::page(&state, &who, values));
    }
    match values.start(&state, &who, &form).await? {
        Ok(started) => Ok(started),
        Err(refused) => Ok(like::page(&state, &who, *refused)),
    }
}
