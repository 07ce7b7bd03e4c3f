//! Writing a new run down. Queueing is the same act: a row with status 'queued' is what workers look for.

use chrono::{DateTime, Utc};
use domain::run::{RunStatus, Trigger};
use uuid::Uuid;

use crate::Error;
use crate::db::{News, WriteTx, now, query, tell, to_db};
use crate::settings::snapshot;

/// A run to be.
#[derive(Clone, Copy)]
pub(crate) struct NewRun<'a> {
    pub(crate) task_name: &'a str,
    pub(crate) trigger: Trigger,
    pub(crate) user: Option<&'a str>,
    /// The schedule that wants it.
    pub(crate) schedule: Option<&'a str>,
    /// The occurrence of the schedule; none for a try after one that failed.
    pub(crate) due: Option<DateTime<Utc>>,
    /// How many occurrences it stands for.
    pub(crate) occurrences: usize,
    /// Whether it waits for the older runs of its schedule.
    pub(crate) alone: bool,
    /// The try after a run that failed.
    pub(crate) retry: Option<NewRetry<'a>>,
    /// One form sent twice makes one run (fault case F60).
    pub(crate) form_key: Option<&'a str>,
    /// Why it is written down as skipped, though it was due; none means it waits for a worker.
    pub(crate) skipped: Option<&'a str>,
}

/// A try after a failure.
#[derive(Clone, Copy)]
pub(crate) struct NewRetry<'a> {
    /// The run that failed.
    pub(crate) of: &'a str,
    /// Counted from 1 for the first time.
    pub(crate) attempt: i64,
    pub(crate) not_before: DateTime<Utc>,
}

impl<'a> NewRun<'a> {
    /// A run that somebody or something wants, with nothing special about it.
    pub(crate) fn new(task_name: &'a str, trigger: Trigger) -> Self {
        Self {
            task_name,
            trigger,
            user: None,
            schedule: None,
            due: None,
            occurrences: 1,
            alone: false,
            retry: None,
            form_key: None,
            skipped: None,
        }
    }
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
             occurrences, alone, attempt, retry_of, not_before, form_key, queued_at, completed_at, error_message,
             task_config_snapshot, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .or_nothing()
    .bind(&run_id)
    .bind(run.task_name)
    .bind(status.code())
    .bind(run.trigger.code())
    .bind(run.user)
    .bind(run.schedule)
    .bind(run.due.map(to_db))
    .bind(i64::try_from(run.occurrences).unwrap_or(i64::MAX))
    .bind(run.alone)
    .bind(run.retry.as_ref().map_or(1, |retry| retry.attempt))
    .bind(run.retry.as_ref().map(|retry| retry.of))
    .bind(run.retry.as_ref().map(|retry| to_db(retry.not_before)))
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
