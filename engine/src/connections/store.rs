//! The `connections` table: a row for each credential that is a connected account. Its secrets are in the vault.

use chrono::NaiveDateTime;
use domain::secret::Secret;
use ipnet::IpNet;

use super::http::Asker;
use super::tokens::Tokens;
use super::{App, Connection, ConnectionError, Provider, Refusal, Standing, Typed};
use crate::Error;
use crate::credentials::{CredentialError, Credentials, vault_owner};
use crate::db::{Db, WriteTx, from_db, now, query, to_db};
use crate::vault::Vault;

/// Under which names the vault keeps the secrets of a connected account.
pub(super) const CLIENT_SECRET: &str = "client_secret";
pub(super) const ACCESS: &str = "access_token";
pub(super) const REFRESH: &str = "refresh_token";

/// All connected accounts.
pub struct Connections {
    pub(super) db: Db,
    pub(super) vault: Vault,
    pub(super) credentials: Credentials,
    pub(super) asker: Asker,
}

/// A row with everything but secrets.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub(super) id: String,
    provider: String,
    client_id: String,
    scopes: String,
    authorise_url: String,
    token_url: String,
    pub(super) granted: Option<String>,
    connected_at: Option<NaiveDateTime>,
    connected_by: Option<String>,
    pub(super) expires_at: Option<NaiveDateTime>,
    problem: Option<String>,
    problem_at: Option<NaiveDateTime>,
}

macro_rules! select_connections {
    ($rest:literal) => {
        concat!(
            "SELECT id, provider, client_id, scopes, authorise_url, token_url, granted, connected_at, connected_by,
                expires_at, problem, problem_at FROM connections ",
            $rest
        )
    };
}
impl Row {
    pub(super) fn into_connection(self) -> Connection {
        let standing = match (&self.problem, self.problem_at, self.connected_at) {
            (Some(code), Some(at), _) => Standing::Broken {
                at: from_db(at),
                why: Refusal::from_code(code).unwrap_or(Refusal::Unclear),
            },
            (_, _, Some(at)) => Standing::Connected {
                at: from_db(at),
                by: self.connected_by.unwrap_or_default(),
            },
            _ => Standing::New,
        };
        Connection {
            app: App {
                provider: Provider::from_code(&self.provider).unwrap_or(Provider::Other),
                client_id: self.client_id,
                scopes: words(&self.scopes),
                authorise_url: self.authorise_url,
                token_url: self.token_url,
            },
            credential: self.id,
            standing,
        }
    }
}

/// Scopes are stored with a space between them.
pub(super) fn words(stored: &str) -> Vec<String> {
    stored.split_whitespace().map(str::to_owned).collect()
}

impl Connections {
    pub(crate) fn new(db: Db, vault: Vault, credentials: Credentials, allowed: &[IpNet]) -> Self {
        Self {
            db,
            vault,
            credentials,
            asker: Asker::new(allowed),
        }
    }

    /// Makes a credential that is a connected account, not connected yet, and returns its id.
    pub async fn create(&self, name: &str, typed: &Typed, by: &str) -> Result<String, ConnectionError> {
        let (app, secret) = typed.checked(|url| self.asker.may_be_plain(url))?;
        let secret = secret.ok_or(ConnectionError::ClientSecretMissing)?;
        let name = crate::credentials::checked_name(name)?;
        let mut tx = self.db.begin().await?;
        let id = self.credentials.insert(&mut tx, &name, None, by).await?;
        query(
            "INSERT INTO connections (id, provider, client_id, scopes, authorise_url, token_url)
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(&id)
        .bind(app.provider.code())
        .bind(app.client_id)
        .bind(app.scopes.join(" "))
        .bind(app.authorise_url)
        .bind(app.token_url)
        .execute(&mut tx)
        .await?;
        self.seal(&mut tx, &id, (CLIENT_SECRET, &secret), by).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Changes the app. With another client or another address for tokens, those that are there are worth nothing, and
    /// the account has to be connected again.
    pub async fn change(&self, id: &str, typed: &Typed, by: &str) -> Result<(), ConnectionError> {
        let (app, secret) = typed.checked(|url| self.asker.may_be_plain(url))?;
        let before = self.find(id).await?.ok_or(CredentialError::NotFound)?;
        let is_other = app.client_id != before.app.client_id || app.token_url != before.app.token_url;
        let mut tx = self.db.begin().await?;
        query(
            "UPDATE connections SET provider = ?, client_id = ?, scopes = ?, authorise_url = ?, token_url = ?
             WHERE id = ?",
        )
        .bind(app.provider.code())
        .bind(app.client_id)
        .bind(app.scopes.join(" "))
        .bind(app.authorise_url)
        .bind(app.token_url)
        .bind(id)
        .execute(&mut tx)
        .await?;
        if let Some(secret) = secret {
            self.seal(&mut tx, id, (CLIENT_SECRET, &secret), by).await?;
        }
        if is_other {
            query(
                "UPDATE connections SET connected_at = NULL, connected_by = NULL, expires_at = NULL, granted = NULL,
                    problem = NULL, problem_at = NULL WHERE id = ?",
            )
            .bind(id)
            .execute(&mut tx)
            .await?;
            for name in [ACCESS, REFRESH] {
                self.vault.clear(&mut tx, &vault_owner(id), name).await?;
            }
        }
        query("UPDATE credentials SET updated_at = ?, updated_by = ? WHERE id = ?")
            .bind(to_db(now()))
            .bind(by)
            .bind(id)
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// One connected account; nothing for a credential that is none.
    pub async fn find(&self, id: &str) -> Result<Option<Connection>, Error> {
        Ok(self.row(id).await?.map(Row::into_connection))
    }

    /// All of them.
    pub async fn list(&self) -> Result<Vec<Connection>, Error> {
        let rows: Vec<Row> = query(select_connections!("ORDER BY id"))
            .fetch_all(self.db.reader())
            .await?;
        Ok(rows.into_iter().map(Row::into_connection).collect())
    }

    pub(super) async fn row(&self, id: &str) -> Result<Option<Row>, Error> {
        let row = query(select_connections!("WHERE id = ?"))
            .bind(id)
            .fetch_optional(self.db.reader())
            .await?;
        Ok(row)
    }

    /// Puts tokens in place of those that were there. One that renews stays until there is another.
    pub(super) async fn keep(
        &self,
        tx: &mut WriteTx,
        id: &str,
        tokens: &Tokens,
        by: &str,
    ) -> Result<(), Error> {
        self.seal(tx, id, (ACCESS, &tokens.access), by).await?;
        if let Some(refresh) = &tokens.refresh {
            self.seal(tx, id, (REFRESH, refresh), by).await?;
        }
        query(
            "UPDATE connections SET expires_at = ?, granted = COALESCE(?, granted), problem = NULL, problem_at = NULL,
                lease_by = NULL, lease_until = NULL WHERE id = ?",
        )
        .bind(tokens.expires_at.map(to_db))
        .bind(tokens.granted.as_ref().map(|granted| granted.join(" ")))
        .bind(id)
        .execute(tx)
        .await?;
        Ok(())
    }

    pub(super) async fn seal(
        &self,
        tx: &mut WriteTx,
        id: &str,
        named: (&str, &Secret),
        by: &str,
    ) -> Result<(), Error> {
        self.vault.replace(tx, &vault_owner(id), named, by).await
    }
}
