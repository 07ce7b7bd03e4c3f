//! Finding, starting and cancelling runs.

use std::collections::HashMap;

use domain::run::{RunStatus, Trigger};
use tokio::sync::watch;

use super::insert::{NewRun, insert};
use super::view::{DetailRow, RunDetail, RunSummary, SummaryRow};
use crate::Error;
use crate::db::{Db, Link, now, persistently, query, to_db};
use crate::signals::Signals;

/// The columns of a [`SummaryRow`].
macro_rules! summary_columns {
    () => {
        "id, run_id, task_name, status, failure_reason, triggered_by, triggered_by_user, schedule_id, queued_at, \
         started_at, completed_at, records_processed, records_success, records_failed, error_message, \
         progress_done, progress_total, progress_text, warning"
    };
}

/// All runs.
#[derive(Clone)]
pub struct Runs {
    db: Db,
    signals: Signals,
}

/// Which runs to list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunFilter {
    /// Only this status.
    pub status: Option<RunStatus>,
    /// Only this task.
    pub task: Option<String>,
    /// Only runs older than this id.
    pub before: Option<i64>,
}

/// A stretch of runs, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct RunPage {
    /// The runs.
    pub runs: Vec<RunSummary>,
    /// Where the next older page starts, if there is one.
    pub older: Option<i64>,
}

impl Runs {
    pub(crate) fn new(db: Db, signals: Signals) -> Self {
        Self { db, signals }
    }

    /// A page of at most `limit` runs, newest first.
    pub async fn list(&self, filter: &RunFilter, limit: u32) -> Result<RunPage, Error> {
        let mut select = query(concat!(
            "SELECT ",
            summary_columns!(),
            " FROM task_runs WHERE 1 = 1"
        ));
        if let Some(status) = filter.status {
            select = select.push(" AND status = ?").bind(status.code());
        }
        if let Some(task) = &filter.task {
            select = select.push(" AND task_name = ?").bind(task);
        }
        if let Some(before) = filter.before {
            select = select.push(" AND id < ?").bind(before);
        }
        // One more than asked tells whether there is an older page.
        let rows: Vec<SummaryRow> = select
            .push(" ORDER BY id DESC LIMIT ?")
            .bind(i64::from(limit) + 1)
            .fetch_all(self.db.reader())
            .await?;
        let limit = limit as usize;
        let older = rows
            .len()
            .gt(&limit)
            .then(|| rows.get(limit.saturating_sub(1)).map(|row| row.id))
            .flatten();
        let runs = rows
            .into_iter()
            .take(limit)
            .map(TryInto::try_into)
            .collect::<Result<_, _>>()?;
        Ok(RunPage { runs, older })
    }

    /// One run.
    pub async fn find(&self, run_id: &str) -> Result<Option<RunDetail>, Error> {
        let row: Option<DetailRow> = query(
            concat!(
            "SELECT ",
            summary_columns!(),
            ", scheduled_for, attempt, retry_of, not_before,
             (SELECT MIN(later.run_id) FROM task_runs AS later WHERE later.retry_of = task_runs.run_id) AS retried_by,
             task_config_snapshot, result_data, error_traceback, cancel_requested_by, code_hash
             FROM task_runs WHERE run_id = ?"
        ),
        )
        .bind(run_id)
        .fetch_optional(self.db.reader())
        .await?;
        row.map(TryInto::try_into).transpose()
    }

    /// The newest run of each task.
    pub async fn latest_by_task(&self) -> Result<HashMap<String, RunSummary>, Error> {
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
            " FROM names JOIN task_runs ON id = (SELECT MAX(id) FROM task_runs WHERE task_name = name)
             WHERE name IS NOT NULL"
        ),
        )
        .fetch_all(self.db.reader())
        .await?;
        rows.into_iter()
            .map(|row| RunSummary::try_from(row).map(|run| (run.task_name.clone(), run)))
            .collect()
    }

    /// Queues a run with the task's saved settings. The same `form_key` again gives the same run.
    pub async fn start_now(&self, task: &str, by: &str, form_key: &str) -> Result<String, Error> {
        persistently!(self.try_to_start(task, by, form_key))
    }

    async fn try_to_start(&self, task: &str, by: &str, form_key: &str) -> Result<String, Error> {
        let mut tx = self.db.begin().await?;
        let run = NewRun {
            user: Some(by),
            form_key: Some(form_key),
            ..NewRun::new(task, Trigger::Manual)
        };
        insert(&mut tx, &run).await?;
        let run_id = query("SELECT run_id FROM task_runs WHERE form_key = ?")
            .bind(form_key)
            .fetch_value(&mut tx)
            .await?;
        tx.commit().await?;
        self.signals.queue().notify_one();
        Ok(run_id)
    }

    /// Cancels a run: a waiting one at once, a running one by asking its worker to stop it.
    pub async fn cancel(&self, run_id: &str, by: &str) -> Result<(), Error> {
        persistently!(self.try_to_cancel(run_id, by))
    }

    async fn try_to_cancel(&self, run_id: &str, by: &str) -> Result<(), Error> {
        let now = to_db(now());
        let mut tx = self.db.begin().await?;
        query(
            "UPDATE task_runs SET status = 'cancelled', completed_at = ?, cancel_requested_at = ?,
                 cancel_requested_by = ?, updated_at = ? WHERE run_id = ? AND status = 'queued'",
        )
        .bind(now)
        .bind(now)
        .bind(by)
        .bind(now)
        .bind(run_id)
        .execute(&mut tx)
        .await?;
        let asked = query(
            "UPDATE task_runs SET cancel_requested_at = ?, cancel_requested_by = ?, updated_at = ?
             WHERE run_id = ? AND status = 'running' AND cancel_requested_at IS NULL",
        )
        .bind(now)
        .bind(by)
        .bind(now)
        .bind(run_id)
        .execute(&mut tx)
        .await?;
        tx.commit().await?;
        if asked > 0 {
            self.signals.stop_token(run_id).cancel();
        }
        self.signals.run_moved(run_id);
        Ok(())
    }

    /// For the questions of other files.
    pub(super) fn reader(&self) -> Link<'_> {
        self.db.reader()
    }

    /// A counter that moves whenever the run gets log lines or another status. Subscribe before reading.
    pub fn watch(&self, run_id: &str) -> watch::Receiver<u64> {
        self.signals.watch_run(run_id)
    }
}
