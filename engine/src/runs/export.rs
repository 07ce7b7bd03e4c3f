//! Runs on their way into a file.

use chrono::{DateTime, NaiveDateTime, Utc};

use super::filter::RunFilter;
use super::store::Runs;
use super::view::{ParamShown, RunSummary, SummaryRow, shown, summary_columns};
use crate::Error;
use crate::db::{from_db, query};
use crate::settings::params_of;

/// A run with the values it ran with, and without what a task returned.
#[derive(Debug, Clone, PartialEq)]
pub struct RunExport {
    /// The line of the list.
    pub summary: RunSummary,
    /// When it was due.
    pub scheduled_for: Option<DateTime<Utc>>,
    /// Counted from 1.
    pub attempt: i64,
    /// What the task was given; passwords are none of it.
    pub params: Vec<(String, ParamShown)>,
}

#[derive(sqlx::FromRow)]
struct ExportRow {
    #[sqlx(flatten)]
    summary: SummaryRow,
    scheduled_for: Option<NaiveDateTime>,
    attempt: i64,
    task_config_snapshot: String,
}

impl Runs {
    /// At most `limit` runs that pass the filter, newest first; the next part is what is `before` the last of them.
    pub async fn export(&self, filter: &RunFilter, limit: u32) -> Result<Vec<RunExport>, Error> {
        let span = filter.span(&self.db).await?;
        let select = query(concat!(
            "SELECT ",
            summary_columns!(),
            ", scheduled_for, attempt, task_config_snapshot FROM task_runs WHERE 1 = 1"
        ));
        let rows: Vec<ExportRow> = filter
            .narrow(select, span)
            .push(" ORDER BY id DESC LIMIT ?")
            .bind(i64::from(limit))
            .fetch_all(self.db.reader())
            .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }
}

impl TryFrom<ExportRow> for RunExport {
    type Error = Error;

    fn try_from(row: ExportRow) -> Result<Self, Error> {
        let params = params_of(&row.task_config_snapshot)?;
        Ok(Self {
            summary: row.summary.try_into()?,
            scheduled_for: row.scheduled_for.map(from_db),
            attempt: row.attempt,
            params: params
                .into_iter()
                .map(|(name, value)| (name, shown(value)))
                .collect(),
        })
    }
}
