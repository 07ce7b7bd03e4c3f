//! `POST /hide-first-steps`. Remembered by the browser: it is no secret, and nobody else's business.

use axum::extract::State;
use axum::response::Redirect;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use crate::routes::AppState;

const COOKIE: &str = "insightmesh_steps";

/// Hides the first steps in this browser.
pub async fn hide_checklist(State(state): State<AppState>, jar: CookieJar) -> (CookieJar, Redirect) {
    let cookie = Cookie::build((COOKIE, "hidden"))
        .path("/")
        .http_only(true)
        .secure(state.secure_cookies)
        .same_site(SameSite::Lax)
        .permanent();
    (jar.add(cookie), Redirect::to("/"))
}

/// Whether it did.
pub(super) fn is_hidden(jar: &CookieJar) -> bool {
    jar.get(COOKIE).is_some()
}
