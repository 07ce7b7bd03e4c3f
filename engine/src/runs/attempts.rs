//! The tries that belong together: a run that failed, and those that were to mend it.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::run::RunStatus;

use super::store::Runs;
use super::view::RunDetail;
use crate::Error;
use crate::db::{from_db, query};

/// One of several tries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The run.
    pub run_id: String,
    /// Counted from 1.
    pub attempt: i64,
    /// Where it stands.
    pub status: RunStatus,
    /// It starts no sooner.
    pub not_before: Option<DateTime<Utc>>,
    /// When it was taken up.
    pub started_at: Option<DateTime<Utc>>,
}

type Row = (String, i64, String, Option<NaiveDateTime>, Option<NaiveDateTime>);

impl Runs {
    /// All tries that this run is one of, in their order; none for a run that stands alone.
    pub async fn attempts(&self, run: &RunDetail) -> Result<Vec<Attempt>, Error> {
        if run.retry_of.is_none() && run.retried_by.is_none() {
            return Ok(Vec::new());
        }
        let first: Option<String> = query(
            "WITH RECURSIVE earlier (run_id, retry_of, attempt) AS (
                 SELECT run_id, retry_of, attempt FROM task_runs WHERE run_id = ?
                 UNION ALL
                 SELECT one.run_id, one.retry_of, one.attempt FROM task_runs AS one
                 JOIN earlier ON one.run_id = earlier.retry_of
             )
             SELECT run_id FROM earlier ORDER BY attempt LIMIT 1",
        )
        .bind(&run.summary.run_id)
        .find_value(self.db.reader())
        .await?;
        let rows: Vec<Row> = query(
            "WITH RECURSIVE tries (run_id, attempt, status, not_before, started_at) AS (
                 SELECT run_id, attempt, status, not_before, started_at FROM task_runs WHERE run_id = ?
                 UNION ALL
                 SELECT one.run_id, one.attempt, one.status, one.not_before, one.started_at FROM task_runs AS one
                 JOIN tries ON one.retry_of = tries.run_id
             )
             SELECT run_id, attempt, status, not_before, started_at FROM tries ORDER BY attempt",
        )
        .bind(first.as_ref().unwrap_or(&run.summary.run_id))
        .fetch_all(self.db.reader())
        .await?;
        rows.into_iter()
            .map(|(run_id, attempt, status, not_before, started_at)| {
                Ok(Attempt {
                    status: RunStatus::from_code(&status)
                        .ok_or_else(|| Error::Stored(format!("unknown status {status} of run {run_id}")))?,
                    run_id,
                    attempt,
                    not_before: not_before.map(from_db),
                    started_at: started_at.map(from_db),
                })
            })
            .collect()
    }
}
