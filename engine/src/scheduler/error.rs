//! Why a schedule was not changed.

use crate::Error;
use crate::db::failed_is_ours;

/// All but the last are the person's to mend, and read as sentences for a page.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// It would come after itself.
    #[error("That schedule comes after this one already. Select another")]
    Circle,
    /// The schedule it is to come after was deleted.
    #[error("That schedule was deleted. Select another")]
    PredecessorGone,
    /// It cannot go while others come after it.
    #[error("Schedules of {} come after this one. Change or delete them first", tasks.join(", "))]
    HasFollowers {
        /// The tasks' folders, by name.
        tasks: Vec<String>,
    },
    /// A failure of ours.
    #[error(transparent)]
    Failed(#[from] Error),
}

failed_is_ours!(ScheduleError);
