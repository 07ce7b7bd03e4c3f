//! Runs as pages show them.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::params::FileRef;
use domain::run::{FailureReason, Records, RunStatus, Trigger};
use serde_json::{Map, Value};

use crate::db::from_db;
use crate::settings::{SECRET_MARK, params_of};
use crate::{Error, credentials};

/// The columns of a [`SummaryRow`].
macro_rules! summary_columns {
    () => {
        "id, run_id, task_name, status, failure_reason, triggered_by, triggered_by_user, schedule_id, queued_at, \
         started_at, completed_at, records_processed, records_success, records_failed, error_message, \
         progress_done, progress_total, progress_text, warning"
    };
}
pub(super) use summary_columns;

/// One line of a list of runs.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSummary {
    /// Grows with each run; for paging.
    pub id: i64,
    /// Public id, used in addresses.
    pub run_id: String,
    /// The task's folder.
    pub task_name: String,
    /// Where it stands.
    pub status: RunStatus,
    /// Why it failed.
    pub failure_reason: Option<FailureReason>,
    /// Schedule or person.
    pub trigger: Trigger,
    /// The person.
    pub triggered_by_user: Option<String>,
    /// The schedule.
    pub schedule_id: Option<String>,
    /// When it was written down.
    pub queued_at: DateTime<Utc>,
    /// When a worker took it.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub completed_at: Option<DateTime<Utc>>,
    /// Milliseconds from start to end.
    pub duration_ms: Option<i64>,
    /// Counters of the result.
    pub records: Records,
    /// One line on what went wrong.
    pub error_message: Option<String>,
    /// How far it says it is, or was when it ended.
    pub progress: Option<Progress>,
    /// A sentence on what looks odd about a run that succeeded.
    pub warning: Option<String>,
}

/// How far a run says it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// So much, in the task's own unit.
    pub done: f64,
    /// Of so much, if the task knows.
    pub total: Option<f64>,
    /// What it is doing: one line of at most 200 letters, without secrets.
    pub text: Option<String>,
}

/// A parameter of a run.
#[derive(Debug, Clone, PartialEq)]
pub enum ParamShown {
    /// A plain value.
    Value(Value),
    /// An uploaded file: its name and size. Its content may be gone.
    File(FileRef),
    /// A credential: the name it had then.
    Credential(String),
    /// A password: that there was one.
    Saved,
}

/// Everything about one run but its log.
#[derive(Debug, Clone, PartialEq)]
pub struct RunDetail {
    /// The line of the list.
    pub summary: RunSummary,
    /// When it was due.
    pub scheduled_for: Option<DateTime<Utc>>,
    /// Counted from 1; later ones are tries after a failure.
    pub attempt: i64,
    /// The run whose failure this one tries to mend.
    pub retry_of: Option<String>,
    /// The run that tries to mend this one's failure.
    pub retried_by: Option<String>,
    /// A try after a failure starts no sooner.
    pub not_before: Option<DateTime<Utc>>,
    /// What the task was given.
    pub params: Vec<(String, ParamShown)>,
    /// What it returned.
    pub result: Option<Map<String, Value>>,
    /// Python's traceback.
    pub error_traceback: Option<String>,
    /// Who asked to stop it.
    pub cancel_requested_by: Option<String>,
    /// SHA-256 of the code that ran.
    pub code_hash: Option<String>,
}

#[derive(sqlx::FromRow)]
pub(super) struct SummaryRow {
    pub(super) id: i64,
    run_id: String,
    task_name: String,
    status: String,
    failure_reason: Option<String>,
    triggered_by: String,
    triggered_by_user: Option<String>,
    schedule_id: Option<String>,
    queued_at: NaiveDateTime,
    started_at: Option<NaiveDateTime>,
    completed_at: Option<NaiveDateTime>,
    records_processed: Option<i64>,
    records_success: Option<i64>,
    records_failed: Option<i64>,
    error_message: Option<String>,
    progress_done: Option<f64>,
    progress_total: Option<f64>,
    progress_text: Option<String>,
    warning: Option<String>,
}

#[derive(sqlx::FromRow)]
pub(super) struct DetailRow {
    #[sqlx(flatten)]
    summary: SummaryRow,
    scheduled_for: Option<NaiveDateTime>,
    attempt: i64,
    retry_of: Option<String>,
    retried_by: Option<String>,
    not_before: Option<NaiveDateTime>,
    task_config_snapshot: String,
    result_data: Option<String>,
    error_traceback: Option<String>,
    cancel_requested_by: Option<String>,
    code_hash: Option<String>,
}

impl TryFrom<SummaryRow> for RunSummary {
    type Error = Error;

    fn try_from(row: SummaryRow) -> Result<Self, Error> {
        let unknown =
            |what: &str, code: &str| Error::Stored(format!("unknown {what} {code} of run {}", row.run_id));
        let (started_at, completed_at) = (row.started_at.map(from_db), row.completed_at.map(from_db));
        Ok(Self {
            status: RunStatus::from_code(&row.status).ok_or_else(|| unknown("status", &row.status))?,
            failure_reason: row.failure_reason.as_deref().and_then(FailureReason::from_code),
            trigger: Trigger::from_code(&row.triggered_by)
                .ok_or_else(|| unknown("trigger", &row.triggered_by))?,
            queued_at: from_db(row.queued_at),
            duration_ms: started_at
                .zip(completed_at)
                .map(|(start, end)| (end - start).num_milliseconds()),
            started_at,
            completed_at,
            records: Records {
                processed: row.records_processed,
                success: row.records_success,
                failed: row.records_failed,
            },
            id: row.id,
            run_id: row.run_id,
            task_name: row.task_name,
            triggered_by_user: row.triggered_by_user,
            schedule_id: row.schedule_id,
            error_message: row.error_message,
            progress: row.progress_done.map(|done| Progress {
                done,
                total: row.progress_total,
                text: row.progress_text,
            }),
            warning: row.warning,
        })
    }
}

impl TryFrom<DetailRow> for RunDetail {
    type Error = Error;

    fn try_from(row: DetailRow) -> Result<Self, Error> {
        Ok(Self {
            summary: row.summary.try_into()?,
            scheduled_for: row.scheduled_for.map(from_db),
            attempt: row.attempt,
            retry_of: row.retry_of,
            retried_by: row.retried_by,
            not_before: row.not_before.map(from_db),
            params: params_of(&row.task_config_snapshot)?
                .into_iter()
                .map(|(name, value)| (name, shown(value)))
                .collect(),
            result: row.result_data.as_deref().map(serde_json::from_str).transpose()?,
            error_traceback: row.error_traceback,
            cancel_requested_by: row.cancel_requested_by,
            code_hash: row.code_hash,
        })
    }
}

/// A value of a snapshot as pages may show it.
pub(super) fn shown(value: Value) -> ParamShown {
    if value.get(SECRET_MARK).is_some() {
        return ParamShown::Saved;
    }
    if let Some((_, name)) = credentials::referred(&value) {
        return ParamShown::Credential(name.to_owned());
    }
    FileRef::from_value(&value).map_or(ParamShown::Value(value), ParamShown::File)
}
