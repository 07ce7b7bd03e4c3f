//! The worker's side of a run: taking it, keeping it, ending it exactly once.

use std::time::Duration;

use domain::run::unusual;
use domain::schedule::Policy;
use serde_json::{Map, Value};

use super::end::End;
use super::retry::{policy_of, try_again};
use super::room::Room;
use super::view::Progress;
use crate::Error;
use crate::db::{Db, Query, WriteTx, now, query, to_db};
use crate::scheduler::call_followers;
use crate::settings::params_of;
use crate::signals::Signals;

/// So many successful runs tell what is usual for a task.
const USUAL_RUNS: i64 = 20;

const INTERRUPTED: &str = "It returned no result. The end of its log shows how far it came.";

/// Runs that a worker may take. One that is to be alone waits for all older ones of its schedule: two workers that look
/// at the same moment see the same older ones, whether they wait or run.
macro_rules! may_start {
    () => {
        "FROM task_runs AS candidate WHERE status = 'queued' AND (not_before IS NULL OR not_before <= {now})
         AND (NOT alone OR NOT EXISTS (SELECT 1 FROM task_runs AS older WHERE older.schedule_id = candidate.schedule_id
             AND older.id < candidate.id AND older.status IN ('queued', 'running')))"
    };
}

/// Leaves tasks out.
fn but(select: Query, barred: &[String]) -> Query {
    if barred.is_empty() {
        return select;
    }
    let select = select.push(" AND task_name NOT IN ").push_groups(1, barred.len());
    barred.iter().fold(select, Query::bind)
}

/// Claims of one server process, named by its boot.
#[derive(Clone)]
pub(crate) struct Claims {
    db: Db,
    signals: Signals,
    room: Room,
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
    /// Counted from 1 for the first try.
    pub(crate) attempt: i64,
    /// What its schedule says of its time, if anything.
    pub(crate) time_limit: Option<Duration>,
}

impl Claimed {
    /// Which of its task's checkpoints is this run's: that of its schedule, or that of runs by hand.
    pub(crate) fn checkpoint_scope(&self) -> &str {
        self.schedule_id.as_deref().unwrap_or_default()
    }
}

/// Runs whose server does not work on them any more.
pub(crate) enum Abandoned {
    /// This server alone uses the database, so whatever is another boot's.
    OfOthers,
    /// That boot is over.
    OfBoot(String),
    /// Nobody renewed them.
    Expired,
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
    pub(crate) fn new(db: Db, signals: Signals, room: Room, boot_id: String) -> Self {
        Self {
            db,
            signals,
            room,
            boot_id,
        }
    }

    /// The name of this server's boot.
    pub(crate) fn boot_id(&self) -> &str {
        &self.boot_id
    }

    /// Takes up to `most` waiting runs in the order of their places, for 60 s by the clock of the database, which is the
    /// same for all servers. [`super::Lease`] renews that.
    pub(crate) async fn claim(&self, most: usize) -> Result<Vec<String>, Error> {
        let rules = self.room.rules();
        // Looking first keeps an idle worker from taking the write lock.
        let barred = rules.free(self.db.reader()).await?.barred();
        let look = query(concat!("SELECT COUNT(*) FROM (SELECT id ", may_start!()));
        let waiting: i64 = but(look, &barred)
            .push(" LIMIT 1) AS waiting")
            .fetch_value(self.db.reader())
            .await?;
        if waiting == 0 {
            return Ok(Vec::new());
        }
        let mut tx = self.db.begin().await?;
        if rules.has_limits() {
            // Servers count one after the other, or two would fill the same place. Any row that is always there will do.
            let _: Option<i64> = query("SELECT id FROM vault_check WHERE id = 1 {lock}")
                .find_value(&mut tx)
                .await?;
        }
        let mut free = rules.free(&mut tx).await?;
        let mut taken = Vec::new();
        while taken.len() < most {
            let select = query(concat!("SELECT id, run_id, task_name ", may_start!()));
            // Rows that another server is taking at this moment are passed over.
            let rows: Vec<(i64, String, String)> = but(select, &free.barred())
                .push(" ORDER BY place, id LIMIT ? {skip locked}")
                .bind(i64::try_from(most - taken.len()).unwrap_or(i64::MAX))
                .fetch_all(&mut tx)
                .await?;
            let found = rows.len();
            let (ids, run_ids): (Vec<i64>, Vec<String>) = rows
                .into_iter()
                .filter(|(_, _, task)| free.take(task))
                .map(|(id, run_id, _)| (id, run_id))
                .unzip();
            if ids.is_empty() {
                break;
            }
            self.take(&mut tx, &ids).await?;
            taken.extend(run_ids);
            // Otherwise some had no room left, and there may be others behind them.
            if ids.len() == found {
                break;
            }
        }
        tx.commit().await?;
        for run_id in &taken {
            self.signals.run_moved(run_id);
        }
        Ok(taken)
    }

