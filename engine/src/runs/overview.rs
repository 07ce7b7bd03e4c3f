//! What is going on, at a glance. Every question reads a bounded number of rows, however long the history.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::run::RunStatus;

use super::store::Runs;
use super::view::{RunSummary, SummaryRow, summary_columns};
use crate::Error;
use crate::db::{from_db, query, to_db};

/// Waiting runs are counted so far.
const MOST_COUNTED: i64 = 1000;
/// Of so many skipped rows, the newest, the recent ones are counted.
const MOST_SKIPPED: i64 = 1000;
/// Tasks of one statement; `SQLite` joins 500 parts at most.
const TASKS_AT_ONCE: usize = 100;

/// One of a task's last runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunMark {
    /// Its public id.
    pub run_id: String,
    /// Where it stands.
    pub status: RunStatus,
    /// When it started, or was asked for.
    pub at: DateTime<Utc>,
}

/// Occurrences of one task's schedules that nobody ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRun {
    /// The task's folder.
    pub task_name: String,
    /// How many.
    pub occurrences: i64,
    /// When the last of them was due.
    pub last_due: DateTime<Utc>,
    /// The last of them, as a row of the history.
    pub run_id: String,
}

impl Runs {
    /// The last failed run of each task that has not succeeded since, newest first.
    pub async fn list_failing(&self, most: u32) -> Result<Vec<RunSummary>, Error> {
        // The task names come from the index alone, one seek each; GROUP BY would read the whole history.
        let rows: Vec<SummaryRow> = query(
            concat!(
            "WITH RECURSIVE names (name) AS (
                 SELECT MIN(task_name) FROM task_runs
                 UNION ALL
                 SELECT (SELECT MIN(task_name) FROM task_runs WHERE task_name > name) FROM names WHERE name IS NOT NULL
             )
             SELECT ",
            summary_columns!(),
            " FROM names JOIN task_runs AS failed ON failed.id =
                 (SELECT MAX(id) FROM task_runs WHERE task_name = name AND status = 'failed')
             WHERE name IS NOT NULL AND NOT EXISTS (SELECT 1 FROM task_runs AS later
                 WHERE later.task_name = name AND later.status = 'success' AND later.id > failed.id)
             ORDER BY failed.id DESC LIMIT ?"
        ),
        )
        .bind(i64::from(most))
        .fetch_all(self.db.reader())
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// How many runs wait, counted to 1000.
    pub async fn count_waiting(&self) -> Result<usize, Error> {
        let count: i64 = query(
            "SELECT COUNT(*) FROM (SELECT id FROM task_runs WHERE status = 'queued' LIMIT ?) AS waiting",
        )
        .bind(MOST_COUNTED)
        .fetch_value(self.db.reader())
        .await?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    /// What was due since an instant and became no run, by task: skipped, missed or paused.
    pub async fn list_not_run(&self, since: DateTime<Utc>) -> Result<Vec<NotRun>, Error> {
        let rows: Vec<(String, i64, NaiveDateTime, String)> = query(
            "SELECT task_name, {sum(occurrences)}, MAX(scheduled_for), MAX(run_id) FROM
                 (SELECT task_name, occurrences, scheduled_for, run_id FROM task_runs WHERE status = 'skipped'
                  ORDER BY id DESC LIMIT ?) AS skipped
             WHERE scheduled_for >= ? GROUP BY task_name ORDER BY task_name",
        )
        .bind(MOST_SKIPPED)
        .bind(to_db(since))
        .fetch_all(self.db.reader())
        .await?;
        let not_run = |(task_name, occurrences, last_due, run_id)| NotRun {
            task_name,
            occurrences,
            last_due: from_db(last_due),
            run_id,
        };
        Ok(rows.into_iter().map(not_run).collect())
    }

    /// The last runs of each of these tasks, oldest first, at most `count` of each.
    pub async fn last_by_task(
        &self,
        tasks: &[String],
        count: u32,
    ) -> Result<HashMap<String, Vec<RunMark>>, Error> {
        let mut last: HashMap<String, Vec<RunMark>> = HashMap::new();
        for some in tasks.chunks(TASKS_AT_ONCE) {
            let mut select = query("");
            for (index, task) in some.iter().enumerate() {
                let union = if index == 0 { "" } else { " UNION ALL " };
                select = select
                    .push(union)
                    .push(
                        "SELECT id, task_name, run_id, status, at FROM (SELECT id, task_name, run_id, status,
                             COALESCE(started_at, queued_at) AS at FROM task_runs WHERE task_name = ?
                             ORDER BY id DESC LIMIT ?) AS last",
                    )
                    .bind(task)
                    .bind(i64::from(count));
            }
            let mut rows: Vec<(i64, String, String, String, NaiveDateTime)> =
                select.fetch_all(self.db.reader()).await?;
            rows.sort_unstable_by_key(|(id, ..)| *id);
            for (_, task, run_id, status, at) in rows {
                let status = RunStatus::from_code(&status)
                    .ok_or_else(|| Error::Stored(format!("unknown status {status} of run {run_id}")))?;
                let mark = RunMark {
                    run_id,
                    status,
                    at: from_db(at),
                };
                last.entry(task).or_default().push(mark);
            }
        }
        Ok(last)
    }
}
