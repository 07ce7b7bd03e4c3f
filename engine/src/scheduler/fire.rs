//! Writing down what follows from one schedule that is due.

use chrono::{DateTime, Utc};
use domain::run::Trigger;
use domain::schedule::{Overlap, decide};

use super::schedules::Schedule;
use crate::Error;
use crate::db::{WriteTx, now, query, to_db};
use crate::runs::{NewRun, insert};

const STILL_GOING: &str = "The previous run of this schedule was still going, so this one was skipped.";
const ONE_WAITS: &str = "A run of this schedule was waiting already, so this one was skipped.";
/// Who stopped a run that had to give way.
const BY: &str = "its schedule, for the next run";

/// Inserts the runs and moves the schedule on. The ids are those of runs that must be stopped for it.
pub(super) async fn fire(
    tx: &mut WriteTx,
    schedule: &Schedule,
    attention: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Vec<String>, Error> {
    let Some(due) = schedule.next_run_at else {
        return Ok(Vec::new());
    };
    if let Some(problem) = &schedule.problem {
        hold(tx, schedule, due, problem).await?;
        return Ok(Vec::new());
    }
    let due = decide(&schedule.timetable, &schedule.policy, due, now);
    let usual = NewRun {
        schedule: Some(&schedule.id),
        ..NewRun::new(&schedule.task_name, Trigger::Scheduler)
    };
    if let Some(missed) = &due.missed {
        let sentence = missed.describe(schedule.timetable.zone);
        let run = NewRun {
            due: Some(missed.first),
            occurrences: missed.count,
            skipped: Some(&sentence),
            ..usual
        };
        insert(tx, &run).await?;
    }
    let mut stopped = Vec::new();
    // What is made up for runs one after the other, whatever the schedule says of overlaps.
    let is_one_of_many = due.runs.len() > 1;
    for (index, at) in due.runs.iter().enumerate() {
        let open = if index == 0 {
            open_runs(tx, &schedule.id).await?
        } else {
            Open::default()
        };
        let overlap = schedule.policy.overlap;
        let skipped = match (attention, overlap) {
            (Some(sentence), _) => Some(sentence),
            (_, Overlap::Skip) if !open.is_empty() && !is_one_of_many => Some(STILL_GOING),
            (_, Overlap::Wait) if !open.waiting.is_empty() && !is_one_of_many => Some(ONE_WAITS),
            (_, Overlap::Replace) if attention.is_none() => {
                stopped.extend(stop(tx, open).await?);
                None
            }
            _ => None,
        };
        let run = NewRun {
            due: Some(*at),
            alone: is_one_of_many || matches!(overlap, Overlap::Wait | Overlap::Replace),
            skipped,
            ..usual
        };
        insert(tx, &run).await?;
    }
    query("UPDATE schedules SET next_run_at = ? WHERE id = ?")
        .bind(due.next.map(to_db))
        .bind(&schedule.id)
        .execute(&mut *tx)
        .await?;
    Ok(stopped)
}

/// Starts no more runs of a schedule, and says why in the place of the one that was due (fault case F52).
async fn hold(tx: &mut WriteTx, schedule: &Schedule, due: DateTime<Utc>, problem: &str) -> Result<(), Error> {
    let run = NewRun {
        schedule: Some(&schedule.id),
        due: Some(due),
        skipped: Some(problem),
        ..NewRun::new(&schedule.task_name, Trigger::Scheduler)
    };
    insert(tx, &run).await?;
    query("UPDATE schedules SET paused = TRUE, next_run_at = NULL WHERE id = ?")
        .bind(&schedule.id)
        .execute(&mut *tx)
        .await?;
    Ok(())
}

/// Runs of a schedule that are not over.
#[derive(Default)]
struct Open {
    waiting: Vec<String>,
    running: Vec<String>,
}

impl Open {
    fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.running.is_empty()
    }
}

async fn open_runs(tx: &mut WriteTx, schedule: &str) -> Result<Open, Error> {
    let rows: Vec<(String, String)> = query(
        "SELECT run_id, status FROM task_runs WHERE schedule_id = ? AND status IN ('queued', 'running')",
    )
    .bind(schedule)
    .fetch_all(&mut *tx)
    .await?;
    let mut open = Open::default();
    for (run_id, status) in rows {
        if status == "queued" {
            open.waiting.push(run_id);
        } else {
            open.running.push(run_id);
        }
    }
    Ok(open)
}

/// Ends what waits and asks what runs to stop; the ids of the latter.
async fn stop(tx: &mut WriteTx, open: Open) -> Result<Vec<String>, Error> {
    let now = to_db(now());
    for run_id in &open.waiting {
        query(
            "UPDATE task_runs SET status = 'cancelled', completed_at = ?, cancel_requested_at = ?,
                 cancel_requested_by = ?, updated_at = ? WHERE run_id = ? AND status = 'queued'",
        )
        .bind(now)
        .bind(now)
        .bind(BY)
        .bind(now)
        .bind(run_id)
        .execute(&mut *tx)
        .await?;
    }
    for run_id in &open.running {
        query(
            "UPDATE task_runs SET cancel_requested_at = ?, cancel_requested_by = ?, updated_at = ?
             WHERE run_id = ? AND status = 'running' AND cancel_requested_at IS NULL",
        )
        .bind(now)
        .bind(BY)
        .bind(now)
        .bind(run_id)
        .execute(&mut *tx)
        .await?;
    }
    Ok(open.running)
}
