//! Every address of the product, and which of them need a signed-in person.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use engine::Engine;
use leptos::config::LeptosOptions;
use tower_http::limit::RequestBodyLimitLayer;

use crate::error::AppError;
use crate::form::{MAX_FORM, MAX_SENT};
use crate::pages::{
    account, calendars, credentials, doctor, find, gallery, help, home, presets, runs, schedules,
    start_links, tasks, week,
};
use crate::session::require_account;

/// What every handler may use.
#[derive(Clone)]
pub struct AppState {
    /// The product below the web.
    pub engine: Engine,
    /// Where the browser finds the islands' WebAssembly.
    pub leptos: LeptosOptions,
    /// Where people reach the server, without a slash at its end.
    pub address: String,
    /// Whether people reach the server over https, so that the session's cookie may insist on it.
    pub secure_cookies: bool,
}

/// What every server answers, whatever its role: whether it lives, and whether it can work. A server whose database is
/// away lives; restarting it would only end its runs.
pub fn health(engine: Engine) -> Router {
    let ready = async move || match engine.check_database().await {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be reached"),
    };
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
}

/// All pages and actions. The caller adds the static files and the layers that every response passes.
pub fn router(state: AppState) -> Router {
    // Forms that may hold files.
    let with_files = Router::new()
        .route(
            "/tasks/{name}",
            get(tasks::detail::show).post(tasks::settings::submit),
        )
        .route("/tasks/{name}/check", post(tasks::check::submit))
        .route(
            "/calendars/new",
            get(calendars::edit::show_new).post(calendars::edit::submit_new),
        )
        .route(
            "/calendars/{id}",
            get(calendars::edit::show).post(calendars::edit::submit),
        )
        .layer(RequestBodyLimitLayer::new(MAX_SENT))
        .layer(map_response(explained));
    let for_signed_in = Router::new()
        .route("/", get(home::show))
        .route("/hide-first-steps", post(home::hide_checklist))
        .route("/logout", post(account::logout::sign_out))
        .route("/week", get(week::show))
        .route("/tasks", get(tasks::list::show))
        .route("/tasks/{name}/run", post(tasks::run::start))
        .route("/tasks/{name}/asked", post(tasks::asked::answer))
        .route(
            "/tasks/{name}/schedules/new",
            get(schedules::new::show).post(schedules::new::submit),
        )
        .route(
            "/tasks/{name}/links/new",
            get(start_links::new::show).post(start_links::new::submit),
        )
        .route("/links/{id}/delete", post(start_links::actions::delete))
        .route(
            "/schedules",
            get(schedules::list::show).post(schedules::bulk::submit),
        )
        .route("/schedules/preview", get(schedules::preview::answer))
        .route("/schedules/{id}/run", post(schedules::check::run_once))
        .route("/schedules/{id}/restore", post(schedules::changes::restore))
        .route(
            "/schedules/{id}",
            get(schedules::edit::show).post(schedules::edit::submit),
        )
        .route("/schedules/{id}/pause", post(schedules::actions::pause))
        .route("/schedules/{id}/resume", post(schedules::actions::resume))
        .route("/schedules/{id}/delete", post(schedules::actions::delete))
        .route("/find", get(find::show))
        .route("/find/suggested", get(find::suggest))
        .route("/help", get(help::show))
        .route("/doctor", get(doctor::show))
        .route("/doctor/check", post(doctor::check_all))
        .route("/doctor/{name}/check", post(doctor::check_one))
        .route("/calendars", get(calendars::list::show))
        .route("/calendars/{id}/delete", post(calendars::actions::delete))
        .merge(for_credentials())
        .route("/runs", get(runs::list::show))
        .route("/runs/news", get(runs::news::count))
        .route("/runs/export.csv", get(runs::export::csv))
        .route("/runs/export.json", get(runs::export::json))
        .route("/runs/{run_id}", get(runs::detail::show))
        .route("/runs/{run_id}/again", post(runs::again::start))
        .route(
            "/runs/{run_id}/like",
            get(runs::like::show).post(runs::like::submit),
        )
        .route("/runs/{run_id}/compare", get(runs::compare::show))
        .route("/runs/{run_id}/asked", post(runs::like::asked))
        .route("/runs/{run_id}/cancel", post(runs::cancel::request))
        .route("/runs/{run_id}/log.txt", get(runs::download::send))
        .route("/runs/{run_id}/files/{number}", get(runs::artifacts::send))
        .route("/runs/{run_id}/events", get(runs::events::stream))
        .merge(presets::routes())
        .layer(RequestBodyLimitLayer::new(MAX_FORM))
        .layer(map_response(explained))
        .merge(with_files)
        .route_layer(from_fn_with_state(state.clone(), require_account));
    let for_all = Router::new()
        .route("/setup", get(account::setup::show).post(account::setup::submit))
        .route("/login", get(account::login::show).post(account::login::submit))
        .layer(RequestBodyLimitLayer::new(MAX_FORM))
        .layer(map_response(explained));
    // For programs: a token instead of a person.
    let for_links = Router::new()
        .route("/start", post(start_links::call::start))
        .route("/start/runs/{run_id}", get(start_links::call::show))
        .route("/start/{token}", post(start_links::call::start))
        .route("/start/{token}/runs/{run_id}", get(start_links::call::show))
        .layer(DefaultBodyLimit::max(start_links::call::MAX_BODY));
    let health = health(state.engine.clone());
    for_all
        .merge(for_links)
        .merge(for_signed_in)
        .fallback(|| async { AppError::NotFound })
        .with_state(state)
        .merge(health)
}

/// The credentials' pages, for signed-in people.
fn for_credentials() -> Router<AppState> {
    Router::new()
        .route("/credentials", get(credentials::list::show))
        .route(
            "/credentials/new",
            get(credentials::new::show).post(credentials::new::submit),
        )
        .route(
            "/credentials/connect",
            get(credentials::connected::new::show).post(credentials::connected::new::submit),
        )
        .route(
            credentials::connected::BACK,
            get(credentials::connected::back::arrive),
        )
        .route(
            "/credentials/{id}/connect",
            post(credentials::connected::go::submit),
        )
        .route(
            "/credentials/{id}/app",
            post(credentials::connected::change::submit),
        )
        .route("/credentials/{id}", get(credentials::detail::show))
        .route("/credentials/{id}/rename", post(credentials::actions::rename))
        .route("/credentials/{id}/replace", post(credentials::actions::replace))
        .route("/credentials/{id}/day", post(credentials::actions::set_day))
        .route("/credentials/{id}/test", post(credentials::test::submit))
        .route("/credentials/{id}/delete", post(credentials::actions::delete))
}

/// For who works on the pages: the components by themselves.
pub fn gallery(state: AppState) -> Router {
    Router::new()
        .route("/gallery", get(gallery::show))
        .route_layer(from_fn_with_state(state.clone(), require_account))
        .with_state(state)
}

/// The limit's own refusal is a line of plain text; a person gets a page.
async fn explained(response: Response) -> Response {
    let is_page = response.headers().contains_key(header::CONTENT_SECURITY_POLICY);
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE && !is_page {
        return AppError::TooLarge.into_response();
    }
    response
}
