//! Writing new runs down. Queueing is the same act: a row with status 'queued' is what workers look for.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use domain::run::{RunStatus, Trigger};
use domain::schedule::Priority;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::Error;
use crate::db::{News, WriteTx, now, query, tell, to_db};
use crate::settings::{overlay, params_of, snapshot, stored};

/// A run to be.
#[derive(Clone)]
pub(crate) struct NewRun<'a> {
    pub(crate) task_name: &'a str,
    pub(crate) trigger: Trigger,
    pub(crate) user: Option<&'a str>,
    /// Values that it takes instead of its task's and its schedule's; `null` is one that is left empty.
    pub(crate) own: Option<&'a Map<String, Value>>,
    /// The schedule that wants it.
    pub(crate) schedule: Option<&'a str>,
    /// The occurrence of the schedule; none for a try after one that failed.
    pub(crate) due: Option<DateTime<Utc>>,
    /// How many occurrences it stands for.
    pub(crate) occurrences: usize,
    /// Whether it waits for the older runs of its schedule.
    pub(crate) alone: bool,
    /// It starts no sooner.
    pub(crate) not_before: Option<DateTime<Utc>>,
    pub(crate) priority: Priority,
    /// The try after a run that failed.
    pub(crate) retry: Option<NewRetry<'a>>,
    /// One form sent twice makes one run (fault case F60).
    pub(crate) form_key: Option<&'a str>,
    /// Why it is written down as skipped, though it was due; none means it waits for a worker.
    pub(crate) skipped: Option<Cow<'a, str>>,
}

/// A try after a failure.
#[derive(Clone, Copy)]
pub(crate) struct NewRetry<'a> {
    /// The run that failed.
    pub(crate) of: &'a str,
    /// Counted from 1 for the first time.
    pub(crate) attempt: i64,
}

impl<'a> NewRun<'a> {
    /// A run that somebody or something wants, with nothing special about it.
    pub(crate) fn new(task_name: &'a str, trigger: Trigger) -> Self {
        Self {
            task_name,
            trigger,
            user: None,
            own: None,
            schedule: None,
            due: None,
            occurrences: 1,
            alone: false,
            not_before: None,
            priority: Priority::Normal,
            retry: None,
            form_key: None,
            skipped: None,
        }
    }
}

/// Inserts the run with the settings of this moment. Nothing is inserted if the occurrence or the form was already
/// written down.
pub(crate) async fn insert(tx: &mut WriteTx, run: &NewRun<'_>) -> Result<(), Error> {
    let mut params = params_of(&snapshot(&mut *tx, run.task_name).await?)?;
    if let Some(schedule) = run.schedule {
        let own: Option<Option<String>> = query("SELECT params FROM schedules WHERE id = ?")
            .bind(schedule)
            .find_value(&mut *tx)
            .await?;
        let own = own
            .flatten()
            .as_deref()
            .map(serde_json::from_str::<Map<String, Value>>);
        overlay(&mut params, &own.transpose()?.unwrap_or_default());
    }
    if let Some(own) = run.own {
        overlay(&mut params, own);
    }
    insert_all(tx, &[(run.clone(), stored(&params))]).await
}

/// Rows of one statement: the databases take some 32,000 values at least, a row has [`COLUMNS`].
const AT_ONCE: usize = 250;
const COLUMNS: usize = 19;

/// Inserts runs, each with its settings as [`stored`]; those that are written down already are passed over.
pub(crate) async fn insert_all(tx: &mut WriteTx, runs: &[(NewRun<'_>, String)]) -> Result<(), Error> {
    let now = now();
    for some in runs.chunks(AT_ONCE) {
        let mut statement = query(
            "INSERT INTO task_runs (run_id, task_name, status, triggered_by, triggered_by_user, schedule_id,
                 scheduled_for, occurrences, alone, attempt, retry_of, not_before, place, form_key, queued_at,
                 completed_at, error_message, task_config_snapshot, updated_at) VALUES ",
        )
        .push_groups(some.len(), COLUMNS)
        .or_nothing();
        for (run, snapshot) in some {
            let status = match run.skipped {
                Some(_) => RunStatus::Skipped,
                None => RunStatus::Queued,
            };
            statement = statement
                .bind(Uuid::now_v7().to_string())
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
                .bind(run.not_before.map(to_db))
                .bind(to_db(now - run.priority.head_start()))
                .bind(run.form_key)
                .bind(to_db(now))
                .bind(run.skipped.as_ref().map(|_| to_db(now)))
                .bind(run.skipped.as_deref())
                .bind(snapshot.as_str())
                .bind(to_db(now));
        }
        statement.execute(&mut *tx).await?;
    }
    if runs.iter().any(|(run, _)| run.skipped.is_none()) {
        tell(tx, News::Queue).await?;
    }
    Ok(())
}
