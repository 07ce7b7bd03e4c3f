//! What can go wrong below the web. The texts are for the operator's log, never for a page.

use crate::db;

/// Any failure of the engine that is not the caller's mistake.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or was away.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// A migration failed.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A file or process could not be used.
    #[error("{what}: {source}")]
    Io {
        /// What was tried, with the path.
        what: String,
        /// What the system answered.
        source: std::io::Error,
    },
    /// Stored JSON does not read back.
    #[error("stored data: {0}")]
    Stored(String),
    /// Sealing or opening failed.
    #[error("vault: {0}")]
    Vault(&'static str),
    /// A setting of the server cannot be used.
    #[error("{0}")]
    Config(String),
}

impl Error {
    /// Whether the database is away: the same may work later.
    pub fn is_away(&self) -> bool {
        match self {
            Self::Database(error) => db::is_away(error),
            _ => false,
        }
    }

    /// Whether another transaction was in the way, so that the same may work at once.
    pub(crate) fn is_conflict(&self) -> bool {
        match self {
            Self::Database(error) => db::is_conflict(error),
            _ => false,
        }
    }

    /// For `map_err` on an I/O call: keeps what was tried.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io {
            what: what.into(),
            source,
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Stored(error.to_string())
    }
}
