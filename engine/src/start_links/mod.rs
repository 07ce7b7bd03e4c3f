//! Start links: addresses with which other systems start a task, without an account.
//!
//! Each has a secret token of 256 bits, of which only a hash is stored. It starts one task with that task's settings, and
//! may replace those values that its maker allowed; never passwords or files.

mod start;
mod store;

use chrono::{DateTime, Utc};
use domain::secret::Secret;

pub use start::{StartError, Started};
pub use store::StartLinks;

use crate::Error;
use crate::db::failed_is_ours;

/// The longest name, in characters.
const MAX_NAME: usize = 100;

/// A link without its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartLink {
    /// Stable id.
    pub id: String,
    /// The task's folder.
    pub task_name: String,
    /// Who uses it, in the words of whoever made it: "Web shop".
    pub name: String,
    /// Names of the parameters that it may set.
    pub may_set: Vec<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// By whom.
    pub created_by: String,
    /// When it last started a run.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A fresh link's token, on its way to the page that shows it this once.
pub struct StartToken(Secret);

impl StartToken {
    /// For that page, nothing else.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// Why a link was not made. All but the last are the person's to mend, and read as sentences for a page.
#[derive(Debug, thiserror::Error)]
pub enum StartLinkError {
    /// No name.
    #[error("Enter a name")]
    NameMissing,
    /// More than 100 characters.
    #[error("The name must be 100 characters or less")]
    NameTooLong,
    /// The task has another one with it.
    #[error("There is already a link with this name")]
    NameTaken,
    /// A failure of ours.
    #[error(transparent)]
    Failed(#[from] Error),
}

failed_is_ours!(StartLinkError);
