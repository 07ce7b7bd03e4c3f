//! The `task_settings` table.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDateTime;
use domain::params::{Accepted, FileChange, FileRef, SecretChange};
use serde_json::{Map, Value};

use super::{SavedSettings, params_of, snapshot, vault_owner};
use crate::db::{Db, WriteTx, from_db, now, persistently, query, to_db};
use crate::vault::Vault;
use crate::{Error, uploads};

/// Saved settings of tasks.
#[derive(Clone)]
pub struct Settings {
    db: Db,
    vault: Vault,
}

impl Settings {
    pub(crate) fn new(db: Db, vault: Vault) -> Self {
        Self { db, vault }
    }

    /// The settings of a task, or none if its form was never saved.
    pub async fn find(&self, task: &str) -> Result<Option<SavedSettings>, Error> {
        let row: Option<(String, NaiveDateTime, String)> =
            query("SELECT params, updated_at, updated_by FROM task_settings WHERE task_name = ?")
                .bind(task)
                .fetch_optional(self.db.reader())
                .await?;
        let Some((params, updated_at, updated_by)) = row else {
            return Ok(None);
        };
        let values: Map<String, Value> = serde_json::from_str(&params)?;
        Ok(Some(SavedSettings {
            files: files(&values),
            values,
            secrets: self.vault.list(&vault_owner(task)).await?,
            updated_at: from_db(updated_at),
            updated_by,
        }))
    }

    /// The settings of every task whose form was saved, by task.
    pub async fn list(&self) -> Result<HashMap<String, SavedSettings>, Error> {
        let rows: Vec<(String, String, NaiveDateTime, String)> =
            query("SELECT task_name, params, updated_at, updated_by FROM task_settings")
                .fetch_all(self.db.reader())
                .await?;
        let mut secrets = self.vault.list_all(&vault_owner("")).await?;
        let mut all = HashMap::new();
        for (task, params, updated_at, updated_by) in rows {
            let values: Map<String, Value> = serde_json::from_str(&params)?;
            let saved = SavedSettings {
                files: files(&values),
                values,
                secrets: secrets.remove(&task).unwrap_or_default(),
                updated_at: from_db(updated_at),
                updated_by,
            };
            all.insert(task, saved);
        }
        Ok(all)
    }

    /// The settings as a run of this moment would take them along.
    pub(crate) async fn snapshot(&self, task: &str) -> Result<Map<String, Value>, Error> {
        params_of(&snapshot(self.db.reader(), task).await?)
    }

    /// Saves a validated form: values, sealed passwords and files together or not at all. Passwords and files that the
    /// form no longer shows are forgotten: nobody could remove them otherwise.
    pub async fn save(&self, task: &str, accepted: Accepted, by: &str) -> Result<(), Error> {
        persistently!(self.try_to_save(task, &accepted, by))
    }

    async fn try_to_save(&self, task: &str, accepted: &Accepted, by: &str) -> Result<(), Error> {
        let Accepted {
            values,
            secrets,
            files: changes,
        } = accepted;
        let mut values = values.clone();
        let mut tx = self.db.begin().await?;
        self.save_secrets(&mut tx, task, secrets, by).await?;
        let before = saved_files(&mut tx, task).await?;
        for (name, change) in changes {
            let file = match change {
                FileChange::Keep => before.get(name).cloned(),
                FileChange::Replace(file) => Some(kept(&mut tx, task, name, file).await?),
                FileChange::Clear => None,
            };
            values.extend(file.map(|file| (name.clone(), file.to_value())));
        }
        query("INSERT INTO task_settings (task_name, params, updated_at, updated_by) VALUES (?, ?, ?, ?)")
            .or_update("task_name", &["params", "updated_at", "updated_by"])
            .bind(task)
            .bind(Value::Object(values).to_string())
            .bind(to_db(now()))
            .bind(by)
            .execute(&mut tx)
            .await?;
        let before: BTreeSet<String> = before.into_values().map(|file| file.id).collect();
        uploads::remove_unused(&mut tx, task, &before, by).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn save_secrets(
        &self,
        tx: &mut WriteTx,
        task: &str,
        secrets: &BTreeMap<String, SecretChange>,
        by: &str,
    ) -> Result<(), Error> {
        let owner = vault_owner(task);
        let saved: Vec<String> = query("SELECT name FROM secrets WHERE owner = ?")
            .bind(&owner)
            .fetch_values(&mut *tx)
            .await?;
        for name in saved.iter().filter(|name| !secrets.contains_key(*name)) {
            self.vault.clear(tx, &owner, name).await?;
        }
        for (name, change) in secrets {
            match change {
                SecretChange::Keep => {}
                SecretChange::Replace(secret) => self.vault.replace(tx, &owner, (name, secret), by).await?,
                SecretChange::Clear => self.vault.clear(tx, &owner, name).await?,
            }
        }
        Ok(())
    }
}

async fn saved_files(tx: &mut WriteTx, task: &str) -> Result<BTreeMap<String, FileRef>, Error> {
    let params: Option<String> = query("SELECT params FROM task_settings WHERE task_name = ?")
        .bind(task)
        .find_value(&mut *tx)
        .await?;
    Ok(match params {
        Some(params) => files(&serde_json::from_str(&params)?),
        None => BTreeMap::new(),
    })
}

fn files(values: &Map<String, Value>) -> BTreeMap<String, FileRef> {
    values
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), FileRef::from_value(value)?)))
        .collect()
}

/// The upload a form names, with the name and size that were stored: the form's own could be made up.
async fn kept(tx: &mut WriteTx, task: &str, param: &str, file: &FileRef) -> Result<FileRef, Error> {
    uploads::find_kept(&mut *tx, task, param, &file.id)
        .await?
        .ok_or_else(|| Error::Stored(format!("the file {} for {param} of {task} is not kept", file.id)))
}
