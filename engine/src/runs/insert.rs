//! Writing a new run down. Queueing is the same act: a row with status 'queued' is what workers look for.

use chrono::{DateTime, Utc};
use domain::run::{RunStatus, Trigger};
use uuid::Uuid;

use crate::Error;
use crate::db::{News, WriteTx, now, query, tell, to_db};
use crate::settings::snapshot;

/// A run to be.
pub(crate) struct NewRun<'a> {
    pub(crate) task_name: &'a str,
    pub(crate) trigger: Trigger,
    pub(crate) user: Option<&'a str>,
    /// Schedule and the instant it was due.
    pub(crate) occurrence: Option<(&'a str, DateTime<Utc>)>,
    /// One form sent twice makes one run (fault case F60).
    pub(crate) form_key: Option<&'a str>,
    /// Why it is written down as skipped, though it was due; none means it waits for a worker.
    pub(crate) skipped: Option<&'a str>,
}

/// Inserts the run with the task's settings of this moment. Nothing is inserted if the occurrence or the form was
/// already written down.
pub(crate) async fn insert(tx: &mut WriteTx, run: &NewRun<'_>) -> Result<String, Error> {
    let run_id = Uuid::now_v7().to_string();
    let now = to_db(now());
    let status = match run.skipped {
        Some(_) => RunStatus::Skipped,
        None => RunStatus::Queued,
    };
    query(
        "INSERT INTO task_runs (run_id, task_name, status, triggered_by, triggered_by_user, schedule_id, scheduled_for,
             form_key, queued_at, completed_at, error_message, task_config_snapshot, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .or_nothing()
    .bind(&run_id)
    .bind(run.task_name)
    .bind(status.code())
    .bind(run.trigger.code())
    .bind(run.user)
    .bind(run.occurrence.map(|(schedule, _)| schedule))
    .bind(run.occurrence.map(|(_, due)| to_db(due)))
    .bind(run.form_key)
    .bind(now)
    .bind(run.skipped.map(|_| now))
    .bind(run.skipped)
    .bind(snapshot(&mut *tx, run.task_name).await?)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    if run.skipped.is_none() {
        tell(&mut *tx, News::Queue).await?;
    }
    Ok(run_id)
}
