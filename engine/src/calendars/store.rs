//! The `calendars` table.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use uuid::Uuid;

use super::{Calendar, CalendarError, MAX_CONTENT, MAX_NAME};
use crate::Error;
use crate::db::{Db, WriteTx, from_db, now, persistently, query, to_db};

/// All calendars.
#[derive(Clone)]
pub struct Calendars {
    db: Db,
}

/// A query for [`Row`]s: the columns once, the rest of the statement at the place of use.
macro_rules! select_calendars {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, content, updated_at, updated_by FROM calendars ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    content: String,
    updated_at: NaiveDateTime,
    updated_by: String,
}

impl From<Row> for Calendar {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            name: row.name,
            content: row.content,
            updated_at: from_db(row.updated_at),
            updated_by: row.updated_by,
        }
    }
}

impl Calendars {
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }

    /// All of them, by name without regard to case.
    pub async fn list(&self) -> Result<Vec<Calendar>, Error> {
        let rows: Vec<Row> = query(select_calendars!("ORDER BY LOWER(name), id"))
            .fetch_all(self.db.reader())
            .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// One calendar.
    pub async fn find(&self, id: &str) -> Result<Option<Calendar>, Error> {
        let row: Option<Row> = query(select_calendars!("WHERE id = ?"))
            .bind(id)
            .fetch_optional(self.db.reader())
            .await?;
        Ok(row.map(Into::into))
    }

    /// Makes a calendar, or changes the one with this id; its id.
    pub async fn save(
        &self,
        id: Option<&str>,
        name: &str,
        content: &str,
        by: &str,
    ) -> Result<String, CalendarError> {
        let name = checked_name(name)?;
        if content.len() > MAX_CONTENT {
            return Err(CalendarError::ContentTooLong);
        }
        domain::calendar::parse(content).map_err(CalendarError::Lines)?;
        persistently!(self.try_to_save(id, &name, content, by))
    }

    async fn try_to_save(
        &self,
        id: Option<&str>,
        name: &str,
        content: &str,
        by: &str,
    ) -> Result<String, CalendarError> {
        let mut tx = self.db.begin().await?;
        let same: Option<String> = query("SELECT id FROM calendars WHERE LOWER(name) = LOWER(?)")
            .bind(name)
            .find_value(&mut tx)
            .await?;
        if same.is_some_and(|same| id != Some(same.as_str())) {
            return Err(CalendarError::NameTaken);
        }
        let new_id = Uuid::now_v7().to_string();
        let statement = match id {
            Some(_) => query(
                "UPDATE calendars SET name = ?, content = ?, updated_at = ?, updated_by = ? WHERE id = ?",
            ),
            None => query(
                "INSERT INTO calendars (name, content, updated_at, updated_by, id) VALUES (?, ?, ?, ?, ?)",
            ),
        };
        let id = id.unwrap_or(&new_id);
        let changed = statement
            .bind(name)
            .bind(content)
            .bind(to_db(now()))
            .bind(by)
            .bind(id)
            .execute(&mut tx)
            .await?;
        if changed == 0 {
            return Err(CalendarError::NotFound);
        }
        tx.commit().await?;
        Ok(id.to_owned())
    }

    /// Removes a calendar that no schedule uses.
    pub async fn delete(&self, id: &str) -> Result<(), CalendarError> {
        persistently!(self.try_to_delete(id))
    }

    async fn try_to_delete(&self, id: &str) -> Result<(), CalendarError> {
        let mut tx = self.db.begin().await?;
        let tasks = users(&mut tx, id).await?;
        if !tasks.is_empty() {
            return Err(CalendarError::InUse { tasks });
        }
        query("DELETE FROM calendars WHERE id = ?")
            .bind(id)
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Tasks whose schedules use it.
async fn users(tx: &mut WriteTx, id: &str) -> Result<Vec<String>, Error> {
    // Ids are UUIDs, so one inside a policy can only be a reference.
    let tasks = query("SELECT DISTINCT task_name FROM schedules WHERE policy LIKE ? ORDER BY task_name")
        .bind(format!("%\"{id}\"%"))
        .fetch_values(tx)
        .await?;
    Ok(tasks)
}

fn checked_name(name: &str) -> Result<String, CalendarError> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.chars().count() {
        0 => Err(CalendarError::NameMissing),
        count if count > MAX_NAME => Err(CalendarError::NameTooLong),
        _ => Ok(name),
    }
}

/// A calendar that can be asked about moments.
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) calendar: domain::calendar::Calendar,
}

/// All calendars by id. One that cannot be read stops nobody: it is in the server's log, and its days are no exception.
pub(crate) async fn find_all(tx: &mut WriteTx) -> Result<HashMap<String, Named>, Error> {
    let rows: Vec<Row> = query(select_calendars!("")).fetch_all(tx).await?;
    let mut calendars = HashMap::new();
    for row in rows {
        match domain::calendar::parse(&row.content) {
            Ok(calendar) => {
                let name = row.name;
                calendars.insert(row.id, Named { name, calendar });
            }
            Err(errors) => tracing::error!("the calendar {} cannot be read: {errors:?}", row.name),
        }
    }
    Ok(calendars)
}
