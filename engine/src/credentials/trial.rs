//! Trying a credential: the tests of the tasks that use it, with the settings they have saved.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::{StreamExt, stream};
use tokio::time::Instant;

use super::store::refers_to;
use crate::settings::CheckOutcome;
use crate::{Engine, Error};

/// All tests of a credential together.
const LIMIT: Duration = Duration::from_secs(90);
/// Python processes that try one credential at the same time.
const AT_ONCE: usize = 2;

/// What came of one task's test. Nothing of it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// The task's folder.
    pub task: String,
    /// When its test ended.
    pub at: DateTime<Utc>,
    /// What came of it.
    pub outcome: TriedOutcome,
}

/// What came of one task's test.
#[derive(Debug, Clone, PartialEq)]
pub enum TriedOutcome {
    /// The task was asked, or offers no test.
    Asked(CheckOutcome),
    /// The task cannot be loaded.
    NotLoaded,
    /// The task's own settings use another credential; only a schedule of it uses this one.
    SchedulesOnly,
    /// The tests before it took all the time there was.
    OutOfTime,
}

impl Engine {
    /// Has every task that uses a credential test its saved settings, at most 90 s all together. By task.
    pub async fn try_credential(&self, id: &str) -> Result<Vec<Tried>, Error> {
        let until = Instant::now() + LIMIT;
        let tasks = self.credentials.used_by(id).await?;
        let outcomes: Vec<Result<Tried, Error>> = stream::iter(tasks)
            .map(|task| self.try_with(id, task, until))
            .buffered(AT_ONCE)
            .collect()
            .await;
        outcomes.into_iter().collect()
    }

    async fn try_with(&self, id: &str, task: String, until: Instant) -> Result<Tried, Error> {
        let asked = tokio::time::timeout_at(until, self.ask_about(id, &task)).await;
        let outcome = asked.unwrap_or(Ok(TriedOutcome::OutOfTime))?;
        Ok(Tried {
            task,
            at: Utc::now(),
            outcome,
        })
    }

    async fn ask_about(&self, id: &str, task: &str) -> Result<TriedOutcome, Error> {
        let Some(folder) = self.catalog.find(task) else {
            return Ok(TriedOutcome::NotLoaded);
        };
        let Ok(info) = &folder.found else {
            return Ok(TriedOutcome::NotLoaded);
        };
        if !info.has_check {
            return Ok(TriedOutcome::Asked(CheckOutcome::NotOffered));
        }
        let saved = self.settings.snapshot(task).await?;
        if !saved.values().any(|value| refers_to(value, id)) {
            return Ok(TriedOutcome::SchedulesOnly);
        }
        Ok(TriedOutcome::Asked(self.try_settings(&folder).await?))
    }
}
