//! Finding lines in a log.

use domain::run::{LogLevel, LogStream};

use super::filter::escaped;
use super::log::{LogLine, Logs, Row};
use crate::Error;
use crate::db::{Query, query};

/// Which lines are wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LogFilter {
    /// Only lines of this level or a more serious one.
    pub level: Option<LogLevel>,
    /// Only lines from there.
    pub stream: Option<LogStream>,
    /// Only lines with this text, without regard to case.
    pub text: Option<String>,
}

impl LogFilter {
    /// Whether it wants all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Which side of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// From there to the end.
    After(i64),
    /// From the start to there.
    Before(i64),
}

/// How many lines are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matches {
    /// In the whole log.
    pub all: i64,
    /// Of them, before a line.
    pub before: i64,
}

impl Logs {
    /// Up to `limit` lines that are wanted, in order: the first after a line, or the last before one.
    pub async fn matching(
        &self,
        run_id: &str,
        filter: &LogFilter,
        side: Side,
        limit: u32,
    ) -> Result<Vec<LogLine>, Error> {
        let (condition, seq, order) = match side {
            Side::After(seq) => (" AND seq > ?", seq, " ORDER BY seq LIMIT ?"),
            Side::Before(seq) => (" AND seq < ?", seq, " ORDER BY seq DESC LIMIT ?"),
        };
        let select = query(
            "SELECT seq, logged_at, stream, level, text FROM run_log_lines
             WHERE run = (SELECT id FROM task_runs WHERE run_id = ?)",
        )
        .bind(run_id)
        .push(condition)
        .bind(seq);
        let mut rows: Vec<Row> = narrowed(select, filter)
            .push(order)
            .bind(limit)
            .fetch_all(self.db.reader())
            .await?;
        if matches!(side, Side::Before(_)) {
            rows.reverse();
        }
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// How many lines of a run are wanted, in all and before line `seq`.
    pub async fn count_matching(&self, run_id: &str, filter: &LogFilter, seq: i64) -> Result<Matches, Error> {
        let select = query(
            "SELECT COUNT(*), COUNT(CASE WHEN seq < ? THEN 1 END) FROM run_log_lines
             WHERE run = (SELECT id FROM task_runs WHERE run_id = ?)",
        )
        .bind(seq)
        .bind(run_id);
        let rows: Vec<(i64, i64)> = narrowed(select, filter).fetch_all(self.db.reader()).await?;
        let (all, before) = rows.first().copied().unwrap_or_default();
        Ok(Matches { all, before })
    }

    /// The first error after line `seq`: a line of that level or, from the start and if there is none, the last line on
    /// standard error.
    pub async fn next_error(&self, run_id: &str, seq: i64) -> Result<Option<i64>, Error> {
        let error = query(
            "SELECT seq FROM run_log_lines WHERE run = (SELECT id FROM task_runs WHERE run_id = ?) AND level = ?
             AND seq > ? ORDER BY seq LIMIT 1",
        )
        .bind(run_id)
        .bind(LogLevel::Error.code())
        .bind(seq)
        .find_value(self.db.reader())
        .await?;
        if error.is_some() || seq > 0 {
            return Ok(error);
        }
        let last = query(
            "SELECT seq FROM run_log_lines WHERE run = (SELECT id FROM task_runs WHERE run_id = ?) AND stream = ?
             ORDER BY seq DESC LIMIT 1",
        )
        .bind(run_id)
        .bind(LogStream::Stderr.code())
        .find_value(self.db.reader())
        .await?;
        Ok(last)
    }
}

fn narrowed(mut select: Query, filter: &LogFilter) -> Query {
    if let Some(level) = filter.level {
        let from = LogLevel::ALL.iter().skip_while(|each| **each != level);
        let codes: Vec<&str> = from.map(|level| level.code()).collect();
        select = select.push(" AND level IN ").push_groups(1, codes.len());
        select = codes.into_iter().fold(select, Query::bind);
    }
    if let Some(stream) = filter.stream {
        select = select.push(" AND stream = ?").bind(stream.code());
    }
    if let Some(text) = &filter.text {
        // Lowered by the database on both sides: each knows other letters.
        select = select
            .push(" AND LOWER(COALESCE(plain, text)) LIKE LOWER(?) ESCAPE '!'")
            .bind(format!("%{}%", escaped(text)));
    }
    select
}
