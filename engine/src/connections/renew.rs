//! Before a task gets an account: its access is renewed when it is about to run out, by one server at a time.

use std::time::Duration;

use chrono::TimeDelta;
use domain::secret::Secret;
use tokio::time::Instant;
use uuid::Uuid;

use super::store::{ACCESS, CLIENT_SECRET, REFRESH, words};
use super::tokens::{self, Tokens};
use super::{Connection, Connections, Refusal, Standing, given};
use crate::Error;
use crate::credentials::vault_owner;
use crate::db::{from_db, now, query, to_db};

/// Access that ends sooner is renewed: a run should get some way with it.
const MARGIN: TimeDelta = TimeDelta::minutes(5);
/// Another server that renews is waited for this long; what it holds ends after 60 s.
const PATIENCE: Duration = Duration::from_secs(70);
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Who stores renewed tokens.
const BY: &str = "InsightMesh Tasks";

/// What a task's process gets.
pub(crate) struct Given {
    /// The text.
    pub(crate) text: Secret,
    /// What must not be seen again, besides.
    pub(crate) parts: Vec<Secret>,
}

/// Why a task gets nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HandOutError {
    /// It has to be connected again, or the service is away; a sentence.
    #[error("{0}")]
    Refused(String),
    /// A failure of ours.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<sqlx::Error> for HandOutError {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// How an account stands before it is handed out.
enum State {
    /// The access is good for a while.
    Fresh,
    /// It ends soon, or has ended.
    Ending,
}

impl Connections {
    /// The account for a task, renewed if need be; nothing for a credential that is no connected account.
    pub(crate) async fn hand_out(&self, id: &str, name: &str) -> Result<Option<Given>, HandOutError> {
        let Some(mut row) = self.row(id).await? else {
            return Ok(None);
        };
        let until = Instant::now() + PATIENCE;
        loop {
            let ends_at = row.expires_at.map(from_db);
            let granted = row.granted.as_deref().map(words);
            let connection = row.into_connection();
            if let State::Fresh = state(&connection, ends_at, name)? {
                return self.open(connection, granted, ends_at).await.map(Some);
            }
            let lease = Uuid::new_v4().to_string();
            if self.take(id, &lease).await? {
                // Another server may have been done just before.
                let read = self.row(id).await?.and_then(|row| row.expires_at);
                let outcome = if read == ends_at.map(to_db) {
                    Some(self.renew(&connection, &lease).await?)
                } else {
                    None
                };
                self.give_back(id, &lease).await?;
                match outcome {
                    Some(Ok(renewed)) => {
                        let granted = renewed.granted.or(granted);
                        return self.open(connection, granted, renewed.expires_at).await.map(Some);
                    }
                    // The service is away, and what is there works a little longer.
                    Some(Err(why)) if !why.lasts() && ends_at.is_some_and(|at| at > now()) => {
                        return self.open(connection, granted, ends_at).await.map(Some);
                    }
                    Some(Err(why)) => return Err(refused(&connection, why, name)),
                    None => {}
                }
            } else if Instant::now() > until {
                return Err(refused(&connection, Refusal::Unreachable, name));
            } else {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            match self.row(id).await? {
                Some(read) => row = read,
                None => return Ok(None),
            }
        }
    }

    /// Takes the right to renew, by the database's clock.
    async fn take(&self, id: &str, lease: &str) -> Result<bool, Error> {
        let taken = query(
            "UPDATE connections SET lease_by = ?, lease_until = {now + 60 s}
             WHERE id = ? AND (lease_until IS NULL OR lease_until < {now})",
        )
        .bind(lease)
        .bind(id)
        .execute(self.db.writer())
        .await?;
        Ok(taken == 1)
    }

    async fn give_back(&self, id: &str, lease: &str) -> Result<(), Error> {
        query("UPDATE connections SET lease_by = NULL, lease_until = NULL WHERE id = ? AND lease_by = ?")
            .bind(id)
            .bind(lease)
            .execute(self.db.writer())
            .await?;
        Ok(())
    }

    /// Asks for fresh tokens and stores them, or that the account has to be connected again.
    async fn renew(&self, connection: &Connection, lease: &str) -> Result<Result<Tokens, Refusal>, Error> {
        let (id, app) = (connection.credential.as_str(), &connection.app);
        let secrets = self.vault.open_all(&vault_owner(id)).await?;
        let outcome = match (secrets.get(CLIENT_SECRET), secrets.get(REFRESH)) {
            (Some(secret), Some(refresh)) => tokens::renew(&self.asker, (app, secret), refresh).await,
            _ => Err(Refusal::RanOut),
        };
        let mut tx = self.db.begin().await?;
        match &outcome {
            Ok(tokens) => self.keep(&mut tx, id, tokens, BY).await?,
            Err(why) if why.lasts() => {
                let mark = "UPDATE connections SET problem = ?, problem_at = ? WHERE id = ? AND lease_by = ?";
                query(mark)
                    .bind(why.code())
                    .bind(to_db(now()))
                    .bind(id)
                    .bind(lease)
                    .execute(&mut tx)
                    .await?;
            }
            Err(_) => {}
        }
        tx.commit().await?;
        Ok(outcome)
    }

    async fn open(
        &self,
        connection: Connection,
        granted: Option<Vec<String>>,
        expires_at: Option<chrono::DateTime<chrono::Utc>>,
    ) -> Result<Given, HandOutError> {
        let mut secrets = self.vault.open_all(&vault_owner(&connection.credential)).await?;
        let missing = || Error::Stored("a connected account without its tokens".to_owned());
        let access = secrets.remove(ACCESS).ok_or_else(missing)?;
        let client_secret = secrets.remove(CLIENT_SECRET).ok_or_else(missing)?;
        let refresh = secrets.remove(REFRESH);
        let open = given::Open {
            app: &connection.app,
            granted: granted.unwrap_or_else(|| connection.app.scopes.clone()),
            expires_at,
            access: &access,
            refresh: refresh.as_ref(),
            client_secret: &client_secret,
        };
        Ok(Given {
            text: given::text(&open),
            parts: [access, client_secret].into_iter().chain(refresh).collect(),
        })
    }
}

fn state(
    connection: &Connection,
    ends_at: Option<chrono::DateTime<chrono::Utc>>,
    name: &str,
) -> Result<State, HandOutError> {
    match connection.standing {
        Standing::New => Err(HandOutError::Refused(format!(
            "The credential \"{name}\" is not connected yet. Open it and connect it."
        ))),
        Standing::Broken { why, .. } => Err(refused(connection, why, name)),
        Standing::Connected { .. } if ends_at.is_none_or(|at| at > now() + MARGIN) => Ok(State::Fresh),
        Standing::Connected { .. } => Ok(State::Ending),
    }
}

fn refused(connection: &Connection, why: Refusal, name: &str) -> HandOutError {
    let sentence = why.sentence(connection.app.provider);
    HandOutError::Refused(if why.lasts() {
        format!("The credential \"{name}\" has to be connected again. {sentence}")
    } else {
        format!("The access of the credential \"{name}\" could not be renewed. {sentence}")
    })
}
