//! Presets: named sets of values for a task, to start a run or a schedule from. Passwords and files are never among them;
//! credentials are, as references.

mod store;

use chrono::{DateTime, Utc};
use domain::words;
use serde_json::{Map, Value};

pub use store::Presets;

use crate::Error;
use crate::db::failed_is_ours;

/// The longest name, in characters.
const MAX_NAME: usize = 100;
/// So many a task may have: more are no longer a list to choose from.
const MOST: i64 = 50;

/// A set of values with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Preset {
    /// Stable id.
    pub id: String,
    /// The task's folder.
    pub task_name: String,
    /// What people call it; unique within the task, without regard to case.
    pub name: String,
    /// Values by parameter name; `null` is one that was left empty on purpose.
    pub values: Map<String, Value>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// By whom.
    pub updated_by: String,
}

/// Why a preset was not changed. All but the last are the person's to mend, and read as sentences for a page.
#[derive(Debug, thiserror::Error)]
pub enum PresetError {
    /// No name.
    #[error("Enter a name")]
    NameMissing,
    /// More than 100 characters.
    #[error("The name must be {MAX_NAME} characters or less")]
    NameTooLong,
    /// The task has another one with it, in these or other capitals.
    #[error("This task already has a preset with this name")]
    NameTaken,
    /// The task has as many as it may.
    #[error("A task can have {MOST} presets. Delete one first")]
    TooMany,
    /// There is none with this id any more.
    #[error("This preset was deleted")]
    NotFound,
    /// A failure of ours.
    #[error(transparent)]
    Failed(#[from] Error),
}

failed_is_ours!(PresetError);

/// What is wrong with a name, before anything is saved with it.
pub fn check_name(name: &str) -> Result<(), PresetError> {
    checked_name(name).map(drop)
}

/// The name as it is kept: one line, no space around it.
fn checked_name(name: &str) -> Result<String, PresetError> {
    let name = words::one_line(name);
    match name.chars().count() {
        0 => Err(PresetError::NameMissing),
        count if count > MAX_NAME => Err(PresetError::NameTooLong),
        _ => Ok(name),
    }
}
