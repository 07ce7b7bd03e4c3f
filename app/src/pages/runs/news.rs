//! `GET /runs/news`: how many runs have come since the list was drawn, for its island.

use axum::extract::{Query, State};

use super::asked::Asked;
use crate::error::AppError;
use crate::islands::run_news::MOST_NEW;
use crate::routes::AppState;
use crate::session::SignedIn;

/// The number of runs that pass the filter and are newer than `after`, as plain text; one more than
/// [`MOST_NEW`] stands for any more.
pub async fn count(
    State(state): State<AppState>,
    who: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<String, AppError> {
    let viewer = who.viewer(&state);
    let Ok(filter) = asked.filter(viewer.zone, viewer.now) else {
        return Ok("0".to_owned());
    };
    let most = u32::try_from(MOST_NEW + 1).unwrap_or(u32::MAX);
    let count = state.engine.runs.count_newer(&filter, most).await?;
    Ok(count.to_string())
}
