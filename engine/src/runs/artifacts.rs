//! Files that runs handed over: rows in the database, contents in the data folder.

use std::io;
use std::path::PathBuf;

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::Error;
use crate::db::{Db, from_db, now, query, to_db};

/// All kept files.
#[derive(Clone)]
pub struct Artifacts {
    db: Db,
    root: PathBuf,
}

/// One kept file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Counted from 1 within its run.
    pub seq: i64,
    /// The name the task gave it: no path, no control characters, at most 200 letters.
    pub name: String,
    /// In bytes.
    pub size: i64,
    /// When the run that made it ended.
    pub created_at: DateTime<Utc>,
}

/// A kept file, ready to be sent.
#[derive(Debug)]
pub struct OpenArtifact {
    /// The name the task gave it.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// At its beginning.
    pub file: tokio::fs::File,
}

/// A file that lies in its place, not written down yet.
pub(crate) struct Kept {
    pub(crate) seq: i64,
    pub(crate) name: String,
    pub(crate) size: u64,
}

impl Artifacts {
    pub(crate) fn new(db: Db, root: PathBuf) -> Self {
        Self { db, root }
    }

    /// The files of a run, in the order in which it handed them over.
    pub async fn list(&self, run_id: &str) -> Result<Vec<Artifact>, Error> {
        let rows: Vec<(i64, String, i64, NaiveDateTime)> = query(
            "SELECT seq, name, size, created_at FROM run_artifacts
             WHERE run = (SELECT id FROM task_runs WHERE run_id = ?) ORDER BY seq",
        )
        .bind(run_id)
        .fetch_all(self.db.reader())
        .await?;
        let artifact = |(seq, name, size, created_at)| Artifact {
            seq,
            name,
            size,
            created_at: from_db(created_at),
        };
        Ok(rows.into_iter().map(artifact).collect())
    }

    /// One file, if the run has it and its content is still there.
    pub async fn open(&self, run_id: &str, seq: i64) -> Result<Option<OpenArtifact>, Error> {
        let name: Option<String> = query(
            "SELECT name FROM run_artifacts
             WHERE run = (SELECT id FROM task_runs WHERE run_id = ?) AND seq = ?",
        )
        .bind(run_id)
        .bind(seq)
        .find_value(self.db.reader())
        .await?;
        // Only a run that is in the database gets this far, so its id is no path of somebody's making.
        let Some(name) = name else { return Ok(None) };
        let path = self.folder(run_id).join(seq.to_string());
        let what = || format!("read {}", path.display());
        let file = match tokio::fs::File::open(&path).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file.map_err(Error::io(what()))?,
        };
        let size = file.metadata().await.map_err(Error::io(what()))?.len();
        Ok(Some(OpenArtifact { name, size, file }))
    }

    /// Where the contents of a run's files are.
    pub(crate) fn folder(&self, run_id: &str) -> PathBuf {
        self.root.join(run_id)
    }

    /// Writes down what was kept of a run.
    pub(crate) async fn record(&self, run: i64, kept: &[Kept]) -> Result<(), Error> {
        if kept.is_empty() {
            return Ok(());
        }
        let now = to_db(now());
        let insert = query("INSERT INTO run_artifacts (run, seq, name, size, created_at) VALUES ")
            .push_groups(kept.len(), 5);
        kept.iter()
            .fold(insert, |insert, file| {
                insert
                    .bind(run)
                    .bind(file.seq)
                    .bind(&file.name)
                    .bind(i64::try_from(file.size).unwrap_or(i64::MAX))
                    .bind(now)
            })
            .execute(self.db.writer())
            .await?;
        Ok(())
    }
}
