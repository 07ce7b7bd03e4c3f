//! `POST /logout`.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use axum_extra::extract::CookieJar;

use crate::error::AppError;
use crate::routes::AppState;
use crate::session;

/// Ends the session on the server and in the browser.
pub async fn sign_out(State(state): State<AppState>, jar: CookieJar) -> Result<impl IntoResponse, AppError> {
    if let Some(token) = session::token(&state, &jar) {
        state.engine.accounts.logout(token).await?;
    }
    Ok((jar.add(session::end(&state)), Redirect::to("/login")))
}
