//! Instants in the database: UTC date-times without offset, to the millisecond.

use chrono::{DateTime, NaiveDateTime, SubsecRound, Utc};

use crate::trial;

/// The present, as precise as it is stored.
pub(crate) fn now() -> DateTime<Utc> {
    (Utc::now() + trial::clock_offset()).trunc_subsecs(3)
}

/// As a column value.
pub(crate) fn to_db(instant: DateTime<Utc>) -> NaiveDateTime {
    instant.trunc_subsecs(3).naive_utc()
}

/// From a column value.
pub(crate) fn from_db(stored: NaiveDateTime) -> DateTime<Utc> {
    stored.and_utc()
}
