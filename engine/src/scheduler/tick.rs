//! The loop over due schedules.
//!
//! What follows from a schedule that is due is decided in `domain` and [`super::fire`]. Several servers may
//! do this at once: each takes schedules that no other has in its hands.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use super::batch::{Known, write_down};
use super::fire::fire;
use super::row::{Row, Schedule, select_schedules};
use crate::db::{Db, now, query, to_db};
use crate::signals::Signals;
use crate::tasks::Catalog;
use crate::{Engine, Error, trial};

/// The longest nap: a clock that jumped or a missed notice costs at most this.
const LONGEST_NAP: Duration = Duration::from_secs(15);
/// After a failure, so that a lost database is not hammered.
const AFTER_ERROR: Duration = Duration::from_secs(2);
/// Until schedules that another server is turning into runs are looked at again.
const ELSEWHERE: TimeDelta = TimeDelta::milliseconds(100);
/// Schedules handled in one transaction.
const BATCH: i64 = 500;

/// What the loop works with.
pub(crate) struct Ticker {
    db: Db,
    signals: Signals,
    catalog: Catalog,
}

impl Ticker {
    pub(crate) fn new(engine: &Engine, db: Db) -> Self {
        Self {
            db,
            signals: engine.signals.clone(),
            catalog: engine.catalog.clone(),
        }
    }

    /// Turns everything due into runs and returns when the next is due.
    async fn tick(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Error> {
        loop {
            let next: Option<NaiveDateTime> =
                query("SELECT MIN(next_run_at) FROM schedules WHERE NOT paused")
                    .fetch_value(self.db.reader())
                    .await?;
            match next.map(crate::db::from_db) {
                Some(due) if due <= now => {}
                later => return Ok(later),
            }
            if self.fire_due(now).await? == 0 {
                // Another server has them in its hands.
                return Ok(Some(now + ELSEWHERE));
            }
            trial::point("occurrence committed");
            self.signals.queue().notify_one();
        }
    }

    async fn fire_due(&self, now: DateTime<Utc>) -> Result<usize, Error> {
        let mut tx = self.db.begin().await?;
        let due: Vec<Row> = query(select_schedules!(
            "WHERE NOT paused AND next_run_at <= ? ORDER BY next_run_at LIMIT ? {skip locked}"
        ))
        .bind(to_db(now))
        .bind(BATCH)
        .fetch_all(&mut tx)
        .await?;
        if due.is_empty() {
            return Ok(0);
        }
        let due = due
            .into_iter()
            .map(Schedule::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        let known = Known::find(&mut tx, &due, &self.catalog).await?;
        let fired = due.iter().map(|schedule| fire(schedule, &known, now)).collect();
        let stopped = write_down(&mut tx, fired).await?;
        tx.commit().await?;
        for run_id in stopped {
            self.signals.stop_token(&run_id).cancel();
        }
        Ok(due.len())
    }
}

/// Runs until told to stop; errors are logged and tried again (INV8: a loop never dies silently).
pub(crate) async fn keep_ticking(ticker: Ticker, stop: CancellationToken) {
    loop {
        trial::point("tick");
        let nap = match ticker.tick(now()).await {
            Ok(Some(next)) => (next - now()).to_std().unwrap_or_default().min(LONGEST_NAP),
            Ok(None) => LONGEST_NAP,
            Err(error) => {
                tracing::error!("scheduler: {error}");
                AFTER_ERROR
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(nap) => {}
            () = ticker.signals.schedules().notified() => {}
        }
    }
}