    async fn take(&self, tx: &mut WriteTx, ids: &[i64]) -> Result<(), Error> {
        let now = to_db(now());
        let take = query(
            "UPDATE task_runs SET status = 'running', started_at = ?, worker_id = ?, lease_until = {now + 60 s},
                 updated_at = ? WHERE id IN ",
        )
        .push_groups(1, ids.len())
        .bind(now)
        .bind(&self.boot_id)
        .bind(now);
        ids.iter()
            .fold(take, |take, id| take.bind(*id))
            .execute(tx)
            .await?;
        Ok(())
    }

    /// What a claimed run is to do.
    pub(crate) async fn load(&self, run_id: &str) -> Result<Option<Claimed>, Error> {
        let row: Option<(i64, String, String, Option<String>, i64)> = query(
            "SELECT id, task_name, task_config_snapshot, schedule_id, attempt FROM task_runs
             WHERE run_id = ? AND worker_id = ? AND status = 'running'",
        )
        .bind(run_id)
        .bind(&self.boot_id)
        .fetch_optional(self.db.reader())
        .await?;
        let Some((id, task_name, snapshot, schedule_id, attempt)) = row else {
            return Ok(None);
        };
        let policy = match &schedule_id {
            Some(schedule) => policy_of(self.db.reader(), schedule).await?,
            None => Policy::default(),
        };
        Ok(Some(Claimed {
            id,
            run_id: run_id.to_owned(),
            task_name,
            params: params_of(&snapshot)?,
            schedule_id,
            attempt,
            time_limit: policy
                .time_limit
                .map(|minutes| Duration::from_mins(minutes.into())),
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

    /// This server's runs that a person asked to stop, perhaps at another server.
    pub(crate) async fn list_asked_to_stop(&self) -> Result<Vec<String>, Error> {
        let run_ids = query(
            "SELECT run_id FROM task_runs
             WHERE status = 'running' AND worker_id = ? AND cancel_requested_at IS NOT NULL",
        )
        .bind(&self.boot_id)
        .fetch_values(self.db.reader())
        .await?;
        Ok(run_ids)
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
    async fn warning(&self, end: &End) -> Result<Option<String>, Error> {
        if !end.is_success() {
            return Ok(None);
        }
        let usual = self.usual(&end.task_name).await?;
        let sentences = end.warning.clone().into_iter();
        let sentences: Vec<String> = sentences.chain(unusual(end.records, &usual)).collect();
        Ok((!sentences.is_empty()).then(|| sentences.join(" ")))
    }

    /// Writes the end of a run, once: a second writer changes nothing and gets `false` (INV2).
    pub(crate) async fn finish(&self, end: &End) -> Result<bool, Error> {
        let warning = self.warning(end).await?;
        let mut tx = self.db.begin().await?;
        let written = query(
            "UPDATE task_runs SET status = ?, failure_reason = ?, error_message = ?, error_traceback = ?,
                 records_processed = ?, records_success = ?, records_failed = ?, result_data = ?, warning = ?,
                 code_hash = ?,
                 completed_at = ?, duration_seconds = {seconds from started_at to ?},
                 lease_until = NULL, updated_at = ?
             WHERE id = ? AND worker_id = ? AND status = 'running'",
        )
        .bind(&end.status)
        .bind(&end.reason)
        .bind(&end.message)
        .bind(&end.traceback)
        .bind(end.records.processed)
        .bind(end.records.success)
        .bind(end.records.failed)
        .bind(&end.result)
        .bind(warning)
        .bind(&end.code_hash)
        .bind(end.completed_at)
        .bind(end.completed_at)
        .bind(to_db(now()))
        .bind(end.run)
        .bind(&end.worker_id)
        .execute(&mut tx)
        .await?;
        let mut has_followers = false;
        if written == 1 {
            try_again(&mut tx, end).await?;
            if let Some(schedule) = end.schedule_id.as_deref().filter(|_| end.is_success()) {
                has_followers = call_followers(&mut tx, schedule, end.completed_at).await?;
            }
        }
        tx.commit().await?;
        if has_followers {
            self.signals.schedules().notify_one();
        }
        self.signals.run_moved(&end.run_id);
        Ok(written == 1)
    }

    /// Closes runs whose server is gone. They are not run again: the work may be half done (INV4).
    pub(crate) async fn close_interrupted(&self, whose: &Abandoned) -> Result<u64, Error> {
        let now = to_db(now());
        let close = query(
            "UPDATE task_runs SET status = 'failed', failure_reason = 'interrupted', error_message = ?, completed_at = ?,
                 duration_seconds = {seconds from started_at to ?},
                 lease_until = NULL, updated_at = ?
             WHERE status = 'running' AND ",
        )
        .bind(INTERRUPTED)
        .bind(now)
        .bind(now)
        .bind(now);
        let close = match whose {
            Abandoned::OfOthers => close.push("worker_id <> ?").bind(&self.boot_id),
            Abandoned::OfBoot(boot) => close.push("worker_id = ?").bind(boot),
            Abandoned::Expired => close.push("lease_until < {now}"),
        };
        Ok(close.execute(self.db.writer()).await?)
    }
}
