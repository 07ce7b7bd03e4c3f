//! `/setup`: the first administrator, created once through the link that the server printed.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use domain::params::FieldError;
use domain::secret::Secret;
use engine::auth::SetUpError;
use leptos::prelude::*;
use serde::Deserialize;

use crate::components::error_summary::{ErrorSummary, field_error};
use crate::components::field::{Labels, TextField};
use crate::components::param_field::PasswordField;
use crate::error::AppError;
use crate::form::Submitted;
use crate::render::{Page, Viewer};
use crate::routes::AppState;
use crate::session::{self, HOME};

/// The token in the link.
#[derive(Deserialize)]
pub struct Link {
    #[serde(default)]
    token: String,
}

/// The form, for whoever holds the link.
pub async fn show(State(state): State<AppState>, Query(link): Query<Link>) -> Result<Response, AppError> {
    if state.engine.accounts.is_set_up().await? {
        return Ok(Redirect::to("/login").into_response());
    }
    if !state.engine.accounts.is_set_up_token(&link.token) {
        return Ok(wrong_link());
    }
    Ok(page(&state, link.token, String::new(), Vec::new()))
}

/// Creates the account and signs it in.
pub async fn submit(
    State(state): State<AppState>,
    jar: CookieJar,
    form: Submitted,
) -> Result<Response, AppError> {
    let (token, name) = (form.get("token"), form.get("name").trim());
    let password = Secret::new(form.get("password"));
    let error = match state.engine.accounts.create_first(token, name, &password).await {
        Ok(session) => {
            let jar = jar.add(session::start(&state, &session));
            return Ok((jar, Redirect::to(HOME)).into_response());
        }
        Err(SetUpError::AlreadyDone) => return Ok(Redirect::to("/login").into_response()),
        Err(SetUpError::WrongToken) => return Ok(wrong_link()),
        Err(SetUpError::Engine(error)) => return Err(error.into()),
        Err(SetUpError::Name(sentence)) => field_error("name", sentence),
        Err(SetUpError::Password(sentence)) => field_error("password", sentence),
    };
    Ok(page(&state, token.to_owned(), name.to_owned(), vec![error]))
}

fn page(state: &AppState, token: String, name: String, errors: Vec<FieldError>) -> Response {
    let page = Page::new("Set up").islands(&state.leptos).with_errors(&errors);
    page.render(Viewer::nobody(), || view! { <SetUpForm token name errors /> })
}

fn wrong_link() -> Response {
    Page::new("Set-up link").status(StatusCode::FORBIDDEN).render(Viewer::nobody(), || {
        view! {
            <div class="narrow">
                <h1>"This is not the current set-up link"</h1>
                <p class="lead">
                    "The server prints a new link each time it starts. Look for the newest one in its window and open that."
                </p>
            </div>
        }
    })
}

#[component]
fn SetUpForm(token: String, name: String, errors: Vec<FieldError>) -> AnyView {
    let name_labels = Labels {
        hint: Some("You sign in with it, and it stands beside what you change and run.".to_owned()),
        ..Labels::required("name", "Your name").with_error(&errors)
    };
    let password_labels = Labels {
        hint: Some("12 characters or more. A few words in a row are easy to keep in mind.".to_owned()),
        ..Labels::required("password", "Password").with_error(&errors)
    };
    view! {
        <div class="narrow">
            <ErrorSummary errors />
            <h1>"Welcome"</h1>
            <p class="lead">"Create the first account. It may do everything on this server."</p>
            <form class="card" method="post" action="/setup" novalidate>
                <input type="hidden" name="token" value=token />
                <TextField labels=name_labels value=name autocomplete="username" />
                <PasswordField labels=password_labels autocomplete="new-password" />
                <div class="actions">
                    <button class="button button-primary">"Create account"</button>
                </div>
            </form>
        </div>
    }
    .into_any()
}
