//! `POST /doctor/check` and `POST /doctor/{name}/check`: looks again, changed or not.

use axum::extract::{Path, State};
use axum::response::Redirect;

use crate::error::AppError;
use crate::routes::AppState;

/// Looks at every folder again.
pub async fn check_all(State(state): State<AppState>) -> Redirect {
    state.engine.catalog.check_again(None).await;
    Redirect::to("/doctor?checked=all")
}

/// Looks at one folder again. An installed package, say, can mend a task whose files did not change.
pub async fn check_one(
    State(state): State<AppState>,
    Path(name): Path<String>,
) -> Result<Redirect, AppError> {
    // Only names that are there get into an address.
    let folder = state.engine.catalog.find(&name).ok_or(AppError::NotFound)?;
    state.engine.catalog.check_again(Some(&folder.name)).await;
    Ok(Redirect::to(&format!(
        "/doctor?checked={0}#{0}",
        encoded(&folder.name)
    )))
}

/// A folder with a problem may have any name.
pub(super) fn encoded(name: &str) -> String {
    name.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}
