//! The `secrets` table: one sealed value for each owner and name.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::secret::Secret;
use uuid::Uuid;

use super::{Cipher, key};
use crate::Error;
use crate::db::{Db, WriteTx, from_db, now, query, to_db};

const CHECK: &str = "InsightMesh Tasks";

/// Seals password parameters and opens them for the runner, nobody else.
#[derive(Clone)]
pub struct Vault {
    db: Db,
    cipher: Cipher,
}

/// That a secret is saved, without the secret.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedSecret {
    /// When it was last replaced.
    pub updated_at: DateTime<Utc>,
    /// Who replaced it.
    pub updated_by: String,
}

impl Vault {
    /// Opens the key file (made if missing) and makes sure that it belongs to this database (fault case F77).
    pub async fn open(db: Db, path: &Path) -> Result<Self, Error> {
        let known: Option<Vec<u8>> = query("SELECT sealed FROM vault_check WHERE id = 1")
            .find_value(db.reader())
            .await?;
        if known.is_some() && !path.exists() {
            return Err(Error::Config(format!(
                "The key file {} is missing, but the database holds secrets sealed with it. Put it back from your \
                 backup, or copy it from the server that made the database (SECRET_KEY_FILE).",
                path.display()
            )));
        }
        let cipher = Cipher::new(&key::load_or_create(path)?);
        let known = match known {
            Some(sealed) => sealed,
            None => {
                let sealed = cipher.seal(&Secret::new(CHECK), CHECK)?;
                query("INSERT INTO vault_check (id, sealed) VALUES (1, ?)")
                    .or_nothing()
                    .bind(sealed)
                    .execute(db.writer())
                    .await?;
                // Another server that started at the same moment may have been first, with a key of its own.
                query("SELECT sealed FROM vault_check WHERE id = 1")
                    .fetch_value(db.writer())
                    .await?
            }
        };
        cipher.open(&known, CHECK).map_err(|_| {
            Error::Config(format!(
                "The key file {} is not the one this database was made with. Put the right one back; servers that \
                 share a database need the same (SECRET_KEY_FILE).",
                path.display()
            ))
        })?;
        Ok(Self { db, cipher })
    }

    /// Seals a value in place of the one that was there.
    pub(crate) async fn replace(
        &self,
        tx: &mut WriteTx,
        owner: &str,
        (name, value): (&str, &Secret),
        by: &str,
    ) -> Result<(), Error> {
        self.clear(tx, owner, name).await?;
        let id = Uuid::now_v7().to_string();
        let sealed = self.cipher.seal(value, &bound_to(&id, owner, name))?;
        query(
            "INSERT INTO secrets (id, owner, name, sealed, updated_at, updated_by) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(id)
        .bind(owner)
        .bind(name)
        .bind(sealed)
        .bind(to_db(now()))
        .bind(by)
        .execute(&mut *tx)
        .await?;
        Ok(())
    }

    /// Forgets a value.
    pub(crate) async fn clear(&self, tx: &mut WriteTx, owner: &str, name: &str) -> Result<(), Error> {
        query("DELETE FROM secrets WHERE owner = ? AND name = ?")
            .bind(owner)
            .bind(name)
            .execute(&mut *tx)
            .await?;
        Ok(())
    }

    /// Forgets all values of an owner.
    pub(crate) async fn clear_all(&self, tx: &mut WriteTx, owner: &str) -> Result<(), Error> {
        query("DELETE FROM secrets WHERE owner = ?")
            .bind(owner)
            .execute(tx)
            .await?;
        Ok(())
    }

    /// Which secrets an owner has, and since when.
    pub(crate) async fn list(&self, owner: &str) -> Result<BTreeMap<String, SavedSecret>, Error> {
        let rows: Vec<(String, NaiveDateTime, String)> =
            query("SELECT name, updated_at, updated_by FROM secrets WHERE owner = ?")
                .bind(owner)
                .fetch_all(self.db.reader())
                .await?;
        let saved = |(name, at, updated_by)| {
            (
                name,
                SavedSecret {
                    updated_at: from_db(at),
                    updated_by,
                },
            )
        };
        Ok(rows.into_iter().map(saved).collect())
    }

    /// The same for every owner of a kind, `task:` and the like, by what follows.
    pub(crate) async fn list_all(
        &self,
        kind: &str,
    ) -> Result<BTreeMap<String, BTreeMap<String, SavedSecret>>, Error> {
        let rows: Vec<(String, String, NaiveDateTime, String)> =
            query("SELECT owner, name, updated_at, updated_by FROM secrets")
                .fetch_all(self.db.reader())
                .await?;
        let mut all: BTreeMap<String, BTreeMap<String, SavedSecret>> = BTreeMap::new();
        for (owner, name, at, updated_by) in rows {
            if let Some(owner) = owner.strip_prefix(kind) {
                let saved = SavedSecret {
                    updated_at: from_db(at),
                    updated_by,
                };
                all.entry(owner.to_owned()).or_default().insert(name, saved);
            }
        }
        Ok(all)
    }

    /// Opens an owner's secrets. Only the runner calls this, to hand them to one child process.
    pub(crate) async fn open_all(&self, owner: &str) -> Result<BTreeMap<String, Secret>, Error> {
        let rows: Vec<(String, String, Vec<u8>)> =
            query("SELECT id, name, sealed FROM secrets WHERE owner = ?")
                .bind(owner)
                .fetch_all(self.db.reader())
                .await?;
        rows.into_iter()
            .map(|(id, name, sealed)| {
                let secret = self.cipher.open(&sealed, &bound_to(&id, owner, &name))?;
                Ok((name, secret))
            })
            .collect()
    }
}

/// Unit separators keep `("a", "bc")` and `("ab", "c")` apart.
fn bound_to(id: &str, owner: &str, name: &str) -> String {
    format!("{id}\u{1f}{owner}\u{1f}{name}")
}
