//! Named calendars: days and hours in which the schedules that use them do not run.

mod ics;
mod store;

use chrono::{DateTime, Utc};
use domain::calendar::LineError;

pub use ics::{IcsError, lines_of};
pub use store::Calendars;
pub(crate) use store::{Named, find_all};

use crate::Error;
use crate::db::failed_is_ours;

/// The longest name, in characters.
const MAX_NAME: usize = 100;
/// The most text, in bytes: the limit of one field of a form.
const MAX_CONTENT: usize = 64 * 1024;

/// A calendar as a person wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// Stable id.
    pub id: String,
    /// What people call it; unique without regard to case.
    pub name: String,
    /// Its lines, as [`domain::calendar::parse`] reads them.
    pub content: String,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// By whom.
    pub updated_by: String,
}

/// Why a calendar was not changed. All but the last are the person's to mend, and read as sentences for a page.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// No name.
    #[error("Enter a name")]
    NameMissing,
    /// More than 100 characters.
    #[error("The name must be 100 characters or less")]
    NameTooLong,
    /// Another calendar has it, in these or other capitals.
    #[error("There is already a calendar with this name")]
    NameTaken,
    /// Too many lines for one calendar.
    #[error("The lines must be 64 KiB or less together")]
    ContentTooLong,
    /// Lines that cannot be read.
    #[error("{}", messages(_0))]
    Lines(Vec<LineError>),
    /// Schedules use it.
    #[error("It is used by schedules of {}", tasks.join(", "))]
    InUse {
        /// The tasks' folders, by name.
        tasks: Vec<String>,
    },
    /// There is none with this id any more.
    #[error("This calendar was deleted")]
    NotFound,
    /// A failure of ours.
    #[error(transparent)]
    Failed(#[from] Error),
}

failed_is_ours!(CalendarError);

/// So many mistakes are named at once.
const NAMED: usize = 3;

fn messages(errors: &[LineError]) -> String {
    let some: Vec<&str> = errors
        .iter()
        .take(NAMED)
        .map(|error| error.message.as_str())
        .collect();
    match errors.len().saturating_sub(NAMED) {
        0 => some.join(". "),
        more => format!("{}. And {more} more", some.join(". ")),
    }
}
