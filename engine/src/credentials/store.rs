//! The `credentials` table, and the sealed secret of each in the vault.

use chrono::{NaiveDate, NaiveDateTime};
use domain::params::CREDENTIAL_MARK;
use domain::secret::Secret;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Credential, CredentialError, Fresh, check_secret, checked_name};
use crate::Error;
use crate::db::{Db, Link, WriteTx, from_db, now, persistently, query, to_db};
use crate::vault::Vault;

/// Under which name the vault keeps the secret of a credential.
const SECRET_NAME: &str = "value";

/// All credentials.
#[derive(Clone)]
pub struct Credentials {
    pub(super) db: Db,
    vault: Vault,
}

/// A query for [`Row`]s: the columns once, the rest of the statement at the place of use.
macro_rules! select_credentials {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, updated_at, updated_by, created_at, created_by, runs_out_on FROM credentials ",
            $rest
        )
    };
}

pub(super) use select_credentials;

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: String,
    name: String,
    updated_at: NaiveDateTime,
    updated_by: String,
    created_at: NaiveDateTime,
    created_by: String,
    runs_out_on: Option<String>,
}

impl From<Row> for Credential {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            name: row.name,
            updated_at: from_db(row.updated_at),
            updated_by: row.updated_by,
            created_at: from_db(row.created_at),
            created_by: row.created_by,
            runs_out_on: row.runs_out_on.as_deref().and_then(day),
        }
    }
}

/// What a task's process needs of a credential.
pub(crate) struct Opened {
    pub(crate) secret: Secret,
    pub(crate) runs_out_on: Option<NaiveDate>,
}

impl Credentials {
    pub(crate) fn new(db: Db, vault: Vault) -> Self {
        Self { db, vault }
    }

