//! The history: pages of it, and how many there are of each status.

use std::collections::HashMap;

use domain::run::RunStatus;

use super::filter::{RunFilter, Span};
use super::store::Runs;
use super::view::{RunSummary, SummaryRow, summary_columns};
use crate::Error;
use crate::db::query;

/// As many are counted of each status; beyond it is "more".
const MOST_COUNTED: i64 = 1000;
/// As many runs are looked at to count those of a filter for which there is no index by status.
const MOST_LOOKED_AT: i64 = 10_000;

/// A stretch of runs, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct RunPage {
    /// The runs.
    pub runs: Vec<RunSummary>,
    /// Where the next older page starts, if there is one: for `before`.
    pub older: Option<i64>,
    /// Where the next newer page starts, if there is one: for `after`.
    pub newer: Option<i64>,
}

/// How many runs there are of each status.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatusCounts {
    counts: HashMap<RunStatus, i64>,
    /// Whether there may be more of any.
    is_partial: bool,
}

impl StatusCounts {
    /// The number, and whether there may be more.
    pub fn of(&self, status: RunStatus) -> (i64, bool) {
        let count = self.counts.get(&status).copied().unwrap_or_default();
        (count.min(MOST_COUNTED), self.is_partial || count > MOST_COUNTED)
    }

    /// Of all.
    pub fn all(&self) -> (i64, bool) {
        let count: i64 = self.counts.values().sum();
        let is_more = self.is_partial || self.counts.values().any(|count| *count > MOST_COUNTED);
        (count.min(MOST_COUNTED), is_more || count > MOST_COUNTED)
    }
}

impl Runs {
    /// A page of at most `limit` runs, newest first. With `after`, the page that ends there; if that is not a whole one,
    /// the newest.
    pub async fn list(&self, filter: &RunFilter, limit: u32) -> Result<RunPage, Error> {
        let span = filter.span(&self.db).await?;
        if filter.after.is_some() {
            let (mut rows, has_newer) = self.rows(filter, span, limit).await?;
            if rows.len() == limit as usize {
                rows.reverse();
                let runs = summaries(rows)?;
                return Ok(RunPage {
                    older: runs.last().map(|run| run.id),
                    newer: runs.first().filter(|_| has_newer).map(|run| run.id),
                    runs,
                });
            }
        }
        let filter = filter.at(filter.before.filter(|_| filter.after.is_none()), None);
        let (rows, has_older) = self.rows(&filter, span, limit).await?;
        let runs = summaries(rows)?;
        let has_newer = match (filter.before, runs.first()) {
            (Some(_), Some(first)) => {
                let newer = filter.at(None, Some(first.id));
                !self.rows(&newer, span, 1).await?.0.is_empty()
            }
            _ => false,
        };
        Ok(RunPage {
            older: runs.last().filter(|_| has_older).map(|run| run.id),
            newer: runs.first().filter(|_| has_newer).map(|run| run.id),
            runs,
        })
    }

    /// At most `limit` rows from where the filter stands, and whether there are more.
    async fn rows(
        &self,
        filter: &RunFilter,
        span: Span,
        limit: u32,
    ) -> Result<(Vec<SummaryRow>, bool), Error> {
        let select = query(concat!(
            "SELECT ",
            summary_columns!(),
            " FROM task_runs WHERE 1 = 1"
        ));
        let order = if filter.after.is_some() {
            " ORDER BY id LIMIT ?"
        } else {
            " ORDER BY id DESC LIMIT ?"
        };
        let mut rows: Vec<SummaryRow> = filter
            .narrow(select, span)
            .push(order)
            .bind(i64::from(limit) + 1)
            .fetch_all(self.db.reader())
            .await?;
        let has_more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        Ok((rows, has_more))
    }

    /// How many runs of each status pass the filter, whatever status it asks for. Counting ends at a thousand of each.
    pub async fn count(&self, filter: &RunFilter) -> Result<StatusCounts, Error> {
        let filter = RunFilter {
            status: None,
            ..filter.at(None, None)
        };
        let span = filter.span(&self.db).await?;
        let is_by_index = RunFilter {
            task: filter.task.clone(),
            ..RunFilter::default()
        } == filter;
        if is_by_index {
            return self.count_by_index(&filter, span).await;
        }
        let select = query("SELECT status, COUNT(*) FROM (SELECT status FROM task_runs WHERE 1 = 1");
        let rows: Vec<(String, i64)> = filter
            .narrow(select, span)
            .push(" ORDER BY id DESC LIMIT ?) AS few GROUP BY status")
            .bind(MOST_LOOKED_AT)
            .fetch_all(self.db.reader())
            .await?;
        let looked_at: i64 = rows.iter().map(|(_, count)| count).sum();
        Ok(counted(rows, looked_at >= MOST_LOOKED_AT))
    }

    /// How many runs pass the filter behind its `after`, up to `most`.
    pub async fn count_newer(&self, filter: &RunFilter, most: u32) -> Result<i64, Error> {
        let span = filter.span(&self.db).await?;
        let select = query("SELECT COUNT(*) FROM (SELECT id FROM task_runs WHERE 1 = 1");
        let count = filter
            .narrow(select, span)
            .push(" LIMIT ?) AS few")
            .bind(most)
            .fetch_value(self.db.reader())
            .await?;
        Ok(count)
    }

    /// By the indexes of status and of task and status, which hold all that is asked for.
    async fn count_by_index(&self, filter: &RunFilter, span: Span) -> Result<StatusCounts, Error> {
        let mut statement = query("");
        for (index, status) in RunStatus::ALL.iter().enumerate() {
            let one = RunFilter {
                status: Some(*status),
                ..filter.clone()
            };
            let select = statement
                .push(if index == 0 {
                    "SELECT "
                } else {
                    " UNION ALL SELECT "
                })
                .push("MIN(status), COUNT(*) FROM (SELECT status FROM task_runs WHERE 1 = 1");
            statement = one
                .narrow(select, span)
                .push(" LIMIT ?) AS few")
                .bind(MOST_COUNTED + 1);
        }
        let rows: Vec<(Option<String>, i64)> = statement.fetch_all(self.db.reader()).await?;
        let rows = rows
            .into_iter()
            .filter_map(|(status, count)| Some((status?, count)))
            .collect();
        Ok(counted(rows, false))
    }

    /// Everybody who ever started a run, by name.
    pub async fn people(&self) -> Result<Vec<String>, Error> {
        // One seek in the index for each.
        let names = query(
            "WITH RECURSIVE people (name) AS (
                 SELECT MIN(triggered_by_user) FROM task_runs WHERE triggered_by_user IS NOT NULL
                 UNION ALL
                 SELECT (SELECT MIN(triggered_by_user) FROM task_runs WHERE triggered_by_user > name) FROM people
                 WHERE name IS NOT NULL
             )
             SELECT name FROM people WHERE name IS NOT NULL",
        )
        .fetch_values(self.db.reader())
        .await?;
        Ok(names)
    }
}

fn counted(rows: Vec<(String, i64)>, is_partial: bool) -> StatusCounts {
    StatusCounts {
        counts: rows
            .into_iter()
            .filter_map(|(status, count)| Some((RunStatus::from_code(&status)?, count)))
            .collect(),
        is_partial,
    }
}

fn summaries(rows: Vec<SummaryRow>) -> Result<Vec<RunSummary>, Error> {
    rows.into_iter().map(TryInto::try_into).collect()
}
