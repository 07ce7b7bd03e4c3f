//! What the form of a task holds: plain values and references here, passwords in the vault, files in `uploads`.

mod attention;
mod snapshot;
mod store;
mod trial;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::params::FileRef;
use serde_json::{Map, Value};

pub use crate::vault::SavedSecret;
pub(crate) use attention::{apart, in_words, of_snapshot};
pub(crate) use snapshot::{SECRET_MARK, as_snapshot, overlay, params_of, snapshot, stored, vault_owner};
pub use store::Settings;
pub use trial::CheckOutcome;

/// The settings of one task as a page may show them.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedSettings {
    /// Plain values by parameter name; files and credentials as references.
    pub values: Map<String, Value>,
    /// Which password parameters are saved.
    pub secrets: BTreeMap<String, SavedSecret>,
    /// Which file parameters have a file.
    pub files: BTreeMap<String, FileRef>,
    /// When the form was last saved.
    pub updated_at: DateTime<Utc>,
    /// By whom.
    pub updated_by: String,
}

impl SavedSettings {
    /// Names of the parameters that an empty field leaves as they are: saved passwords and files.
    pub fn saved_names(&self) -> BTreeSet<String> {
        self.secrets.keys().chain(self.files.keys()).cloned().collect()
    }
}
