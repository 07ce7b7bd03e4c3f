//! `/calendars/new` and `/calendars/{id}`.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::Utc;
use domain::params::FieldError;
use engine::calendars::lines_of;
use leptos::prelude::*;

use super::MEANING;
use super::fields::{CONTENT, DELETE, Entry, FILE, Fields, NAME, at_field};
use crate::components::breadcrumb::Breadcrumb;
use crate::components::error_summary::{ErrorSummary, field_error};
use crate::components::layout::Section;
use crate::error::AppError;
use crate::form::Submitted;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

/// An empty form.
pub async fn show_new(State(state): State<AppState>, who: SignedIn) -> Response {
    page(&state, &who, None, Entry::default(), Vec::new())
}

/// The calendar as it is saved.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, AppError> {
    let calendar = state
        .engine
        .calendars
        .find(&id)
        .await?
        .ok_or(AppError::NotFound)?;
    let entry = Entry {
        name: calendar.name,
        content: calendar.content,
    };
    Ok(page(&state, &who, Some(id), entry, Vec::new()))
}

/// Saves a new one.
pub async fn submit_new(
    State(state): State<AppState>,
    who: SignedIn,
    form: Submitted,
) -> Result<Response, AppError> {
    save(&state, &who, None, form).await
}

/// Saves a change.
pub async fn submit(
    State(state): State<AppState>,
    who: SignedIn,
    Path(id): Path<String>,
    form: Submitted,
) -> Result<Response, AppError> {
    save(&state, &who, Some(id), form).await
}

async fn save(
    state: &AppState,
    who: &SignedIn,
    id: Option<String>,
    mut form: Submitted,
) -> Result<Response, AppError> {
    let mut entry = Entry {
        name: form.get(NAME).to_owned(),
        content: form.get(CONTENT).trim().replace("\r\n", "\n"),
    };
    if let Some(file) = form.take_files().into_iter().find(|file| file.input == FILE) {
        let today = Utc::now().with_timezone(&state.engine.zone).date_naive();
        let text = String::from_utf8_lossy(&file.content.unwrap_or_default()).into_owned();
        match lines_of(&text, state.engine.zone, today) {
            Ok(lines) => format!("{}\n{lines}", entry.content)
                .trim()
                .clone_into(&mut entry.content),
            Err(error) => {
                let errors = vec![field_error(FILE, error.to_string())];
                return Ok(page(state, who, id, entry, errors));
            }
        }
    }
    let calendars = &state.engine.calendars;
    match calendars
        .save(id.as_deref(), &entry.name, &entry.content, &who.account.name)
        .await
    {
        Ok(_) => Ok(Redirect::to("/calendars?done=saved").into_response()),
        Err(error) => {
            let errors = vec![at_field(error)?];
            Ok(page(state, who, id, entry, errors))
        }
    }
}

/// The form.
pub(super) fn page(
    state: &AppState,
    who: &SignedIn,
    id: Option<String>,
    entry: Entry,
    errors: Vec<FieldError>,
) -> Response {
    let title = if id.is_some() {
        "Change a calendar"
    } else {
        "New calendar"
    };
    let page = Page::new(title).section(Section::Calendars).with_errors(&errors);
    page.render(
        who.viewer(state),
        || view! { <CalendarPage title id entry errors /> },
    )
}

#[component]
fn CalendarPage(title: &'static str, id: Option<String>, entry: Entry, errors: Vec<FieldError>) -> AnyView {
    let links = vec![("/calendars".to_owned(), "Calendars".to_owned())];
    let address = format!("/calendars/{}", id.as_deref().unwrap_or("new"));
    let delete = id.map(|id| {
        view! {
            <section class="card form-card" id=DELETE aria-labelledby="delete-title">
                <h2 id="delete-title">"Delete"</h2>
                <details class="confirm">
                    <summary>"Delete"</summary>
                    <form method="post" action=format!("/calendars/{id}/delete")>
                        <p>"Its days are no exception any more. A calendar that schedules use stays."</p>
                        <button class="button button-danger">"Delete this calendar"</button>
                    </form>
                </details>
            </section>
        }
    });
    view! {
        <Breadcrumb links />
        <ErrorSummary errors=errors.clone() />
        <div class="page-head">
            <h1>{title}</h1>
            <p class="lead">{MEANING}</p>
        </div>
        <form class="card form-card" method="post" action=address enctype="multipart/form-data" novalidate>
            <Fields entry errors />
            <div class="actions">
                <button class="button button-primary">"Save calendar"</button>
                <a class="button" href="/calendars">
                    "Cancel"
                </a>
            </div>
        </form>
        {delete}
    }
    .into_any()
}
