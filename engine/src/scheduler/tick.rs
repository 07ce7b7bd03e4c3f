//! The loop over due schedules.
//!
//! What follows from a schedule that is due is decided in `domain`, written down in [`super::fire`]. Several servers may
//! do this at once: each takes schedules that no other has in its hands.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use super::fire::fire;
use super::schedules::{Row, Schedule, select_schedules};
use crate::db::{Db, WriteTx, now, query, to_db};
use crate::settings::{in_words, of_snapshot, params_of, snapshot};
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
        // A task may have many schedules; whether it can run is found out once.
        let mut attention = HashMap::new();
        let fired = due.len();
        let mut replaced = Vec::new();
        for row in due {
            let schedule = Schedule::try_from(row)?;
            let task = schedule.task_name.as_str();
            if !attention.contains_key(task) {
                attention.insert(task.to_owned(), self.attention(&mut tx, task).await?);
            }
            let attention = attention.get(task).and_then(Option::as_deref);
            replaced.extend(fire(&mut tx, &schedule, attention, now).await?);
        }
        tx.commit().await?;
        for run_id in replaced {
            self.signals.stop_token(&run_id).cancel();
        }
        Ok(fired)
    }

    /// Why a task cannot run with its settings; nothing when it can, or does not load: that run says more than a
    /// skipped one.
    async fn attention(&self, tx: &mut WriteTx, task: &str) -> Result<Option<String>, Error> {
        let Some(folder) = self.catalog.find(task) else {
            return Ok(None);
        };
        let Ok(info) = &folder.found else {
            return Ok(None);
        };
        let attention = of_snapshot(info, &params_of(&snapshot(&mut *tx, task).await?)?);
        let words = format!("Not run: it needs attention. {}", in_words(&attention));
        Ok((!attention.is_empty()).then_some(words))
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
