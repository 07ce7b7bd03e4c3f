//! How many of a schedule's occurrences happened.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::run::RunStatus;

use super::Schedules;
use crate::Error;
use crate::db::{from_db, query, to_db};

/// Occurrences of a schedule in a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// That were due.
    pub due: i64,
    /// That became a run, however it ended. The others were skipped or missed.
    pub ran: i64,
}

/// The schedules of one task at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheduled {
    /// The next occurrence of all that are not paused.
    pub next: Option<DateTime<Utc>>,
    /// Whether one is paused.
    pub has_paused: bool,
}

impl Schedules {
    /// By task, for all that have a schedule.
    pub async fn summarise_by_task(&self) -> Result<HashMap<String, Scheduled>, Error> {
        let rows: Vec<(String, Option<NaiveDateTime>, i64)> = query(
            "SELECT task_name, MIN(next_run_at), COUNT(CASE WHEN paused THEN 1 END) FROM schedules GROUP BY task_name",
        )
        .fetch_all(self.db.reader())
        .await?;
        let scheduled = |(task, next, paused): (String, Option<NaiveDateTime>, i64)| {
            let scheduled = Scheduled {
                next: next.map(from_db),
                has_paused: paused > 0,
            };
            (task, scheduled)
        };
        Ok(rows.into_iter().map(scheduled).collect())
    }

    /// The last so many occurrences of a schedule: as many as there were, and how many of them ran.
    pub async fn last_kept(&self, schedule: &str, most: u32) -> Result<Kept, Error> {
        let rows: Vec<(i64, String)> = query(
            "SELECT occurrences, status FROM task_runs WHERE schedule_id = ? AND scheduled_for IS NOT NULL
             ORDER BY id DESC LIMIT ?",
        )
        .bind(schedule)
        .bind(i64::from(most))
        .fetch_all(self.db.reader())
        .await?;
        let (mut kept, most) = (Kept { due: 0, ran: 0 }, i64::from(most));
        for (occurrences, status) in rows {
            // One row may stand for many that were missed.
            kept.due = most.min(kept.due + occurrences);
            kept.ran += i64::from(status != RunStatus::Skipped.code());
            if kept.due == most {
                break;
            }
        }
        Ok(kept)
    }

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