    /// All of them, by name without regard to case.
    pub async fn list(&self) -> Result<Vec<Credential>, Error> {
        let rows: Vec<Row> = query(select_credentials!("ORDER BY LOWER(name), id"))
            .fetch_all(self.db.reader())
            .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// One credential.
    pub async fn find(&self, id: &str) -> Result<Option<Credential>, Error> {
        let row: Option<Row> = query(select_credentials!("WHERE id = ?"))
            .bind(id)
            .fetch_optional(self.db.reader())
            .await?;
        Ok(row.map(Into::into))
    }

    /// Makes a credential and returns its id.
    pub async fn create(
        &self,
        name: &str,
        fresh: impl Into<Fresh>,
        by: &str,
    ) -> Result<String, CredentialError> {
        let (name, fresh) = (checked_name(name)?, fresh.into());
        check_secret(&fresh.secret)?;
        persistently!(self.try_to_create(&name, &fresh, by))
    }

    async fn try_to_create(&self, name: &str, fresh: &Fresh, by: &str) -> Result<String, CredentialError> {
        let mut tx = self.db.begin().await?;
        let id = self.insert(&mut tx, name, fresh.runs_out_on, by).await?;
        self.seal(&mut tx, &id, &fresh.secret, by).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// A row without a secret yet; its id.
    pub(crate) async fn insert(
        &self,
        tx: &mut WriteTx,
        name: &str,
        runs_out_on: Option<NaiveDate>,
        by: &str,
    ) -> Result<String, CredentialError> {
        refuse_taken(tx, name, None).await?;
        let id = Uuid::now_v7().to_string();
        let at = to_db(now());
        query(
            "INSERT INTO credentials (id, name, updated_at, updated_by, created_at, created_by, runs_out_on)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&id)
        .bind(name)
        .bind(at)
        .bind(by)
        .bind(at)
        .bind(by)
        .bind(runs_out_on.map(stored_day))
        .execute(tx)
        .await?;
        Ok(id)
    }

    /// Puts another secret, and its day, in place of the one that was there. Runs that start from now on get it.
    pub async fn replace(&self, id: &str, fresh: impl Into<Fresh>, by: &str) -> Result<(), CredentialError> {
        let fresh = fresh.into();
        check_secret(&fresh.secret)?;
        persistently!(self.try_to_replace(id, &fresh, by))
    }

    async fn try_to_replace(&self, id: &str, fresh: &Fresh, by: &str) -> Result<(), CredentialError> {
        let mut tx = self.db.begin().await?;
        let replace = "UPDATE credentials SET updated_at = ?, updated_by = ?, runs_out_on = ? WHERE id = ?";
        let changed = query(replace)
            .bind(to_db(now()))
            .bind(by)
            .bind(fresh.runs_out_on.map(stored_day))
            .bind(id)
            .execute(&mut tx)
            .await?;
        if changed == 0 {
            return Err(CredentialError::NotFound);
        }
        self.seal(&mut tx, id, &fresh.secret, by).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives it another name, in the settings that refer to it as well.
    pub async fn rename(&self, id: &str, name: &str, by: &str) -> Result<(), CredentialError> {
        let name = checked_name(name)?;
        persistently!(self.try_to_rename(id, &name, by))
    }

    async fn try_to_rename(&self, id: &str, name: &str, by: &str) -> Result<(), CredentialError> {
        let mut tx = self.db.begin().await?;
        refuse_taken(&mut tx, name, Some(id)).await?;
        let changed = query("UPDATE credentials SET name = ?, updated_at = ?, updated_by = ? WHERE id = ?")
            .bind(name)
            .bind(to_db(now()))
            .bind(by)
            .bind(id)
            .execute(&mut tx)
            .await?;
        if changed == 0 {
            return Err(CredentialError::NotFound);
        }
        for User {
            holder,
            id: key,
            mut params,
            ..
        } in users(&mut tx, id).await?
        {
            for value in params.values_mut().filter(|value| refers_to(value, id)) {
                *value = reference(id, name);
            }
            let update = match holder.as_str() {
                "settings" => "UPDATE task_settings SET params = ? WHERE task_name = ?",
                "preset" => "UPDATE task_presets SET params = ? WHERE id = ?",
                _ => "UPDATE schedules SET params = ? WHERE id = ?",
            };
            query(update)
                .bind(Value::Object(params).to_string())
                .bind(key)
                .execute(&mut tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Forgets a credential that no task's settings, schedules or presets use.
    pub async fn delete(&self, id: &str) -> Result<(), CredentialError> {
        persistently!(self.try_to_delete(id))
    }

    async fn try_to_delete(&self, id: &str) -> Result<(), CredentialError> {
        let mut tx = self.db.begin().await?;
        let tasks = tasks_of(users(&mut tx, id).await?);
        if !tasks.is_empty() {
            return Err(CredentialError::InUse { tasks });
        }
        query("DELETE FROM credentials WHERE id = ?")
            .bind(id)
            .execute(&mut tx)
            .await?;
        query("DELETE FROM connections WHERE id = ?")
            .bind(id)
            .execute(&mut tx)
            .await?;
        self.vault.clear_all(&mut tx, &vault_owner(id)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The tasks whose saved settings, schedules or presets refer to it, by name.
    pub async fn used_by(&self, id: &str) -> Result<Vec<String>, Error> {
        Ok(tasks_of(users(self.db.reader(), id).await?))
    }

    /// Opens the secret, to hand it to one task's process.
    pub(crate) async fn open(&self, id: &str) -> Result<Option<Opened>, Error> {
        let Some(secret) = self.vault.open_all(&vault_owner(id)).await?.remove(SECRET_NAME) else {
            return Ok(None);
        };
        let runs_out_on: Option<Option<String>> = query("SELECT runs_out_on FROM credentials WHERE id = ?")
            .bind(id)
            .find_value(self.db.reader())
            .await?;
        Ok(Some(Opened {
            secret,
            runs_out_on: runs_out_on.flatten().as_deref().and_then(day),
        }))
    }

    async fn seal(&self, tx: &mut WriteTx, id: &str, secret: &Secret, by: &str) -> Result<(), Error> {
        self.vault
            .replace(tx, &vault_owner(id), (SECRET_NAME, secret), by)
            .await
    }
}

/// A day as the table has it.
pub(super) fn stored_day(day: NaiveDate) -> String {
    day.to_string()
}

fn day(stored: &str) -> Option<NaiveDate> {
    stored.parse().ok()
}

pub(crate) fn vault_owner(id: &str) -> String {
    format!("credential:{id}")
}

/// How saved values refer to a credential.
pub(crate) fn reference(id: &str, name: &str) -> Value {
    serde_json::json!({ CREDENTIAL_MARK: { "id": id, "name": name } })
}

/// Id and name of the credential that a saved value refers to.
pub(crate) fn referred(value: &Value) -> Option<(&str, &str)> {
    let mark = value.get(CREDENTIAL_MARK)?;
    Some((mark.get("id")?.as_str()?, mark.get("name")?.as_str()?))
}

pub(super) fn refers_to(value: &Value, id: &str) -> bool {
    referred(value).is_some_and(|(referred, _)| referred == id)
}

/// Saved values that refer to a credential: a task's settings, or those of one of its schedules or presets.
struct User {
    task: String,
    /// `settings`, `schedule` or `preset`.
    holder: String,
    /// Its key in its table.
    id: String,
    params: Map<String, Value>,
}

fn tasks_of(users: Vec<User>) -> Vec<String> {
    let mut tasks: Vec<String> = users.into_iter().map(|user| user.task).collect();
    tasks.dedup();
    tasks
}

/// Everything that refers to a credential, by task.
async fn users(link: impl Into<Link<'_>>, id: &str) -> Result<Vec<User>, Error> {
    let rows: Vec<(String, String, String, String)> = query(
        "SELECT task_name, 'settings' AS holder, task_name AS id, params FROM task_settings UNION ALL
         SELECT task_name, 'preset' AS holder, id, params FROM task_presets UNION ALL
         SELECT task_name, 'schedule' AS holder, id, params FROM schedules WHERE params IS NOT NULL ORDER BY 1",
    )
    .fetch_all(link)
    .await?;
    let mut users = Vec::new();
    for (task, holder, key, params) in rows.into_iter().filter(|row| row.3.contains(id)) {
        let params: Map<String, Value> = serde_json::from_str(&params)?;
        if params.values().any(|value| refers_to(value, id)) {
            users.push(User {
                task,
                holder,
                id: key,
                params,
            });
        }
    }
    Ok(users)
}

/// Compares here, since a database folds the case of A to Z only.
async fn refuse_taken(tx: &mut WriteTx, name: &str, but: Option<&str>) -> Result<(), CredentialError> {
    let names: Vec<(String, String)> = query("SELECT id, name FROM credentials")
        .fetch_all(&mut *tx)
        .await?;
    let folded = name.to_lowercase();
    let is_taken = names
        .iter()
        .any(|(id, name)| Some(id.as_str()) != but && name.to_lowercase() == folded);
    if is_taken {
        return Err(CredentialError::NameTaken);
    }
    Ok(())
}
