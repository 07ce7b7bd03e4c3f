//! What the form of a task holds: plain values here, passwords in the vault.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::params::{Accepted, SecretChange};
use serde_json::{Map, Value};

pub use crate::vault::SavedSecret;

use crate::Error;
use crate::db::{Db, WriteTx, from_db, now, to_db};
use crate::vault::Vault;

/// Saved settings of tasks.
#[derive(Clone)]
pub struct Settings {
    db: Db,
    vault: Vault,
}

/// The settings of one task as a page may show them.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedSettings {
    /// Plain values by parameter name.
    pub values: Map<String, Value>,
    /// Which password parameters are saved.
    pub secrets: BTreeMap<String, SavedSecret>,
    /// When the form was last saved.
    pub updated_at: DateTime<Utc>,
    /// By whom.
    pub updated_by: String,
}

impl Settings {
    pub(crate) fn new(db: Db, vault: Vault) -> Self {
        Self { db, vault }
    }

    /// The settings of a task, or none if its form was never saved.
    pub async fn find(&self, task: &str) -> Result<Option<SavedSettings>, Error> {
        let row: Option<(String, NaiveDateTime, String)> =
            sqlx::query_as("SELECT params, updated_at, updated_by FROM task_settings WHERE task_name = ?")
                .bind(task)
                .fetch_optional(self.db.reader())
                .await?;
        let Some((params, updated_at, updated_by)) = row else {
            return Ok(None);
        };
        Ok(Some(SavedSettings {
            values: serde_json::from_str(&params)?,
            secrets: self.vault.list(&vault_owner(task)).await?,
            updated_at: from_db(updated_at),
            updated_by,
        }))
    }

    /// Saves a validated form: values and sealed passwords together or not at all.
    pub async fn save(&self, task: &str, accepted: Accepted, by: &str) -> Result<(), Error> {
        let owner = vault_owner(task);
        let saved = self.vault.list(&owner).await?;
        let mut tx = self.db.begin().await?;
        // A password that the form no longer shows could never be removed otherwise.
        for name in saved.keys().filter(|name| !accepted.secrets.contains_key(*name)) {
            self.vault.clear(&mut tx, &owner, name).await?;
        }
        for (name, change) in &accepted.secrets {
            match change {
                SecretChange::Keep => {}
                SecretChange::Replace(secret) => {
                    self.vault.replace(&mut tx, &owner, (name, secret), by).await?;
                }
                SecretChange::Clear => self.vault.clear(&mut tx, &owner, name).await?,
            }
        }
        sqlx::query(
            "INSERT INTO task_settings (task_name, params, updated_at, updated_by) VALUES (?, ?, ?, ?)
             ON CONFLICT (task_name) DO UPDATE SET params = excluded.params, updated_at = excluded.updated_at,
                 updated_by = excluded.updated_by",
        )
        .bind(task)
        .bind(Value::Object(accepted.values).to_string())
        .bind(to_db(now()))
        .bind(by)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Under which owner a task's secrets are kept.
pub(crate) fn vault_owner(task: &str) -> String {
    format!("task:{task}")
}

/// How a run's snapshot writes a password: that it was saved, not what it is.
pub(crate) const SECRET_MARK: &str = "$secret";

/// The parameters a run starts with, as JSON for `task_runs.task_config_snapshot`: plain values, and for each password
/// `{"$secret": "<vault id>"}`.
pub(crate) async fn snapshot(tx: &mut WriteTx, task: &str) -> Result<String, Error> {
    let params: Option<String> = sqlx::query_scalar("SELECT params FROM task_settings WHERE task_name = ?")
        .bind(task)
        .fetch_optional(&mut **tx)
        .await?;
    let mut params: Map<String, Value> = params
        .as_deref()
        .map(serde_json::from_str)
        .transpose()?
        .unwrap_or_default();
    let secrets: Vec<(String, String)> = sqlx::query_as("SELECT name, id FROM secrets WHERE owner = ?")
        .bind(vault_owner(task))
        .fetch_all(&mut **tx)
        .await?;
    params.extend(
        secrets
            .into_iter()
            .map(|(name, id)| (name, serde_json::json!({ SECRET_MARK: id }))),
    );
    Ok(Value::Object(Map::from_iter([("params".to_owned(), Value::Object(params))])).to_string())
}
