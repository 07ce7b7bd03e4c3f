//! Trying a scheduled run again after a failure, as its schedule says.

use chrono::TimeDelta;
use domain::run::{FailureReason, Trigger};
use domain::schedule::Policy;

use super::end::End;
use super::insert::{NewRetry, NewRun, insert};
use crate::Error;
use crate::db::{Link, WriteTx, from_db, query};

/// Failures that may pass by themselves. Code that does not load and settings that do not fit need a person first, and a
/// run that was interrupted may have done half of its work (INV4).
const MAY_PASS: [FailureReason; 5] = [
    FailureReason::Error,
    FailureReason::TimedOut,
    FailureReason::Killed,
    FailureReason::NoResult,
    FailureReason::OutOfMemory,
];

/// What a schedule says; the usual when it was deleted.
pub(super) async fn policy_of(link: impl Into<Link<'_>>, schedule: &str) -> Result<Policy, Error> {
    let policy: Option<String> = query("SELECT policy FROM schedules WHERE id = ?")
        .bind(schedule)
        .find_value(link)
        .await?;
    Ok(policy
        .as_deref()
        .map(serde_json::from_str)
        .transpose()?
        .unwrap_or_default())
}

/// Queues the next try of a run that just failed, if there is one.
pub(super) async fn try_again(tx: &mut WriteTx, end: &End) -> Result<(), Error> {
    let reason = end.reason.as_deref().and_then(FailureReason::from_code);
    if !reason.is_some_and(|reason| MAY_PASS.contains(&reason)) {
        return Ok(());
    }
    let (Some(schedule), attempt) = (&end.schedule_id, end.attempt) else {
        return Ok(());
    };
    let policy = policy_of(&mut *tx, schedule).await?;
    let attempted = u32::try_from(attempt).unwrap_or(u32::MAX);
    let Some(wait) = policy.retry.and_then(|retry| retry.wait_after(attempted)) else {
        return Ok(());
    };
    let run = NewRun {
        schedule: Some(schedule),
        // Whatever the next occurrence does, a try never runs beside another run of its schedule.
        alone: true,
        retry: Some(NewRetry {
            of: &end.run_id,
            attempt: attempt + 1,
        }),
        not_before: Some(from_db(end.completed_at) + TimeDelta::minutes(wait.into())),
        priority: policy.priority,
        ..NewRun::new(&end.task_name, Trigger::Scheduler)
    };
    insert(tx, &run).await?;
    Ok(())
}
