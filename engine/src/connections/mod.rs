//! Connected accounts: credentials whose secret another service hands out after a person has consented there (OAuth 2.0,
//! authorisation code with PKCE), and takes back.
//!
//! `app` is what an administrator enters of the app that is registered at the service, `connect` the way there and back,
//! `renew` what happens before a run, `given` what a task gets. All tokens are sealed in the vault.

mod app;
mod connect;
mod given;
mod http;
mod refusal;
mod renew;
mod store;
mod tokens;

use chrono::{DateTime, Utc};

pub use app::{App, Provider, Typed};
pub use connect::{Arrived, ConnectError};
pub use refusal::Refusal;
pub(crate) use renew::HandOutError;
pub use store::Connections;

use crate::Error;
use crate::credentials::CredentialError;

/// A connected account without its secrets.
#[derive(Debug, Clone, PartialEq)]
pub struct Connection {
    /// The credential that it is.
    pub credential: String,
    /// The app through which it is connected.
    pub app: App,
    /// Whether tasks can use it.
    pub standing: Standing,
}

/// Whether tasks can use a connected account.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// Nobody has connected it yet.
    New,
    /// It works, as far as is known.
    Connected {
        /// Since when.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
    },
    /// It has to be connected again.
    Broken {
        /// Since when.
        at: DateTime<Utc>,
        /// What the service said.
        why: Refusal,
    },
}

/// Why the app of a connected account was not saved. All but the last are the person's to mend.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// Its name.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// No client id.
    #[error("Enter the client ID")]
    ClientIdMissing,
    /// No client secret where none is saved.
    #[error("Enter the client secret")]
    ClientSecretMissing,
    /// No permissions.
    #[error("Enter the permissions to ask for")]
    ScopesMissing,
    /// An address on which a person consents that cannot be used; a sentence.
    #[error("{0}")]
    AuthoriseUrl(String),
    /// An address that hands out tokens that cannot be used; a sentence.
    #[error("{0}")]
    TokenUrl(String),
}

impl From<Error> for ConnectionError {
    fn from(error: Error) -> Self {
        Self::Credential(error.into())
    }
}

impl From<sqlx::Error> for ConnectionError {
    fn from(error: sqlx::Error) -> Self {
        Error::from(error).into()
    }
}
