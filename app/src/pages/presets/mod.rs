//! Presets: saved from a form of values, and chosen when a run or a schedule begins.

mod edit;
mod fields;
mod given;
mod list;
mod misfits;
mod start;

use axum::Router;
use axum::routing::{get, post};

use crate::routes::AppState;

pub(crate) use list::{PresetList, Shown};
pub(crate) use misfits::{applicable, misfits, over};

/// The addresses of presets, for signed-in people.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/tasks/{name}/start", get(start::show).post(start::run))
        .route("/tasks/{name}/start/asked", post(start::asked))
        .route(
            "/tasks/{name}/presets/new",
            get(edit::show_new).post(edit::submit_new),
        )
        .route("/tasks/{name}/presets/asked", post(start::asked_for_preset))
        .route("/presets/{id}", get(edit::show).post(edit::submit))
        .route("/presets/{id}/delete", post(edit::delete))
}
