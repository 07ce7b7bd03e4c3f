//! `/login`.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use domain::params::FieldError;
use domain::secret::Secret;
use engine::auth::LoginError;
use leptos::prelude::*;
use serde::Deserialize;

use crate::components::error_summary::{ErrorSummary, field_error};
use crate::components::field::{Labels, TextField};
use crate::components::param_field::PasswordField;
use crate::error::AppError;
use crate::form::Submitted;
use crate::render::{Page, Viewer};
use crate::routes::AppState;
use crate::session::{self, safe_next};

/// Where to go afterwards.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    next: String,
}

/// The sign-in page, or onwards for a person who is signed in already.
pub async fn show(
    State(state): State<AppState>,
    jar: CookieJar,
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    if session::find_account(&state, &jar).await?.is_some() {
        return Ok(Redirect::to(safe_next(&asked.next)).into_response());
    }
    if !state.engine.accounts.is_set_up().await? {
        return Ok(Page::new("Not set up yet").render(Viewer::nobody(), || view! { <NotSetUp /> }));
    }
    Ok(page(&state, asked.next, String::new(), Vec::new()))
}

/// Signs in.
pub async fn submit(
    State(state): State<AppState>,
    jar: CookieJar,
    form: Submitted,
) -> Result<Response, AppError> {
    let (name, next) = (form.get("name").trim(), form.get("next"));
    let mut errors = Vec::new();
    if name.is_empty() {
        errors.push(field_error("name", "Enter your name"));
    }
    if form.get("password").is_empty() {
        errors.push(field_error("password", "Enter your password"));
    }
    if !errors.is_empty() {
        return Ok(page(&state, next.to_owned(), name.to_owned(), errors));
    }
    let (status, error) = match state
        .engine
        .accounts
        .login(name, &Secret::new(form.get("password")))
        .await
    {
        Ok(token) => {
            let jar = jar.add(session::start(&state, &token));
            return Ok((jar, Redirect::to(safe_next(next))).into_response());
        }
        // One sentence for both, so that nobody learns which names exist.
        Err(LoginError::Wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            field_error("name", "The name or the password is not right"),
        ),
        Err(LoginError::TooManyTries) => (
            StatusCode::TOO_MANY_REQUESTS,
            field_error(
                "name",
                "There were too many tries with this name. Wait a minute, then try again",
            ),
        ),
        Err(LoginError::Engine(error)) => return Err(error.into()),
    };
    let mut response = page(&state, next.to_owned(), name.to_owned(), vec![error]);
    *response.status_mut() = status;
    Ok(response)
}

fn page(state: &AppState, next: String, name: String, errors: Vec<FieldError>) -> Response {
    let page = Page::new("Sign in").islands(&state.leptos).with_errors(&errors);
    page.render(Viewer::nobody(), || view! { <LoginForm next name errors /> })
}

#[component]
fn LoginForm(next: String, name: String, errors: Vec<FieldError>) -> AnyView {
    let name_labels = Labels::required("name", "Name").with_error(&errors);
    let password_labels = Labels::required("password", "Password").with_error(&errors);
    view! {
        <div class="narrow">
            <ErrorSummary errors />
            <h1>"Sign in"</h1>
            <form class="card" method="post" action="/login" novalidate>
                <input type="hidden" name="next" value=next />
                <TextField labels=name_labels value=name autocomplete="username" />
                <PasswordField labels=password_labels autocomplete="current-password" />
                <div class="actions">
                    <button class="button button-primary">"Sign in"</button>
                </div>
            </form>
        </div>
    }
    .into_any()
}

#[component]
fn NotSetUp() -> AnyView {
    view! {
        <div class="narrow">
            <h1>"Not set up yet"</h1>
            <p class="lead">
                "This server has no accounts. When it started, it printed a set-up link in its window: open that link to create the first one."
            </p>
        </div>
    }
    .into_any()
}
