//! The loop over due schedules.
//!
//! After an outage a schedule runs once, at the first occurrence it missed, and goes on from the next to come. While
//! its previous run still goes, an occurrence is written down as skipped.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::run::{RunStatus, Trigger};
use tokio_util::sync::CancellationToken;

use super::schedules::{Row, Schedule, select_schedules};
use crate::Error;
use crate::db::{Db, WriteTx, now, to_db};
use crate::runs::{NewRun, insert};
use crate::signals::Signals;

/// The longest nap: a clock that jumped or a missed notice costs at most this.
const LONGEST_NAP: Duration = Duration::from_secs(15);
/// After a failure, so that a lost database is not hammered.
const AFTER_ERROR: Duration = Duration::from_secs(2);
/// Schedules handled in one transaction.
const BATCH: i64 = 500;

/// Runs until told to stop; errors are logged and tried again (INV8: a loop never dies silently).
pub(crate) async fn keep_ticking(db: Db, signals: Signals, stop: CancellationToken) {
    loop {
        let nap = match tick(&db, &signals, now()).await {
            Ok(Some(next)) => (next - Utc::now()).to_std().unwrap_or_default().min(LONGEST_NAP),
            Ok(None) => LONGEST_NAP,
            Err(error) => {
                tracing::error!("scheduler: {error}");
                AFTER_ERROR
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(nap) => {}
            () = signals.schedules().notified() => {}
        }
    }
}

/// Turns everything due into runs and returns when the next is due.
async fn tick(db: &Db, signals: &Signals, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Error> {
    loop {
        let next: Option<NaiveDateTime> =
            sqlx::query_scalar("SELECT MIN(next_run_at) FROM schedules WHERE NOT paused")
                .fetch_one(db.reader())
                .await?;
        match next.map(crate::db::from_db) {
            Some(due) if due <= now => {}
            later => return Ok(later),
        }
        let mut tx = db.begin().await?;
        let due: Vec<Row> = sqlx::query_as(select_schedules!(
            "WHERE NOT paused AND next_run_at <= ? ORDER BY next_run_at LIMIT ?"
        ))
        .bind(to_db(now))
        .bind(BATCH)
        .fetch_all(&mut *tx)
        .await?;
        for row in due {
            fire(&mut tx, Schedule::try_from(row)?, now).await?;
        }
        tx.commit().await?;
        signals.queue().notify_one();
    }
}

async fn fire(tx: &mut WriteTx, schedule: Schedule, now: DateTime<Utc>) -> Result<(), Error> {
    let is_busy: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM task_runs WHERE schedule_id = ? AND status IN ('queued', 'running'))",
    )
    .bind(&schedule.id)
    .fetch_one(&mut **tx)
    .await?;
    let run = NewRun {
        task_name: &schedule.task_name,
        trigger: Trigger::Scheduler,
        user: None,
        occurrence: schedule.next_run_at.map(|at| (schedule.id.as_str(), at)),
        form_key: None,
        status: if is_busy {
            RunStatus::Skipped
        } else {
            RunStatus::Queued
        },
    };
    insert(tx, &run).await?;
    sqlx::query("UPDATE schedules SET next_run_at = ? WHERE id = ?")
        .bind(schedule.timetable.next_after(now).map(to_db))
        .bind(&schedule.id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
