//! `/credentials/new`.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::params::FieldError;
use engine::credentials::Fresh;
use leptos::prelude::*;
use serde::Deserialize;

use super::MEANING;
use super::fields::{DAY, DayField, NAME, NameField, SecretField, day, mendable, secret};
use crate::components::breadcrumb::Breadcrumb;
use crate::components::error_summary::ErrorSummary;
use crate::components::layout::Section;
use crate::error::AppError;
use crate::form::Submitted;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::{SignedIn, own_path};

/// Where the person comes from.
#[derive(Deserialize)]
pub struct From {
    #[serde(default)]
    back: String,
}

/// What stands in the form. The secret is never part of it.
#[derive(Default)]
struct Entry {
    name: String,
    day: String,
    back: String,
    was_typed: bool,
}

/// An empty form.
pub async fn show(State(state): State<AppState>, who: SignedIn, Query(from): Query<From>) -> Response {
    let entry = Entry {
        back: from.back,
        ..Entry::default()
    };
    page(&state, &who, entry, Vec::new())
}

/// Saves the credential and returns to where it is needed.
pub async fn submit(
    State(state): State<AppState>,
    who: SignedIn,
    form: Submitted,
) -> Result<Response, AppError> {
    let (name, secret) = (form.get(NAME), secret(&form));
    let was_typed = !secret.expose().is_empty();
    let created = match day(&form, DAY, who.viewer(&state).today()) {
        Ok(runs_out_on) => {
            let fresh = Fresh { secret, runs_out_on };
            let credentials = &state.engine.credentials;
            mendable(credentials.create(name, fresh, &who.account.name).await)?.map(drop)
        }
        Err(error) => Err(error),
    };
    let Err(error) = created else {
        return Ok(Redirect::to(&afterwards(form.get("back"))).into_response());
    };
    let entry = Entry {
        name: name.to_owned(),
        day: form.get(DAY).to_owned(),
        back: form.get("back").to_owned(),
        was_typed,
    };
    Ok(page(&state, &who, entry, vec![error]))
}

fn afterwards(back: &str) -> String {
    match own_path(back) {
        None => "/credentials?done=created".to_owned(),
        Some(back) if back.contains('?') => format!("{back}&done=credential"),
        Some(back) => format!("{back}?done=credential"),
    }
}

fn page(state: &AppState, who: &SignedIn, entry: Entry, errors: Vec<FieldError>) -> Response {
    let page = Page::new("New credential")
        .section(Section::Credentials)
        .with_errors(&errors);
    page.render(who.viewer(state), || view! { <NewCredential entry errors /> })
}

#[component]
fn NewCredential(entry: Entry, errors: Vec<FieldError>) -> AnyView {
    let links = vec![("/credentials".to_owned(), "Credentials".to_owned())];
    let back = own_path(&entry.back).map(str::to_owned);
    let cancel = back.clone().unwrap_or_else(|| "/credentials".to_owned());
    view! {
        <Breadcrumb links />
        <ErrorSummary errors=errors.clone() />
        <div class="page-head">
            <h1>"New credential"</h1>
            <p class="lead">{MEANING}</p>
        </div>
        <form class="card form-card" method="post" action="/credentials/new" novalidate>
            {back.map(|back| view! { <input type="hidden" name="back" value=back /> })}
            <NameField name=entry.name errors=errors.clone() />
            <SecretField label="Secret" again=entry.was_typed errors=errors.clone() />
            <DayField input=DAY value=entry.day errors />
            <div class="actions">
                <button class="button button-primary">"Save credential"</button>
                <a class="button" href=cancel>
                    "Cancel"
                </a>
            </div>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s20_saving_leads_back_to_an_address_of_this_site_only() {
        assert_eq!(afterwards("/tasks/x"), "/tasks/x?done=credential");
        assert_eq!(afterwards("/tasks/x?a=b"), "/tasks/x?a=b&done=credential");
        for elsewhere in ["", "//evil.example", "https://evil.example", "/\\evil.example"] {
            assert_eq!(afterwards(elsewhere), "/credentials?done=created", "{elsewhere}");
        }
    }
}
