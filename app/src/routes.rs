//! Every address of the product, and which of them need a signed-in person.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{get, post};
use engine::Engine;
use leptos::config::LeptosOptions;

use crate::error::AppError;
use crate::pages::{account, runs, schedules, tasks};
use crate::session::{HOME, require_account};

/// What every handler may use.
#[derive(Clone)]
pub struct AppState {
    /// The product below the web.
    pub engine: Engine,
    /// Where the browser finds the islands' WebAssembly.
    pub leptos: LeptosOptions,
    /// Whether people reach the server over https, so that the session's cookie may insist on it.
    pub secure_cookies: bool,
}

/// All pages and actions. The caller adds the static files and the layers that every response passes.
pub fn router(state: AppState) -> Router {
    let for_signed_in = Router::new()
        .route("/", get(|| async { Redirect::to(HOME) }))
        .route("/logout", post(account::logout::sign_out))
        .route("/tasks", get(tasks::list::show))
        .route(
            "/tasks/{name}",
            get(tasks::detail::show).post(tasks::settings::submit),
        )
        .route("/tasks/{name}/run", post(tasks::run::start))
        .route(
            "/tasks/{name}/schedules/new",
            get(schedules::new::show).post(schedules::new::submit),
        )
        .route("/schedules/preview", get(schedules::preview::answer))
        .route("/schedules/{id}/pause", post(schedules::actions::pause))
        .route("/schedules/{id}/resume", post(schedules::actions::resume))
        .route("/schedules/{id}/delete", post(schedules::actions::delete))
        .route("/runs", get(runs::list::show))
        .route("/runs/{run_id}", get(runs::detail::show))
        .route("/runs/{run_id}/cancel", post(runs::cancel::request))
        .route("/runs/{run_id}/log.txt", get(runs::download::send))
        .route("/runs/{run_id}/events", get(runs::events::stream))
        .route_layer(from_fn_with_state(state.clone(), require_account));
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/setup", get(account::setup::show).post(account::setup::submit))
        .route("/login", get(account::login::show).post(account::login::submit))
        .merge(for_signed_in)
        .fallback(|| async { AppError::NotFound })
        .with_state(state)
}
