//! Finding, starting and cancelling runs.

use domain::run::Trigger;
use serde_json::{Map, Value};
use tokio::sync::watch;

use super::insert::{NewRun, insert};
use super::view::{DetailRow, RunDetail, summary_columns};
use crate::Error;
use crate::db::{Db, now, persistently, query, to_db};
use crate::signals::Signals;

/// All runs.
#[derive(Clone)]
pub struct Runs {
    pub(super) db: Db,
    pub(super) signals: Signals,
}

impl Runs {
    pub(crate) fn new(db: Db, signals: Signals) -> Self {
        Self { db, signals }
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

    /// Queues a run with the task's saved settings. The same `form_key` again gives the same run.
    pub async fn start_now(&self, task: &str, by: &str, form_key: &str) -> Result<String, Error> {
        self.start(task, None, (by, form_key)).await
    }

    /// Queues a run that takes these values instead of the saved ones; `null` is one that is left empty. Passwords stay
    /// those of the task. The saved settings do not change. The same `form_key` again gives the same run.
    pub async fn start_with(
        &self,
        task: &str,
        own: &Map<String, Value>,
        by: &str,
        form_key: &str,
    ) -> Result<String, Error> {
        self.start(task, Some(own), (by, form_key)).await
    }

    async fn start(
        &self,
        task: &str,
        own: Option<&Map<String, Value>>,
        form: (&str, &str),
    ) -> Result<String, Error> {
        persistently!(self.try_to_start(task, own, form))
    }

    async fn try_to_start(
        &self,
        task: &str,
        own: Option<&Map<String, Value>>,
        (by, form_key): (&str, &str),
    ) -> Result<String, Error> {
        let mut tx = self.db.begin().await?;
        let run = NewRun {
            user: Some(by),
            form_key: Some(form_key),
            own,
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

    /// A counter that moves whenever the run gets log lines or another status. Subscribe before reading.
    pub fn watch(&self, run_id: &str) -> watch::Receiver<u64> {
        self.signals.watch_run(run_id)
    }
}
