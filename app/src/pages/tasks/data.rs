//! What the page of one task shows, loaded in one place.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use domain::params::{ParamKind, ParamSpec};
use domain::schedule::Rule;
use domain::task::TaskInfo;
use engine::runs::{RunFilter, RunSummary};
use engine::scheduler::{Kept, Schedule};
use engine::settings::SavedSettings;
use engine::start_links::StartLink;
use engine::tasks::TaskFolder;
use engine::uploads::MAX_UPLOAD;

use super::readiness::Standing;
use crate::error::AppError;
use crate::pages::presets::{Shown, misfits};
use crate::pages::schedules::Calendars;
use crate::routes::AppState;

/// As many runs as the page lists.
const RECENT: u32 = 10;

/// One task's folder and everything that belongs to it.
#[derive(Clone)]
pub(super) struct TaskData {
    pub(super) folder: Arc<TaskFolder>,
    /// Its parameters, with all choices put in.
    pub(super) specs: Vec<ParamSpec>,
    pub(super) saved: Option<SavedSettings>,
    pub(super) standing: Standing,
    pub(super) schedules: Vec<Schedule>,
    /// How many of their occurrences of the last seven days happened.
    pub(super) kept: HashMap<String, Kept>,
    /// The calendars, if its schedules use any.
    pub(super) calendars: Calendars,
    /// What its schedules refer to, by id: names of calendars, and other schedules in words.
    pub(super) names: HashMap<String, String>,
    pub(super) runs: Vec<RunSummary>,
    pub(super) links: Vec<StartLink>,
    pub(super) presets: Vec<Shown>,
}

impl TaskData {
    /// Loads it, or answers that there is no such folder.
    pub(super) async fn load(state: &AppState, name: &str) -> Result<Self, AppError> {
        let engine = &state.engine;
        let folder = engine.catalog.find(name).ok_or(AppError::NotFound)?;
        let filter = RunFilter {
            task: Some(name.to_owned()),
            ..RunFilter::default()
        };
        let saved = engine.settings.find(name).await?;
        let specs = form_specs(state, &folder, saved.as_ref()).await;
        let schedules = engine.schedules.list_for_task(name).await?;
        let uses_calendars = |schedule: &Schedule| !schedule.policy.calendars.is_empty();
        let calendars = if schedules.iter().any(uses_calendars) {
            Calendars::load(state).await?
        } else {
            Calendars::default()
        };
        let own = saved
            .as_ref()
            .map(|saved| saved.values.clone())
            .unwrap_or_default();
        let presets = engine.presets.list_for_task(name).await?.into_iter();
        let presets = presets.map(|preset| Shown {
            misfits: misfits(&specs, &own, &preset.values).len(),
            preset,
        });
        Ok(Self {
            presets: presets.collect(),
            names: names(state, &schedules, &calendars).await?,
            calendars,
            specs,
            standing: Standing::new(&folder, saved.as_ref(), engine.zone),
            folder,
            saved,
            schedules,
            kept: engine
                .schedules
                .kept_since(name, Utc::now() - TimeDelta::days(7))
                .await?,
            runs: engine.runs.list(&filter, RECENT).await?.runs,
            links: engine.start_links.list_for_task(name).await?,
        })
    }

    /// Names of the passwords and files that an empty field leaves as they are.
    pub(super) fn saved_names(&self) -> BTreeSet<String> {
        self.saved
            .as_ref()
            .map(SavedSettings::saved_names)
            .unwrap_or_default()
    }
}

async fn names(
    state: &AppState,
    schedules: &[Schedule],
    calendars: &Calendars,
) -> Result<HashMap<String, String>, AppError> {
    let mut names: HashMap<String, String> = calendars.names().into_iter().collect();
    for schedule in schedules {
        let Rule::After(id) = &schedule.timetable.rule else {
            continue;
        };
        if let Some(other) = state.engine.schedules.find(id).await? {
            let title = state.engine.catalog.title_of(&other.task_name);
            let words = format!("{title}: {}", other.timetable.rule.describe());
            names.insert(id.clone(), words);
        }
    }
    Ok(names)
}

/// A task's parameters, with all choices and limits put in.
pub(super) async fn form_specs(
    state: &AppState,
    folder: &TaskFolder,
    saved: Option<&SavedSettings>,
) -> Vec<ParamSpec> {
    let mut specs = state.engine.choices.resolve(folder, saved).await;
    specs.iter_mut().for_each(limit_file);
    specs
}

/// The server's own limit, where the author set none below it: said under the label, and checked before sending.
fn limit_file(spec: &mut ParamSpec) {
    if let ParamKind::File(rules) = &mut spec.kind {
        rules.max_bytes = Some(rules.max_bytes.map_or(MAX_UPLOAD, |most| most.min(MAX_UPLOAD)));
    }
}

/// A folder that is a task that loads; a problem's page has no form that could have been sent.
pub(super) fn loaded(folder: &TaskFolder) -> Result<&TaskInfo, AppError> {
    folder.found.as_ref().map_err(|_| {
        AppError::BadRequest(
            "This task cannot be loaded at the moment. Its page shows what is wrong with it.",
        )
    })
}
