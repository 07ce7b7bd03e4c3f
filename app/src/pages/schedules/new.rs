//! `/tasks/{name}/schedules/new`.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::Utc;
use domain::schedule::{PolicyEntry, ScheduleEntry};
use serde_json::Map;

use super::editor::{Entered, Purpose, SETTINGS_FIRST, Target, page};
use super::own_values::Base;
use super::submitted::Typed;
use super::{at_field, meant};
use crate::components::error_summary::field_error;
use crate::error::AppError;
use crate::form::Submitted;
use crate::pages::tasks::Readiness;
use crate::routes::AppState;
use crate::session::SignedIn;

/// The editor with a schedule to start from: every day at nine.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Path(name): Path<String>,
) -> Result<Response, AppError> {
    let target = target(&state, &who, &name).await?;
    let typed = Typed {
        entry: ScheduleEntry {
            zone: state.engine.zone.name().to_owned(),
            ..ScheduleEntry::default()
        },
        policy: PolicyEntry::default(),
    };
    let entered = Entered {
        typed,
        own: Base::load(&state, &name).await?.show(&Map::new()),
        errors: Vec::new(),
    };
    page(&state, &who, target, Purpose::Add, entered).await
}

/// Saves the schedule, or draws the editor again with the next runs or the mistakes.
pub async fn submit(
    State(state): State<AppState>,
    who: SignedIn,
    Path(name): Path<String>,
    form: Submitted,
) -> Result<Response, AppError> {
    let target = target(&state, &who, &name).await?;
    let is_preview = form.get("action") == "preview";
    let (mut entered, plan) = meant(&Base::load(&state, &name).await?, &form, Utc::now());
    if !target.is_ready && !is_preview {
        let sentence = "Fill in and save the task's settings before you add a schedule";
        entered.errors.push(field_error(SETTINGS_FIRST, sentence));
    }
    if let Some(plan) = plan.filter(|_| entered.errors.is_empty() && !is_preview) {
        match state
            .engine
            .schedules
            .create(&name, plan, &who.account.name)
            .await
        {
            Ok(schedule) => {
                let address = format!("/tasks/{name}?done=scheduled&schedule={}", schedule.id);
                return Ok(Redirect::to(&address).into_response());
            }
            Err(error) => entered.errors.push(at_field(error)?),
        }
    }
    page(&state, &who, target, Purpose::Add, entered).await
}

/// The task that the schedule is for.
pub(super) async fn target(state: &AppState, who: &SignedIn, name: &str) -> Result<Target, AppError> {
    let folder = state.engine.catalog.find(name).ok_or(AppError::NotFound)?;
    let readiness = Readiness::establish(state, &folder, &who.account.name).await?;
    Ok(Target {
        task: folder.name.clone(),
        title: folder.title().to_owned(),
        is_ready: matches!(readiness, Readiness::Ready),
    })
}
