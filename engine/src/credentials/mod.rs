//! Named secrets that any task may use by a parameter of the type `credential`.
//!
//! The name is plain; the secret is sealed in the vault and opened for a task's process only.

mod run_out;
mod store;
mod trial;

use chrono::{DateTime, NaiveDate, Utc};
use domain::secret::Secret;
use domain::words;

pub use store::Credentials;
pub(crate) use store::{Opened, reference, referred, vault_owner};
pub use trial::{Tried, TriedOutcome};

use crate::Error;
use crate::db::failed_is_ours;

/// The longest name, in characters.
const MAX_NAME: usize = 100;
/// The largest secret, in bytes: a service account's key file is some 2 KiB.
const MAX_SECRET: usize = 64 * 1024;

/// A credential without its secret.
#[derive(Debug, Clone, PartialEq)]
pub struct Credential {
    /// Stable id.
    pub id: String,
    /// What people call it; unique without regard to case.
    pub name: String,
    /// When its name or its secret was last changed.
    pub updated_at: DateTime<Utc>,
    /// By whom.
    pub updated_by: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// By whom.
    pub created_by: String,
    /// The last day on which the secret works, if somebody said so.
    pub runs_out_on: Option<NaiveDate>,
}

/// A secret as it comes from a form, with the last day on which it works.
pub struct Fresh {
    /// What is sealed.
    pub secret: Secret,
    /// None where nobody said so: the day of the secret before it does not stay.
    pub runs_out_on: Option<NaiveDate>,
}

impl From<Secret> for Fresh {
    fn from(secret: Secret) -> Self {
        Self {
            secret,
            runs_out_on: None,
        }
    }
}

/// Why a credential was not changed. All but the last are the person's to mend, and read as sentences for a page.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// No name.
    #[error("Enter a name")]
    NameMissing,
    /// More than 100 characters.
    #[error("The name must be 100 characters or less")]
    NameTooLong,
    /// Another credential has it, in these or other capitals.
    #[error("There is already a credential with this name")]
    NameTaken,
    /// No secret.
    #[error("Enter the secret")]
    SecretMissing,
    /// More than 64 KiB.
    #[error("The secret must be 64 KiB or less")]
    SecretTooLong,
    /// Holds a NUL character, which programs do not take.
    #[error("The secret must not contain a NUL character")]
    SecretHoldsNul,
    /// Saved settings refer to it.
    #[error("It is used by {}", tasks.join(", "))]
    InUse {
        /// The tasks' folders, by name.
        tasks: Vec<String>,
    },
    /// There is none with this id any more.
    #[error("This credential was deleted")]
    NotFound,
    /// A failure of ours.
    #[error(transparent)]
    Failed(#[from] Error),
}

failed_is_ours!(CredentialError);

/// The name as it is kept: one line, no space around it.
pub(crate) fn checked_name(name: &str) -> Result<String, CredentialError> {
    let name = words::one_line(name);
    match name.chars().count() {
        0 => Err(CredentialError::NameMissing),
        count if count > MAX_NAME => Err(CredentialError::NameTooLong),
        _ => Ok(name),
    }
}

fn check_secret(secret: &Secret) -> Result<(), CredentialError> {
    match secret.expose() {
        text if text.trim().is_empty() => Err(CredentialError::SecretMissing),
        text if text.len() > MAX_SECRET => Err(CredentialError::SecretTooLong),
        text if text.contains('\0') => Err(CredentialError::SecretHoldsNul),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_tidy_line_of_at_most_a_hundred_characters() {
        assert_eq!(checked_name("  Shop\n API\t key ").unwrap(), "Shop API key");
        assert_eq!(checked_name(&"ä".repeat(100)).unwrap().chars().count(), 100);
        assert!(matches!(
            checked_name(&"x".repeat(101)),
            Err(CredentialError::NameTooLong)
        ));
        assert!(matches!(
            checked_name(" \u{0} "),
            Err(CredentialError::NameMissing)
        ));
    }

    #[test]
    fn secrets_are_refused_when_empty_too_long_or_unfit_for_programs() {
        assert!(check_secret(&Secret::new("k")).is_ok());
        assert!(matches!(
            check_secret(&Secret::new(" \n")),
            Err(CredentialError::SecretMissing)
        ));
        assert!(check_secret(&Secret::new("x".repeat(MAX_SECRET))).is_ok());
        assert!(matches!(
            check_secret(&Secret::new("x".repeat(MAX_SECRET + 1))),
            Err(CredentialError::SecretTooLong)
        ));
        assert!(matches!(
            check_secret(&Secret::new("a\0b")),
            Err(CredentialError::SecretHoldsNul)
        ));
    }
}
