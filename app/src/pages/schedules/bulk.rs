//! `POST /schedules`: pauses or resumes those that are ticked, or takes that back. The filter stays as it is.

use axum::extract::{Query, State};
use axum::response::Redirect;

use super::asked::Asked;
use crate::error::AppError;
use crate::form::Submitted;
use crate::routes::AppState;

/// Does it, and goes back to the list.
pub async fn submit(
    State(state): State<AppState>,
    Query(asked): Query<Asked>,
    form: Submitted,
) -> Result<Redirect, AppError> {
    let schedules = &state.engine.schedules;
    let ids: Vec<String> = form
        .pairs()
        .filter(|(name, _)| *name == "schedule")
        .map(|(_, id)| id.to_owned())
        .collect();
    let (done, count, switch) = match form.get("action") {
        "undo" => (
            "undone",
            schedules.take_back(form.get("switch")).await?,
            String::new(),
        ),
        _ if ids.is_empty() => ("nothing", 0, String::new()),
        "pause" => {
            let switched = schedules.pause_all(&ids).await?;
            ("paused", switched.count, switched.id)
        }
        _ => {
            let switched = schedules.resume_all(&ids).await?;
            ("resumed", switched.count, switched.id)
        }
    };
    let done = [
        ("done", done.to_owned()),
        ("count", count.to_string()),
        ("switch", switch),
    ];
    Ok(Redirect::to(&asked.address_after(&done)))
}
