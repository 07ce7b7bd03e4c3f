//! `/tasks/{name}/schedules/new`.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::Utc;
use domain::run::RunStatus;
use domain::schedule::{PolicyEntry, ScheduleEntry};
use engine::runs::RunFilter;
use serde::Deserialize;
use serde_json::Map;

use super::copying::{copy, is_copy, take};
use super::editor::{Entered, PAUSED, Purpose, SETTINGS_FIRST, Target, page};
use super::own_values::Base;
use super::submitted::Typed;
use super::{at_field, meant};
use crate::components::error_summary::field_error;
use crate::error::AppError;
use crate::form::Submitted;
use crate::pages::tasks::Readiness;
use crate::routes::AppState;
use crate::session::SignedIn;

/// Which schedule the new one is to be like, or whose values it is to take.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    like: String,
    #[serde(default)]
    preset: String,
}

/// The editor with a schedule to start from: every day at nine, or another one of this task.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    let target = target(&state, &who, &name).await?;
    let base = Base::load(&state, &name).await?;
    let like = state.engine.schedules.find(&asked.like).await?;
    let (typed, own) = match like.filter(|like| like.task_name == name) {
        Some(like) => (Typed::of(&like), base.show(&like.params)),
        None => {
            let typed = Typed {
                entry: ScheduleEntry {
                    zone: state.engine.zone.name().to_owned(),
                    ..ScheduleEntry::default()
                },
                policy: PolicyEntry::default(),
            };
            (typed, base.show(&Map::new()))
        }
    };
    let start = if is_proven(&state, &name).await? {
        "now"
    } else {
        PAUSED
    };
    let mut entered = Entered {
        typed,
        own,
        copied: None,
        start: start.to_owned(),
        errors: Vec::new(),
    };
    let preset = state.engine.presets.find(&asked.preset).await?;
    if let Some(preset) = preset.filter(|preset| preset.task_name == name) {
        entered = take(&base, entered, &preset);
    }
    page(&state, &who, target, Purpose::Add, entered).await
}

/// Whether the task has succeeded since its settings were last saved: then nothing needs to be checked first.
async fn is_proven(state: &AppState, task: &str) -> Result<bool, AppError> {
    let Some(saved) = state.engine.settings.find(task).await? else {
        return Ok(false);
    };
    let filter = RunFilter {
        task: Some(task.to_owned()),
        status: Some(RunStatus::Success),
        ..RunFilter::default()
    };
    let runs = state.engine.runs.list(&filter, 1).await?.runs;
    Ok(runs.iter().any(|run| run.queued_at >= saved.updated_at))
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
    let base = Base::load(&state, &name).await?;
    let (mut entered, plan) = meant(&base, &form, Utc::now());
    if is_copy(&form) {
        let entered = copy(&state, &base, entered, &form).await?;
        return page(&state, &who, target, Purpose::Add, entered).await;
    }
    if !target.is_ready && !is_preview {
        let sentence = "Fill in and save the task's settings before you add a schedule";
        entered.errors.push(field_error(SETTINGS_FIRST, sentence));
    }
    if let Some(plan) = plan.filter(|_| entered.errors.is_empty() && !is_preview) {
        let schedules = &state.engine.schedules;
        let (done, made) = if entered.start == PAUSED {
            (
                "drafted",
                schedules.create_paused(&name, plan, &who.account.name).await,
            )
        } else {
            (
                "scheduled",
                schedules.create(&name, plan, &who.account.name).await,
            )
        };
        match made {
            Ok(schedule) => {
                let address = format!("/tasks/{name}?done={done}&schedule={}", schedule.id);
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
