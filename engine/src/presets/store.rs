//! The `task_presets` table.

use chrono::NaiveDateTime;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{MOST, Preset, PresetError, checked_name};
use crate::Error;
use crate::db::{Db, WriteTx, from_db, is_taken, now, persistently, query, to_db};

/// All presets.
#[derive(Clone)]
pub struct Presets {
    db: Db,
}

/// A query for [`Row`]s: the columns once, the rest of the statement at the place of use.
macro_rules! select_presets {
    ($rest:literal) => {
        concat!(
            "SELECT id, task_name, name, params, updated_at, updated_by FROM task_presets ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    task_name: String,
    name: String,
    params: String,
    updated_at: NaiveDateTime,
    updated_by: String,
}

impl TryFrom<Row> for Preset {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            task_name: row.task_name,
            name: row.name,
            values: serde_json::from_str(&row.params)?,
            updated_at: from_db(row.updated_at),
            updated_by: row.updated_by,
        })
    }
}

impl Presets {
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }

    /// The presets of one task, by name.
    pub async fn list_for_task(&self, task: &str) -> Result<Vec<Preset>, Error> {
        let rows: Vec<Row> = query(select_presets!("WHERE task_name = ? ORDER BY folded, id"))
            .bind(task)
            .fetch_all(self.db.reader())
            .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// One preset.
    pub async fn find(&self, id: &str) -> Result<Option<Preset>, Error> {
        let row: Option<Row> = query(select_presets!("WHERE id = ?"))
            .bind(id)
            .fetch_optional(self.db.reader())
            .await?;
        row.map(TryInto::try_into).transpose()
    }

    /// Makes a preset of validated values and returns its id.
    pub async fn create(
        &self,
        task: &str,
        name: &str,
        values: &Map<String, Value>,
        by: &str,
    ) -> Result<String, PresetError> {
        let name = checked_name(name)?;
        persistently!(self.try_to_create(task, &name, values, by))
    }

    async fn try_to_create(
        &self,
        task: &str,
        name: &str,
        values: &Map<String, Value>,
        by: &str,
    ) -> Result<String, PresetError> {
        let mut tx = self.db.begin().await?;
        let count: i64 = query("SELECT COUNT(*) FROM task_presets WHERE task_name = ?")
            .bind(task)
            .fetch_value(&mut tx)
            .await?;
        if count >= MOST {
            return Err(PresetError::TooMany);
        }
        let id = Uuid::now_v7().to_string();
        refuse_taken(&mut tx, (task, name), &id).await?;
        let at = to_db(now());
        query(
            "INSERT INTO task_presets (id, task_name, name, folded, params, created_at, created_by, updated_at, updated_by)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&id)
        .bind(task)
        .bind(name)
        .bind(name.to_lowercase())
        .bind(Value::Object(values.clone()).to_string())
        .bind(at)
        .bind(by)
        .bind(at)
        .bind(by)
        .execute(&mut tx)
        .await
        .map_err(taken)?;
        tx.commit().await?;
        Ok(id)
    }

    /// Puts another name and other validated values in place of those that were there.
    pub async fn replace(
        &self,
        id: &str,
        name: &str,
        values: &Map<String, Value>,
        by: &str,
    ) -> Result<(), PresetError> {
        let name = checked_name(name)?;
        persistently!(self.try_to_replace(id, &name, values, by))
    }

    async fn try_to_replace(
        &self,
        id: &str,
        name: &str,
        values: &Map<String, Value>,
        by: &str,
    ) -> Result<(), PresetError> {
        let mut tx = self.db.begin().await?;
        let task: Option<String> = query("SELECT task_name FROM task_presets WHERE id = ? {lock}")
            .bind(id)
            .find_value(&mut tx)
            .await?;
        let task = task.ok_or(PresetError::NotFound)?;
        refuse_taken(&mut tx, (&task, name), id).await?;
        query(
            "UPDATE task_presets SET name = ?, folded = ?, params = ?, updated_at = ?, updated_by = ? WHERE id = ?",
        )
        .bind(name)
        .bind(name.to_lowercase())
        .bind(Value::Object(values.clone()).to_string())
        .bind(to_db(now()))
        .bind(by)
        .bind(id)
        .execute(&mut tx)
        .await
        .map_err(taken)?;
        tx.commit().await?;
        Ok(())
    }

    /// Removes a preset. Runs and schedules that were started from it have values of their own.
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        query("DELETE FROM task_presets WHERE id = ?")
            .bind(id)
            .execute(self.db.writer())
            .await?;
        Ok(())
    }
}

async fn refuse_taken(tx: &mut WriteTx, (task, name): (&str, &str), id: &str) -> Result<(), PresetError> {
    let other: Option<String> =
        query("SELECT id FROM task_presets WHERE task_name = ? AND folded = ? AND id <> ?")
            .bind(task)
            .bind(name.to_lowercase())
            .bind(id)
            .find_value(tx)
            .await?;
    match other {
        Some(_) => Err(PresetError::NameTaken),
        None => Ok(()),
    }
}

/// Another person may have been first with the name.
fn taken(error: sqlx::Error) -> PresetError {
    if is_taken(&error) {
        PresetError::NameTaken
    } else {
        error.into()
    }
}
