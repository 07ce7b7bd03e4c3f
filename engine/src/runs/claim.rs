//! The worker's side of a run: taking it, keeping it, ending it exactly once.

use std::time::Duration;

use domain::run::{FailureReason, Outcome, RunStatus, unusual};
use serde_json::{Map, Value};

use super::view::Progress;
use crate::Error;
use crate::db::{Db, now, query, to_db};
use crate::settings::params_of;
use crate::signals::Signals;

/// How often a hold is renewed: three times in a lease. A worker that has not renewed it for the 60 s that are written
/// into the statements below is taken for dead; the database's clock counts them, the same for all servers.
pub(crate) const RENEW_EVERY: Duration = Duration::from_secs(20);

/// So many successful runs tell what is usual for a task.
const USUAL_RUNS: i64 = 20;

const INTERRUPTED: &str = "It returned no result. The end of its log shows how far it came.";

/// Claims of one server process, named by its boot.
#[derive(Clone)]
pub(crate) struct Claims {
    db: Db,
    signals: Signals,
    boot_id: String,
}

/// A run in this worker's hands.
#[derive(Debug, Clone)]
pub(crate) struct Claimed {
    pub(crate) id: i64,
    pub(crate) run_id: String,
    pub(crate) task_name: String,
    pub(crate) params: Map<String, Value>,
    pub(crate) schedule_id: Option<String>,
}

impl Claimed {
    /// Which of its task's checkpoints is this run's: that of its schedule, or that of runs by hand.
    pub(crate) fn checkpoint_scope(&self) -> &str {
        self.schedule_id.as_deref().unwrap_or_default()
    }
}

/// How a run ended.
pub(crate) enum Ending {
    /// The task returned a result; it may still count as failed.
    Returned(Outcome),
    /// It failed.
    Failed {
        reason: FailureReason,
        message: String,
        traceback: Option<String>,
    },
    /// A person stopped it.
    Cancelled,
}

/// What became of a worker's hold on a run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// Renewed.
    Kept,
    /// Renewed, and a person asked to stop the run, perhaps through another server.
    Stop,
    /// Someone else ended the run: its process must go.
    Lost,
}

impl Claims {
    pub(crate) fn new(db: Db, signals: Signals, boot_id: String) -> Self {
        Self { db, signals, boot_id }
    }

    /// Takes up to `most` waiting runs, oldest first.
    pub(crate) async fn claim(&self, most: usize) -> Result<Vec<String>, Error> {
        // Looking first keeps an idle worker from taking the write lock.
        let waiting: bool = query("SELECT EXISTS (SELECT 1 FROM task_runs WHERE status = 'queued')")
            .fetch_value(self.db.reader())
            .await?;
        if !waiting {
            return Ok(Vec::new());
        }
        let mut tx = self.db.begin().await?;
        // Rows that another server is taking at this moment are passed over.
        let rows: Vec<(i64, String)> = query(
            "SELECT id, run_id FROM task_runs WHERE status = 'queued' ORDER BY id LIMIT ? {skip locked}",
        )
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_all(&mut tx)
        .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let now = to_db(now());
        let take = query(
            "UPDATE task_runs SET status = 'running', started_at = ?, worker_id = ?, lease_until = {now + 60 s},
                 updated_at = ? WHERE id IN ",
        )
        .push_groups(1, rows.len())
        .bind(now)
        .bind(&self.boot_id)
        .bind(now);
        rows.iter()
            .fold(take, |take, (id, _)| take.bind(*id))
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        let run_ids: Vec<String> = rows.into_iter().map(|(_, run_id)| run_id).collect();
        for run_id in &run_ids {
            self.signals.run_moved(run_id);
        }
        Ok(run_ids)
    }

    /// What a claimed run is to do.
    pub(crate) async fn load(&self, run_id: &str) -> Result<Option<Claimed>, Error> {
        let row: Option<(i64, String, String, Option<String>)> = query(
            "SELECT id, task_name, task_config_snapshot, schedule_id FROM task_runs
             WHERE run_id = ? AND worker_id = ? AND status = 'running'",
        )
        .bind(run_id)
        .bind(&self.boot_id)
        .fetch_optional(self.db.reader())
        .await?;
        let Some((id, task_name, snapshot, schedule_id)) = row else {
            return Ok(None);
        };
        Ok(Some(Claimed {
            id,
            run_id: run_id.to_owned(),
            task_name,
            params: params_of(&snapshot)?,
            schedule_id,
        }))
    }

    /// Puts runs back that were taken but not begun.
    pub(crate) async fn put_back(&self, run_ids: &[String]) -> Result<(), Error> {
        for run_id in run_ids {
            query(
                "UPDATE task_runs SET status = 'queued', started_at = NULL, worker_id = NULL, lease_until = NULL,
                     updated_at = ? WHERE run_id = ? AND worker_id = ? AND status = 'running'",
            )
            .bind(to_db(now()))
            .bind(run_id)
            .bind(&self.boot_id)
            .execute(self.db.writer())
            .await?;
        }
        Ok(())
    }

