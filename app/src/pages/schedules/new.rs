//! `/tasks/{name}/schedules/new`.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::Utc;
use domain::params::FieldError;
use domain::schedule::{EntryError, ScheduleEntry};
use leptos::prelude::*;

use super::editor::{Editor, SETTINGS_FIRST, Target};
use super::preview;
use crate::components::error_summary::field_error;
use crate::components::layout::Section;
use crate::error::AppError;
use crate::form::Submitted;
use crate::pages::tasks::Readiness;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

/// The editor with a schedule to start from: every day at nine.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Path(name): Path<String>,
) -> Result<Response, AppError> {
    let target = target(&state, &who, &name).await?;
    let entry = ScheduleEntry {
        zone: state.engine.zone.name().to_owned(),
        ..ScheduleEntry::default()
    };
    Ok(page(&state, &who, target, entry, Vec::new()))
}

/// Saves the schedule, or draws the editor again with the next runs or the mistakes.
pub async fn submit(
    State(state): State<AppState>,
    who: SignedIn,
    Path(name): Path<String>,
    form: Submitted,
) -> Result<Response, AppError> {
    let target = target(&state, &who, &name).await?;
    let entry = entry(&form);
    let is_preview = form.get("action") == "preview";
    let mut errors = Vec::new();
    if !target.is_ready && !is_preview {
        let sentence = "Fill in and save the task's settings before you add a schedule";
        errors.push(field_error(SETTINGS_FIRST, sentence));
    }
    match entry.parse() {
        Ok((rule, zone)) if errors.is_empty() && !is_preview => {
            let schedule = state
                .engine
                .schedules
                .create(&name, rule, zone, &who.account.name)
                .await?;
            let address = format!("/tasks/{name}?done=scheduled&schedule={}", schedule.id);
            return Ok(Redirect::to(&address).into_response());
        }
        Ok(_) => {}
        Err(mistakes) => errors.extend(mistakes.into_iter().map(at_field)),
    }
    Ok(page(&state, &who, target, entry, errors))
}

async fn target(state: &AppState, who: &SignedIn, name: &str) -> Result<Target, AppError> {
    let folder = state.engine.catalog.find(name).ok_or(AppError::NotFound)?;
    let readiness = Readiness::establish(state, &folder, &who.account.name).await?;
    Ok(Target {
        task: folder.name.clone(),
        title: folder.title().to_owned(),
        is_ready: matches!(readiness, Readiness::Ready),
    })
}

fn entry(form: &Submitted) -> ScheduleEntry {
    let text = |name: &str| form.get(name).to_owned();
    ScheduleEntry {
        kind: text("kind"),
        every: text("every"),
        at: text("at"),
        cron: text("cron"),
        zone: text("zone"),
    }
}

fn at_field(mistake: EntryError) -> FieldError {
    field_error(&mistake.field, mistake.message)
}

fn page(
    state: &AppState,
    who: &SignedIn,
    target: Target,
    entry: ScheduleEntry,
    errors: Vec<FieldError>,
) -> Response {
    let page = Page::new(format!("Add a schedule, {}", target.title));
    let page = page.section(Section::Tasks).islands(&state.leptos);
    let page = page.with_errors(&errors);
    let preview = preview::of(&entry, Utc::now());
    page.render(
        who.viewer(state),
        || view! { <Editor target entry errors preview /> },
    )
}
