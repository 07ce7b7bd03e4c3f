//! Accounts and their sessions.

use std::sync::Arc;
use std::time::Instant;

use chrono::{NaiveDateTime, TimeDelta};
use domain::secret::Secret;
use uuid::Uuid;

use super::password;
use super::throttle::Throttle;
use super::token::{self, SessionToken};
use crate::Error;
use crate::db::{Db, from_db, is_taken, now, persistently, query, to_db};

/// A session ends after this long without use, and after [`longest_session`] in any case (rule S04).
const IDLE: TimeDelta = TimeDelta::hours(8);

const fn longest_session() -> TimeDelta {
    TimeDelta::days(7)
}

/// Accounts, passwords and sessions.
#[derive(Clone)]
pub struct Accounts {
    db: Db,
    /// Opens the set-up page, once, on this server, until an account exists.
    set_up_token: Arc<Secret>,
    throttle: Arc<Throttle>,
}

/// A signed-in person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Stable id.
    pub id: String,
    /// Name as typed at set-up; shown on runs and changes.
    pub name: String,
}

/// Why the first administrator was not created.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// The link is not the one this server printed.
    #[error("wrong set-up token")]
    WrongToken,
    /// An account exists already.
    #[error("already set up")]
    AlreadyDone,
    /// What is wrong with the name.
    #[error("{0}")]
    Name(&'static str),
    /// What is wrong with the password.
    #[error("{0}")]
    Password(&'static str),
    /// Not the visitor's fault.
    #[error(transparent)]
    Engine(#[from] Error),
}

/// Why a login failed.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// Unknown name or wrong password; which of the two is not said.
    #[error("wrong name or password")]
    Wrong,
    /// Too many wrong tries; wait half a minute.
    #[error("too many tries")]
    TooManyTries,
    /// Not the visitor's fault.
    #[error(transparent)]
    Engine(#[from] Error),
}

impl From<sqlx::Error> for SetUpError {
    fn from(error: sqlx::Error) -> Self {
        Self::Engine(error.into())
    }
}

impl From<sqlx::Error> for LoginError {
    fn from(error: sqlx::Error) -> Self {
        Self::Engine(error.into())
    }
}

impl Accounts {
    pub(crate) fn new(db: Db) -> Self {
        Self {
            db,
            set_up_token: Arc::new(Secret::new(token::random())),
            throttle: Arc::default(),
        }
    }

    /// The token for the printed set-up link.
    pub fn set_up_token(&self) -> &Secret {
        &self.set_up_token
    }

    /// Whether this is the printed token.
    pub fn is_set_up_token(&self, token: &str) -> bool {
        token::same(token, self.set_up_token.expose())
    }

    /// Whether any account exists.
    pub async fn is_set_up(&self) -> Result<bool, Error> {
        Ok(query("SELECT EXISTS (SELECT 1 FROM users)")
            .fetch_value(self.db.reader())
            .await?)
    }

    /// Creates the first administrator and signs them in. Refused for ever once an account exists (rule S01).
    pub async fn create_first(
        &self,
        token: &str,
        name: &str,
        password: &Secret,
    ) -> Result<SessionToken, SetUpError> {
        if self.is_set_up().await? {
            return Err(SetUpError::AlreadyDone);
        }
        if !self.is_set_up_token(token) {
            return Err(SetUpError::WrongToken);
        }
        let name = name.trim();
        check_name(name).map_err(SetUpError::Name)?;
        check_password(password, name).map_err(SetUpError::Password)?;
        let hash = password::hash(password).await?;
        let id = Uuid::now_v7().to_string();
        let mut tx = self.db.begin().await?;
        // Of two set-up pages sent at once, to this server or two, one finds the row taken.
        match query("INSERT INTO installation (id, set_up_at) VALUES (1, ?)")
            .bind(to_db(now()))
            .execute(&mut tx)
            .await
        {
            Err(error) if is_taken(&error) => return Err(SetUpError::AlreadyDone),
            done => done?,
        };
        query("INSERT INTO users (id, name, password_hash, role, created_at) VALUES (?, ?, ?, 'admin', ?)")
            .bind(&id)
            .bind(name)
            .bind(hash)
            .bind(to_db(now()))
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(self.create_session(&id).await?)
    }

    /// Checks name and password and opens a session.
    pub async fn login(&self, name: &str, password: &Secret) -> Result<SessionToken, LoginError> {
        let name = name.trim();
        if !self.throttle.allows(name, Instant::now()) {
            return Err(LoginError::TooManyTries);
        }
        let found: Option<(String, String)> =
            query("SELECT id, password_hash FROM users WHERE LOWER(name) = LOWER(?)")
                .bind(name)
                .fetch_optional(self.db.reader())
                .await?;
        let (id, hash) = found.unzip();
        let is_right = password::verify(password, hash).await?;
        match id.filter(|_| is_right) {
            Some(id) => {
                self.throttle.succeeded(name);
                Ok(self.create_session(&id).await?)
            }
            None => {
                self.throttle.failed(name, Instant::now());
                tracing::info!("login refused");
                Err(LoginError::Wrong)
            }
        }
    }

    /// Who holds this session, if it is still good.
    pub async fn find_by_session(&self, token: &str) -> Result<Option<Account>, Error> {
        let hash = token::hash(token);
        let now = now();
        let row: Option<(String, String, NaiveDateTime)> = query(
            "SELECT users.id, users.name, sessions.last_seen_at FROM sessions
             JOIN users ON users.id = sessions.user_id
             WHERE sessions.token_hash = ? AND sessions.expires_at > ? AND sessions.last_seen_at > ?",
        )
        .bind(&hash)
        .bind(to_db(now))
        .bind(to_db(now - IDLE))
        .fetch_optional(self.db.reader())
        .await?;
        let Some((id, name, last_seen)) = row else {
            return Ok(None);
        };
        // Once a minute is fine enough for an idle limit of hours, and spares a write on every page.
        if now - from_db(last_seen) > TimeDelta::minutes(1) {
            query("UPDATE sessions SET last_seen_at = ? WHERE token_hash = ?")
                .bind(to_db(now))
                .bind(&hash)
                .execute(self.db.writer())
                .await?;
        }
        Ok(Some(Account { id, name }))
    }

    /// Ends a session.
    pub async fn logout(&self, token: &str) -> Result<(), Error> {
        query("DELETE FROM sessions WHERE token_hash = ?")
            .bind(token::hash(token))
            .execute(self.db.writer())
            .await?;
        Ok(())
    }

    async fn create_session(&self, user_id: &str) -> Result<SessionToken, Error> {
        persistently!(self.try_to_create_session(user_id))
    }

    async fn try_to_create_session(&self, user_id: &str) -> Result<SessionToken, Error> {
        let token = SessionToken::new();
        let now = now();
        let mut tx = self.db.begin().await?;
        query("DELETE FROM sessions WHERE expires_at <= ?")
            .bind(to_db(now))
            .execute(&mut tx)
            .await?;
        query(
            "INSERT INTO sessions (token_hash, user_id, created_at, last_seen_at, expires_at) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(token.hash())
        .bind(user_id)
        .bind(to_db(now))
        .bind(to_db(now))
        .bind(to_db(now + longest_session()))
        .execute(&mut tx)
        .await?;
        tx.commit().await?;
        Ok(token)
    }
}

fn check_name(name: &str) -> Result<(), &'static str> {
    match name {
        "" => Err("Enter your name"),
        name if name.chars().count() > 64 => Err("Your name must be 64 characters or less"),
        name if name.chars().any(char::is_control) => Err("Your name must not contain control characters"),
        _ => Ok(()),
    }
}

fn check_password(password: &Secret, name: &str) -> Result<(), &'static str> {
    match password.expose() {
        "" => Err("Enter a password"),
        text if text.chars().count() < password::MIN_LENGTH => {
            Err("Your password must be 12 characters or more")
        }
        text if text.len() > 1024 => Err("Your password must be 1,024 characters or less"),
        text if text.to_lowercase() == name.to_lowercase() => Err("Your password must not be your name"),
        _ => Ok(()),
    }
}