    /// Renews the hold on a run.
    pub(crate) async fn renew(&self, run: &Claimed) -> Result<Hold, Error> {
        let renewed = query(
            "UPDATE task_runs SET lease_until = {now + 60 s} WHERE id = ? AND worker_id = ? AND status = 'running'",
        )
        .bind(run.id)
        .bind(&self.boot_id)
        .execute(self.db.reserved())
        .await?;
        if renewed == 0 {
            return Ok(Hold::Lost);
        }
        let asked_to_stop: Option<bool> =
            query("SELECT cancel_requested_at IS NOT NULL FROM task_runs WHERE id = ?")
                .bind(run.id)
                .find_value(self.db.reserved())
                .await?;
        Ok(match asked_to_stop {
            Some(false) => Hold::Kept,
            Some(true) => Hold::Stop,
            None => Hold::Lost,
        })
    }

    /// Writes down how far a run says it is.
    pub(crate) async fn report(&self, run: &Claimed, progress: &Progress) -> Result<(), Error> {
        query(
            "UPDATE task_runs SET progress_done = ?, progress_total = ?, progress_text = ?
             WHERE id = ? AND worker_id = ? AND status = 'running'",
        )
        .bind(progress.done)
        .bind(progress.total)
        .bind(&progress.text)
        .bind(run.id)
        .bind(&self.boot_id)
        .execute(self.db.writer())
        .await?;
        self.signals.run_moved(&run.run_id);
        Ok(())
    }

    /// `records_processed` of the last successful runs of a task.
    async fn usual(&self, task: &str) -> Result<Vec<i64>, Error> {
        let counts = query(
            "SELECT records_processed FROM task_runs
             WHERE task_name = ? AND status = 'success' AND records_processed IS NOT NULL ORDER BY id DESC LIMIT ?",
        )
        .bind(task)
        .bind(USUAL_RUNS)
        .fetch_values(self.db.reader())
        .await?;
        Ok(counts)
    }

    /// What looks odd about a run that succeeded: by itself, or beside the runs before it.
    async fn warning(&self, run: &Claimed, ending: &Ending) -> Result<Option<String>, Error> {
        let Ending::Returned(outcome @ Outcome { failure: None, .. }) = ending else {
            return Ok(None);
        };
        let usual = self.usual(&run.task_name).await?;
        let sentences = outcome.warning.clone().into_iter();
        let sentences: Vec<String> = sentences.chain(unusual(outcome.records, &usual)).collect();
        Ok((!sentences.is_empty()).then(|| sentences.join(" ")))
    }

    /// Writes the end of a run, once: a second writer changes nothing and gets `false` (INV2).
    pub(crate) async fn finish(
        &self,
        run: &Claimed,
        code_hash: Option<&str>,
        ending: &Ending,
    ) -> Result<bool, Error> {
        let (status, reason, message, traceback) = match ending {
            Ending::Returned(Outcome { failure: None, .. }) => (RunStatus::Success, None, None, None),
            Ending::Returned(Outcome {
                failure: Some((reason, message)),
                ..
            }) => (RunStatus::Failed, Some(*reason), Some(message.as_str()), None),
            Ending::Failed {
                reason,
                message,
                traceback,
            } => (
                RunStatus::Failed,
                Some(*reason),
                Some(message.as_str()),
                traceback.as_deref(),
            ),
            Ending::Cancelled => (RunStatus::Cancelled, None, None, None),
        };
        let outcome = match ending {
            Ending::Returned(outcome) => Some(outcome),
            _ => None,
        };
        let warning = self.warning(run, ending).await?;
        let now = to_db(now());
        let written = query(
            "UPDATE task_runs SET status = ?, failure_reason = ?, error_message = ?, error_traceback = ?,
                 records_processed = ?, records_success = ?, records_failed = ?, result_data = ?, warning = ?,
                 code_hash = ?,
                 completed_at = ?, duration_seconds = {seconds from started_at to ?},
                 lease_until = NULL, updated_at = ?
             WHERE id = ? AND worker_id = ? AND status = 'running'",
        )
        .bind(status.code())
        .bind(reason.map(FailureReason::code))
        .bind(message)
        .bind(traceback)
        .bind(outcome.and_then(|outcome| outcome.records.processed))
        .bind(outcome.and_then(|outcome| outcome.records.success))
        .bind(outcome.and_then(|outcome| outcome.records.failed))
        .bind(outcome.map(|outcome| Value::Object(outcome.result.clone()).to_string()))
        .bind(warning)
        .bind(code_hash)
        .bind(now)
        .bind(now)
        .bind(now)
        .bind(run.id)
        .bind(&self.boot_id)
        .execute(self.db.writer())
        .await?;
        self.signals.run_moved(&run.run_id);
        Ok(written == 1)
    }

    /// Closes runs whose server died: all that other boots left behind when `all` (this server alone uses the
    /// database), else those whose lease ran out. They are not run again: the work may be half done (INV4).
    pub(crate) async fn close_interrupted(&self, all: bool) -> Result<u64, Error> {
        let now = to_db(now());
        let closed = query(
            "UPDATE task_runs SET status = 'failed', failure_reason = 'interrupted', error_message = ?, completed_at = ?,
                 duration_seconds = {seconds from started_at to ?},
                 lease_until = NULL, updated_at = ?
             WHERE status = 'running' AND (lease_until < {now} OR (? AND worker_id <> ?))",
        )
        .bind(INTERRUPTED)
        .bind(now)
        .bind(now)
        .bind(now)
        .bind(all)
        .bind(&self.boot_id)
        .execute(self.db.writer())
        .await?;
        Ok(closed)
    }
}
