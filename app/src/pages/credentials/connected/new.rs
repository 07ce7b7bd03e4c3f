//! `/credentials/connect`: a new connected account.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use domain::params::FieldError;
use leptos::prelude::*;

use super::app_form::{AppFields, Entry, at_field, typed};
use super::redirect_url;
use crate::components::breadcrumb::Breadcrumb;
use crate::components::error_summary::ErrorSummary;
use crate::components::layout::Section;
use crate::error::AppError;
use crate::form::Submitted;
use crate::pages::credentials::fields::{NAME, NameField};
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

/// An empty form.
pub async fn show(State(state): State<AppState>, who: SignedIn) -> Response {
    page(&state, &who, (String::new(), Entry::empty()), Vec::new())
}

/// Saves the app; connecting comes next.
pub async fn submit(
    State(state): State<AppState>,
    who: SignedIn,
    form: Submitted,
) -> Result<Response, AppError> {
    let name = form.get(NAME);
    let connections = &state.engine.connections;
    match connections.create(name, &typed(&form), &who.account.name).await {
        Ok(id) => Ok(Redirect::to(&format!("/credentials/{id}?done=registered")).into_response()),
        Err(error) => {
            let entry = (name.to_owned(), Entry::typed(&form, false));
            Ok(page(&state, &who, entry, vec![at_field(error)?]))
        }
    }
}

fn page(state: &AppState, who: &SignedIn, entry: (String, Entry), errors: Vec<FieldError>) -> Response {
    let back = redirect_url(state);
    Page::new("Connect an account")
        .section(Section::Credentials)
        .with_errors(&errors)
        .render(who.viewer(state), || view! { <NewAccount entry errors back /> })
}

#[component]
fn NewAccount(entry: (String, Entry), errors: Vec<FieldError>, back: String) -> AnyView {
    let links = vec![("/credentials".to_owned(), "Credentials".to_owned())];
    let (name, entry) = entry;
    view! {
        <Breadcrumb links />
        <ErrorSummary errors=errors.clone() />
        <div class="page-head">
            <h1>"Connect an account"</h1>
            <p class="lead">
                "Tasks use an account at Google, Slack or another service, after somebody has consented there. The access is renewed by itself."
            </p>
        </div>
        <form class="card form-card" method="post" action="/credentials/connect" novalidate>
            <p>
                "First register an app at the service. Where it asks for the address to come back to (redirect URI), enter exactly this:"
            </p>
            <p>
                <code>{back}</code>
            </p>
            <NameField name errors=errors.clone() />
            <AppFields entry errors />
            <div class="actions">
                <button class="button button-primary">"Save and go on"</button>
                <a class="button" href="/credentials">
                    "Cancel"
                </a>
            </div>
        </form>
    }
    .into_any()
}
