//! Schedules that come after others.

use chrono::NaiveDateTime;

use super::ScheduleError;
use crate::Error;
use crate::db::{News, WriteTx, query, tell};

/// Schedules in a row at most.
const LONGEST_ROW: usize = 50;

/// Refuses a predecessor that is not there, or that comes after the schedule itself.
pub(super) async fn refuse_circle(
    tx: &mut WriteTx,
    id: &str,
    predecessor: Option<&str>,
) -> Result<(), ScheduleError> {
    let mut next = predecessor.map(str::to_owned);
    for _ in 0..LONGEST_ROW {
        let Some(before) = next else { return Ok(()) };
        if before == id {
            return Err(ScheduleError::Circle);
        }
        let row: Option<(Option<String>,)> =
            query("SELECT after_schedule FROM schedules WHERE id = ? {lock}")
                .bind(before)
                .fetch_optional(&mut *tx)
                .await?;
        let Some((before,)) = row else {
            return Err(ScheduleError::PredecessorGone);
        };
        next = before;
    }
    Err(ScheduleError::Circle)
}

/// A run of a schedule has succeeded: those that come after it are due. In the transaction that ends the run, so that
/// this happens once.
pub(crate) async fn call_followers(
    tx: &mut WriteTx,
    schedule: &str,
    succeeded_at: NaiveDateTime,
) -> Result<bool, Error> {
    let called = query(
        "UPDATE schedules SET next_run_at = ? WHERE after_schedule = ? AND NOT paused AND next_run_at IS NULL",
    )
    .bind(succeeded_at)
    .bind(schedule)
    .execute(&mut *tx)
    .await?;
    if called > 0 {
        tell(tx, News::Schedules).await?;
    }
    Ok(called > 0)
}
