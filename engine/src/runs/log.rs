//! The log of a run, line by line.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::run::{LogLevel, LogStream};

use super::filter::escaped;
use crate::Error;
use crate::db::{Db, Query, from_db, persistently, query, to_db};

/// One stored line.
#[derive(Debug, Clone, PartialEq)]
pub struct LogLine {
    /// Counted from 1 within the run.
    pub seq: i64,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// From where.
    pub stream: LogStream,
    /// How serious.
    pub level: LogLevel,
    /// The text, without its line end; a traceback holds several lines.
    pub text: String,
}

/// The end of a log.
#[derive(Debug, Clone, PartialEq)]
pub struct LogTail {
    /// In order.
    pub lines: Vec<LogLine>,
    /// Number of the last line, which is how many were written.
    pub total: i64,
}

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

/// A line to be stored.
pub(crate) struct NewLine {
    pub(crate) at: DateTime<Utc>,
    pub(crate) stream: LogStream,
    pub(crate) level: LogLevel,
    pub(crate) text: String,
}

/// All logs.
#[derive(Clone)]
pub struct Logs {
    db: Db,
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    logged_at: NaiveDateTime,
    stream: String,
    level: String,
    text: String,
}

impl From<Row> for LogLine {
    fn from(row: Row) -> Self {
        Self {
            seq: row.seq,
            at: from_db(row.logged_at),
            stream: LogStream::from_code(&row.stream).unwrap_or(LogStream::Stdout),
            level: LogLevel::from_code(&row.level).unwrap_or(LogLevel::Info),
            text: row.text,
        }
    }
}

impl Logs {
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }

    /// The last `limit` lines of a run.
    pub async fn tail(&self, run_id: &str, limit: u32) -> Result<LogTail, Error> {
        let rows: Vec<Row> = query(
            "SELECT seq, logged_at, stream, level, text FROM run_log_lines
             WHERE run = (SELECT id FROM task_runs WHERE run_id = ?) ORDER BY seq DESC LIMIT ?",
        )
        .bind(run_id)
        .bind(limit)
        .fetch_all(self.db.reader())
        .await?;
        let total = rows.first().map_or(0, |row| row.seq);
        Ok(LogTail {
            lines: rows.into_iter().rev().map(Into::into).collect(),
            total,
        })
    }

    /// The number of a run's last line, which is how many were written.
    pub async fn total(&self, run_id: &str) -> Result<i64, Error> {
        let last: Option<i64> = query(
            "SELECT MAX(seq) FROM run_log_lines WHERE run = (SELECT id FROM task_runs WHERE run_id = ?)",
        )
        .bind(run_id)
        .fetch_value(self.db.reader())
        .await?;
        Ok(last.unwrap_or(0))
    }

    /// Up to `limit` lines after line `seq`.
    pub async fn after(&self, run_id: &str, seq: i64, limit: u32) -> Result<Vec<LogLine>, Error> {
        let rows: Vec<Row> = query(
            "SELECT seq, logged_at, stream, level, text FROM run_log_lines
             WHERE run = (SELECT id FROM task_runs WHERE run_id = ?) AND seq > ? ORDER BY seq LIMIT ?",
        )
        .bind(run_id)
        .bind(seq)
        .bind(limit)
        .fetch_all(self.db.reader())
        .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Up to `limit` lines after line `seq` that are wanted.
    pub async fn matching(
        &self,
        run_id: &str,
        filter: &LogFilter,
        seq: i64,
        limit: u32,
    ) -> Result<Vec<LogLine>, Error> {
        let select = query(
            "SELECT seq, logged_at, stream, level, text FROM run_log_lines
             WHERE run = (SELECT id FROM task_runs WHERE run_id = ?) AND seq > ?",
        )
        .bind(run_id)
        .bind(seq);
        let rows: Vec<Row> = narrowed(select, filter)
            .push(" ORDER BY seq LIMIT ?")
            .bind(limit)
            .fetch_all(self.db.reader())
            .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// How many lines of a run are wanted.
    pub async fn count_matching(&self, run_id: &str, filter: &LogFilter) -> Result<i64, Error> {
        let select = query(
            "SELECT COUNT(*) FROM run_log_lines WHERE run = (SELECT id FROM task_runs WHERE run_id = ?)",
        )
        .bind(run_id);
        let count = narrowed(select, filter).fetch_value(self.db.reader()).await?;
        Ok(count)
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

    /// The number of a run's next line.
    pub(crate) async fn next_seq(&self, run: i64) -> Result<i64, Error> {
        let last: Option<i64> = query("SELECT MAX(seq) FROM run_log_lines WHERE run = ?")
            .bind(run)
            .fetch_value(self.db.reader())
            .await?;
        Ok(last.unwrap_or(0) + 1)
    }

    /// Adds lines, numbered from `first`. One statement for each hundred, all in one transaction.
    pub(crate) async fn append(&self, run: i64, first: i64, lines: &[NewLine]) -> Result<(), Error> {
        persistently!(self.try_to_append(run, first, lines))
    }

    async fn try_to_append(&self, run: i64, first: i64, lines: &[NewLine]) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        let mut seq = first;
        for part in lines.chunks(100) {
            let mut insert =
                query("INSERT INTO run_log_lines (run, seq, logged_at, stream, level, text) VALUES ")
                    .push_groups(part.len(), 6);
            for line in part {
                insert = insert
                    .bind(run)
                    .bind(seq)
                    .bind(to_db(line.at))
                    .bind(line.stream.code())
                    .bind(line.level.code())
                    .bind(&line.text);
                seq += 1;
            }
            insert.execute(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(())
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
            .push(" AND LOWER(text) LIKE LOWER(?) ESCAPE '!'")
            .bind(format!("%{}%", escaped(text)));
    }
    select
}
