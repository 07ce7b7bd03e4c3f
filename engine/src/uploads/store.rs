//! The `uploads` table.

use std::collections::BTreeSet;

use chrono::{NaiveDateTime, TimeDelta};
use domain::params::FileRef;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{MAX_UPLOAD, UploadError, file_name};
use crate::Error;
use crate::db::{Db, Link, WriteTx, now, persistently, query, to_db};
use crate::settings::params_of;

/// A file that nobody saved after this long belongs to a form that was left.
const ABANDONED_AFTER: TimeDelta = TimeDelta::days(1);
/// Bytes of a file in one row.
const PART: usize = 1024 * 1024;

/// All uploaded files.
#[derive(Clone)]
pub struct Uploads {
    db: Db,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    size: i64,
}

impl From<Row> for FileRef {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            name: row.name,
            size: row.size.unsigned_abs(),
        }
    }
}

impl Uploads {
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }

    /// Keeps a file for a parameter. The answer belongs into the form: settings that are saved with it use it; else it
    /// is removed after a day.
    pub async fn store(
        &self,
        task: &str,
        param: &str,
        sent_name: &str,
        bytes: Vec<u8>,
        by: &str,
    ) -> Result<FileRef, UploadError> {
        let size = bytes.len() as u64;
        if size > MAX_UPLOAD {
            return Err(UploadError::TooLarge);
        }
        let file = FileRef {
            id: Uuid::now_v7().to_string(),
            name: file_name::tidy(sent_name),
            size,
        };
        persistently!(self.try_to_store((task, param), &file, &bytes, by))?;
        Ok(file)
    }

    async fn try_to_store(
        &self,
        (task, param): (&str, &str),
        file: &FileRef,
        bytes: &[u8],
        by: &str,
    ) -> Result<(), UploadError> {
        let mut tx = self.db.begin().await?;
        query(
            "INSERT INTO uploads (id, task_name, param, name, size, uploaded_at, uploaded_by)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&file.id)
        .bind(task)
        .bind(param)
        .bind(&file.name)
        .bind(i64::try_from(file.size).unwrap_or(i64::MAX))
        .bind(to_db(now()))
        .bind(by)
        .execute(&mut tx)
        .await?;
        for (seq, part) in (1_i64..).zip(bytes.chunks(PART)) {
            query("INSERT INTO upload_parts (upload, seq, content) VALUES (?, ?, ?)")
                .bind(&file.id)
                .bind(seq)
                .bind(part.to_vec())
                .execute(&mut tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Name and size of a file, while it is kept.
    pub async fn find(&self, id: &str) -> Result<Option<FileRef>, Error> {
        let row: Option<Row> = query("SELECT id, name, size FROM uploads WHERE id = ?")
            .bind(id)
            .fetch_optional(self.db.reader())
            .await?;
        Ok(row.map(Into::into))
    }

    /// The same, if it was uploaded for this parameter of this task: a form may name any id.
    pub async fn find_for(&self, task: &str, param: &str, id: &str) -> Result<Option<FileRef>, Error> {
        find_kept(self.db.reader(), task, param, id).await
    }

    /// The bytes of a file that was uploaded for this parameter of this task, for a run's working folder.
    pub(crate) async fn content(&self, task: &str, param: &str, id: &str) -> Result<Option<Vec<u8>>, Error> {
        if find_kept(self.db.reader(), task, param, id).await?.is_none() {
            return Ok(None);
        }
        let parts: Vec<Vec<u8>> = query("SELECT content FROM upload_parts WHERE upload = ? ORDER BY seq")
            .bind(id)
            .fetch_values(self.db.reader())
            .await?;
        Ok(Some(parts.concat()))
    }

    /// Removes what was left behind: files older than a day that neither settings nor a waiting run use.
    pub(crate) async fn remove_abandoned(&self) -> Result<u64, Error> {
        let mut tx = self.db.begin().await?;
        let old: Vec<(String, String)> =
            query("SELECT id, task_name FROM uploads WHERE uploaded_at < ? ORDER BY task_name")
                .bind(to_db(now() - ABANDONED_AFTER))
                .fetch_all(&mut tx)
                .await?;
        let mut removed = 0;
        let mut used = (String::new(), BTreeSet::new());
        for (id, task) in old {
            if used.0 != task {
                used = (task.clone(), used_files(&mut tx, &task).await?);
            }
            if !used.1.contains(&id) {
                remove(&mut tx, &id).await?;
                removed += 1;
            }
        }
        tx.commit().await?;
        Ok(removed)
    }
}

/// See [`Uploads::find_for`]; for use within a transaction, too.
pub(crate) async fn find_kept(
    link: impl Into<Link<'_>>,
    task: &str,
    param: &str,
    id: &str,
) -> Result<Option<FileRef>, Error> {
    let row: Option<Row> =
        query("SELECT id, name, size FROM uploads WHERE id = ? AND task_name = ? AND param = ?")
            .bind(id)
            .bind(task)
            .bind(param)
            .fetch_optional(link)
            .await?;
    Ok(row.map(Into::into))
}

/// Removes a task's files that its settings, just written, do not use: those that were replaced, and those that the
/// same person uploaded on the way. What another person has just uploaded may be in a form that is still open.
pub(crate) async fn remove_unused(
    tx: &mut WriteTx,
    task: &str,
    replaced: &BTreeSet<String>,
    by: &str,
) -> Result<(), Error> {
    let used = used_files(tx, task).await?;
    let kept: Vec<(String, String, NaiveDateTime)> =
        query("SELECT id, uploaded_by, uploaded_at FROM uploads WHERE task_name = ?")
            .bind(task)
            .fetch_all(&mut *tx)
            .await?;
    let abandoned = to_db(now() - ABANDONED_AFTER);
    for (id, uploaded_by, uploaded_at) in kept {
        let is_left = uploaded_by == by || uploaded_at < abandoned || replaced.contains(&id);
        if is_left && !used.contains(&id) {
            remove(tx, &id).await?;
        }
    }
    Ok(())
}

/// Ids of the files that a task's settings refer to, and its runs that are not over.
async fn used_files(tx: &mut WriteTx, task: &str) -> Result<BTreeSet<String>, Error> {
    let settings: Option<String> = query("SELECT params FROM task_settings WHERE task_name = ?")
        .bind(task)
        .find_value(&mut *tx)
        .await?;
    let snapshots: Vec<String> = query(
        "SELECT task_config_snapshot FROM task_runs WHERE task_name = ? AND status IN ('queued', 'running')",
    )
    .bind(task)
    .fetch_values(&mut *tx)
    .await?;
    let mut used = BTreeSet::new();
    if let Some(settings) = settings {
        used.extend(files(&serde_json::from_str(&settings)?));
    }
    for snapshot in snapshots {
        used.extend(files(&params_of(&snapshot)?));
    }
    Ok(used)
}

fn files(params: &Map<String, Value>) -> impl Iterator<Item = String> {
    params
        .values()
        .filter_map(FileRef::from_value)
        .map(|file| file.id)
}

async fn remove(tx: &mut WriteTx, id: &str) -> Result<(), Error> {
    query("DELETE FROM uploads WHERE id = ?")
        .bind(id)
        .execute(&mut *tx)
        .await?;
    Ok(())
}
