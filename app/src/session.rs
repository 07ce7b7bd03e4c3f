//! Who is signed in. Every address except the few public ones goes through [`require_account`].

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use chrono::Utc;
use engine::auth::{Account, SessionToken};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::AppError;
use crate::render::Viewer;
use crate::routes::AppState;

/// Where a person lands who signed in without having asked for a page.
pub const HOME: &str = "/";

/// The signed-in person. A handler that takes this acts for them; what each role may do is decided from it alone.
#[derive(Clone)]
pub struct SignedIn {
    /// Whose session it is.
    pub account: Account,
}

impl SignedIn {
    /// The person as the page's components know them.
    pub fn viewer(&self, state: &AppState) -> Viewer {
        Viewer {
            account: Some(self.account.clone()),
            islands: Some(state.leptos.clone()),
            zone: state.engine.zone,
            now: Utc::now(),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        // Absent only if a route was put outside the middleware by mistake: then nobody gets in.
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| StatusCode::UNAUTHORIZED.into_response())
    }
}

/// Lets signed-in people through and sends everyone else to the sign-in page.
pub async fn require_account(
    State(state): State<AppState>,
    jar: CookieJar,
    mut request: Request,
    next: Next,
) -> Result<Response, AppError> {
    if !says_where_from(&request) {
        return Ok((
            StatusCode::FORBIDDEN,
            "A form has to come from a page of this server.",
        )
            .into_response());
    }
    match find_account(&state, &jar).await? {
        Some(account) => {
            request.extensions_mut().insert(SignedIn { account });
            Ok(next.run(request).await)
        }
        None => Ok(turn_away(&request)),
    }
}

/// Whether what would change something tells which site it comes from, as every browser does. `CsrfLayer` compares what is
/// told and lets through what tells nothing, such as programs with tokens; but a session is a browser's (rule S06).
fn says_where_from(request: &Request) -> bool {
    let told = request.headers();
    request.method().is_safe() || told.contains_key(header::ORIGIN) || told.contains_key("sec-fetch-site")
}

/// The person the cookie belongs to, if its session still lives.
pub async fn find_account(state: &AppState, jar: &CookieJar) -> Result<Option<Account>, AppError> {
    match token(state, jar) {
        Some(token) => Ok(state.engine.accounts.find_by_session(token).await?),
        None => Ok(None),
    }
}

/// The session's token as the browser sent it.
pub fn token<'a>(state: &AppState, jar: &'a CookieJar) -> Option<&'a str> {
    jar.get(cookie_name(state)).map(Cookie::value)
}

/// The cookie that starts a session.
pub fn start(state: &AppState, token: &SessionToken) -> Cookie<'static> {
    cookie(state, token.expose().to_owned())
}

/// The cookie that ends it.
pub fn end(state: &AppState) -> Cookie<'static> {
    let mut cookie = cookie(state, String::new());
    cookie.make_removal();
    cookie
}

/// The address to go to after signing in: a path on this server, nothing else (rule S20).
pub fn safe_next(next: &str) -> &str {
    own_path(next).unwrap_or(HOME)
}

/// An address that came with a request, if it is a path on this server (rule S20).
pub fn own_path(address: &str) -> Option<&str> {
    let is_path = address.starts_with('/') && !address.starts_with("//");
    // A backslash reads as a slash in browsers, and a control character is dropped by them: `/\evil` and `/<tab>/evil`.
    let is_plain = address
        .chars()
        .all(|letter| letter != '\\' && !letter.is_control());
    (is_path && is_plain).then_some(address)
}

fn turn_away(request: &Request) -> Response {
    let path = request.uri().path();
    if path.ends_with("/events") || path == "/runs/news" {
        // A script would follow a redirect and read the sign-in page as events or as news.
        return StatusCode::UNAUTHORIZED.into_response();
    }
    // After a POST there is no page to come back to.
    let asked = request
        .uri()
        .path_and_query()
        .filter(|_| request.method() == Method::GET);
    let next = asked.map_or(HOME, axum::http::uri::PathAndQuery::as_str);
    if next == HOME {
        return Redirect::to("/login").into_response();
    }
    Redirect::to(&format!("/login?next={}", percent_encoded(next))).into_response()
}

/// Everything but unreserved characters and `/`, so that the query of the asked address stays part of `next`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'/');

fn percent_encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

fn cookie_name(state: &AppState) -> &'static str {
    if state.secure_cookies {
        "__Host-insightmesh_session"
    } else {
        "insightmesh_session"
    }
}

fn cookie(state: &AppState, value: String) -> Cookie<'static> {
    Cookie::build((cookie_name(state), value))
        .path("/")
        .http_only(true)
        .secure(state.secure_cookies)
        .same_site(SameSite::Lax)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s20_next_stays_on_this_server() {
        for next in [
            "/tasks",
            "/runs?status=failed&task=a%20b",
            "/tasks/x/schedules/new",
        ] {
            assert_eq!(safe_next(next), next);
        }
        for next in [
            "",
            "tasks",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "https://evil.example",
            "javascript:x",
        ] {
            assert_eq!(safe_next(next), HOME, "{next}");
        }
    }

    #[test]
    fn the_asked_address_survives_as_one_query_value() {
        assert_eq!(
            percent_encoded("/runs?status=failed&task=ä"),
            "/runs%3Fstatus%3Dfailed%26task%3D%C3%A4"
        );
    }
}
