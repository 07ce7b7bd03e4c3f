//! How many of a schedule's occurrences happened.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::Schedules;
use crate::Error;
use crate::db::{query, to_db};

/// Occurrences of a schedule in a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// That were due.
    pub due: i64,
    /// That became a run, however it ended. The others were skipped or missed.
    pub ran: i64,
}

impl Schedules {
    /// By schedule, for those of one task that were due since an instant.
    pub async fn kept_since(&self, task: &str, since: DateTime<Utc>) -> Result<HashMap<String, Kept>, Error> {
        let rows: Vec<(String, i64, i64)> = query(
            "SELECT schedule_id, {sum(occurrences)}, COUNT(CASE WHEN status <> 'skipped' THEN 1 END) FROM task_runs
             WHERE task_name = ? AND scheduled_for >= ? AND schedule_id IS NOT NULL GROUP BY schedule_id",
        )
        .bind(task)
        .bind(to_db(since))
        .fetch_all(self.db.reader())
        .await?;
        let kept = |(id, due, ran)| (id, Kept { due, ran });
        Ok(rows.into_iter().map(kept).collect())
    }
}
