//! The `start_links` table.

use chrono::NaiveDateTime;
use domain::secret::Secret;
use domain::words;
use uuid::Uuid;

use super::{MAX_NAME, StartLink, StartLinkError, StartToken};
use crate::Error;
use crate::auth::token;
use crate::db::{Db, from_db, now, persistently, query, to_db};
use crate::signals::Signals;

/// All start links.
#[derive(Clone)]
pub struct StartLinks {
    pub(super) db: Db,
    pub(super) signals: Signals,
}

/// A query for [`Row`]s: the columns once, the rest of the statement at the place of use.
macro_rules! select_links {
    ($rest:literal) => {
        concat!(
            "SELECT id, task_name, name, may_set, created_at, created_by, last_used_at FROM start_links ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    task_name: String,
    name: String,
    may_set: String,
    created_at: NaiveDateTime,
    created_by: String,
    last_used_at: Option<NaiveDateTime>,
}

impl TryFrom<Row> for StartLink {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            task_name: row.task_name,
            name: row.name,
            may_set: serde_json::from_str(&row.may_set)?,
            created_at: from_db(row.created_at),
            created_by: row.created_by,
            last_used_at: row.last_used_at.map(from_db),
        })
    }
}

impl StartLinks {
    pub(crate) fn new(db: Db, signals: Signals) -> Self {
        Self { db, signals }
    }

    /// The links of one task, by name.
    pub async fn list_for_task(&self, task: &str) -> Result<Vec<StartLink>, Error> {
        let rows: Vec<Row> = query(select_links!("WHERE task_name = ? ORDER BY LOWER(name), id"))
            .bind(task)
            .fetch_all(self.db.reader())
            .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// One link.
    pub async fn find(&self, id: &str) -> Result<Option<StartLink>, Error> {
        let row: Option<Row> = query(select_links!("WHERE id = ?"))
            .bind(id)
            .fetch_optional(self.db.reader())
            .await?;
        row.map(TryInto::try_into).transpose()
    }

    /// The link that a token belongs to.
    pub async fn find_by_token(&self, token: &str) -> Result<Option<StartLink>, Error> {
        let row: Option<Row> = query(select_links!("WHERE token_hash = ?"))
            .bind(token::hash(token))
            .fetch_optional(self.db.reader())
            .await?;
        row.map(TryInto::try_into).transpose()
    }

    /// Makes a link and its token, which cannot be found out again.
    pub async fn create(
        &self,
        task: &str,
        name: &str,
        may_set: &[String],
        by: &str,
    ) -> Result<StartToken, StartLinkError> {
        let name = checked_name(name)?;
        let may_set = serde_json::to_string(may_set).map_err(Error::from)?;
        let token = StartToken(Secret::new(token::random()));
        persistently!(self.try_to_create(task, &name, (&may_set, &token), by))?;
        Ok(token)
    }

    async fn try_to_create(
        &self,
        task: &str,
        name: &str,
        (may_set, token): (&str, &StartToken),
        by: &str,
    ) -> Result<(), StartLinkError> {
        let mut tx = self.db.begin().await?;
        let names: Vec<String> = query("SELECT name FROM start_links WHERE task_name = ?")
            .bind(task)
            .fetch_values(&mut tx)
            .await?;
        if names
            .iter()
            .any(|taken| taken.to_lowercase() == name.to_lowercase())
        {
            return Err(StartLinkError::NameTaken);
        }
        query(
            "INSERT INTO start_links (id, task_name, name, token_hash, may_set, created_at, created_by)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(Uuid::now_v7().to_string())
        .bind(task)
        .bind(name)
        .bind(token::hash(token.expose()))
        .bind(may_set)
        .bind(to_db(now()))
        .bind(by)
        .execute(&mut tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Removes a link: its address starts nothing any more. Runs that it started stay.
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        query("DELETE FROM start_links WHERE id = ?")
            .bind(id)
            .execute(self.db.writer())
            .await?;
        Ok(())
    }
}

fn checked_name(name: &str) -> Result<String, StartLinkError> {
    let name = words::one_line(name);
    match name.chars().count() {
        0 => Err(StartLinkError::NameMissing),
        count if count > MAX_NAME => Err(StartLinkError::NameTooLong),
        _ => Ok(name),
    }
}
