//! What the page of one task shows, loaded in one place.

use std::sync::Arc;

use domain::task::TaskInfo;
use engine::runs::{RunFilter, RunSummary};
use engine::scheduler::Schedule;
use engine::settings::SavedSettings;
use engine::tasks::TaskFolder;

use crate::error::AppError;
use crate::routes::AppState;

/// As many runs as the page lists.
const RECENT: u32 = 10;

/// One task's folder and everything that belongs to it.
#[derive(Clone)]
pub(super) struct TaskData {
    pub(super) folder: Arc<TaskFolder>,
    pub(super) saved: Option<SavedSettings>,
    pub(super) schedules: Vec<Schedule>,
    pub(super) runs: Vec<RunSummary>,
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
        Ok(Self {
            folder,
            saved: engine.settings.find(name).await?,
            schedules: engine.schedules.list_for_task(name).await?,
            runs: engine.runs.list(&filter, RECENT).await?.runs,
        })
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
