//! The log of a run, line by line.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::run::{LogLevel, LogStream, without_ansi};

use crate::Error;
use crate::db::{Db, from_db, persistently, query, to_db};

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

/// A line to be stored.
pub(crate) struct NewLine {
    pub(crate) at: DateTime<Utc>,
    pub(crate) stream: LogStream,
    pub(crate) level: LogLevel,
    pub(crate) text: String,
}

impl NewLine {
    /// Bytes that its text takes in the database.
    pub(crate) fn size(&self) -> usize {
        // As good as twice where the text without its codes is kept as well.
        let times = if self.has_codes() { 2 } else { 1 };
        self.text.len() * times
    }

    /// What can be read and searched of it, where that is not the text itself.
    fn plain(&self) -> Option<String> {
        self.has_codes().then(|| without_ansi(&self.text))
    }

    /// Whether anything in it is for a terminal.
    fn has_codes(&self) -> bool {
        self.text
            .chars()
            .any(|letter| letter.is_control() && letter != '\t' && letter != '\n')
    }
}

/// All logs.
#[derive(Clone)]
pub struct Logs {
    pub(super) db: Db,
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
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
                query("INSERT INTO run_log_lines (run, seq, logged_at, stream, level, text, plain) VALUES ")
                    .push_groups(part.len(), 7);
            for line in part {
                insert = insert
                    .bind(run)
                    .bind(seq)
                    .bind(to_db(line.at))
                    .bind(line.stream.code())
                    .bind(line.level.code())
                    .bind(&line.text)
                    .bind(line.plain());
                seq += 1;
            }
            insert.execute(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
