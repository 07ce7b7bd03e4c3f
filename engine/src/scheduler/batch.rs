//! What schedules that are due at the same moment need to know, asked once for all of them, and what comes of them,
//! written in a few statements: thousands may be due at midnight (fault case F57).

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::fire::Fired;
use super::row::Schedule;
use crate::Error;
use crate::calendars::{self, Named};
use crate::db::{WriteTx, now, query, to_db};
use crate::runs::insert_all;
use crate::settings::{in_words, of_snapshot, overlay, params_of, snapshot};
use crate::tasks::Catalog;

/// Who stopped a run that had to give way.
const BY: &str = "its schedule, for the next run";

/// Runs of a schedule that are not over.
#[derive(Default, Clone)]
pub(super) struct Open {
    pub(super) waiting: Vec<String>,
    pub(super) running: Vec<String>,
}

impl Open {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.running.is_empty()
    }
}

/// Everything that decides what comes of a batch.
#[derive(Default)]
pub(super) struct Known {
    /// By task.
    settings: HashMap<String, Map<String, Value>>,
    /// By task: why it cannot run with its own settings.
    attention: HashMap<String, Option<String>>,
    /// By schedule.
    open: HashMap<String, Open>,
    /// By id.
    pub(super) calendars: HashMap<String, Named>,
    catalog: Option<Catalog>,
}

impl Known {
    pub(super) async fn find(
        tx: &mut WriteTx,
        schedules: &[Schedule],
        catalog: &Catalog,
    ) -> Result<Self, Error> {
        let mut known = Self {
            open: open_runs(tx, schedules).await?,
            catalog: Some(catalog.clone()),
            ..Self::default()
        };
        if schedules
            .iter()
            .any(|schedule| !schedule.policy.calendars.is_empty())
        {
            known.calendars = calendars::find_all(tx).await?;
        }
        let tasks: BTreeSet<&str> = schedules
            .iter()
            .map(|schedule| schedule.task_name.as_str())
            .collect();
        for task in tasks {
            let settings = params_of(&snapshot(&mut *tx, task).await?)?;
            let attention = known.attention_of(task, &settings);
            known.settings.insert(task.to_owned(), settings);
            known.attention.insert(task.to_owned(), attention);
        }
        Ok(known)
    }

    /// What a run of the schedule is given.
    pub(super) fn params(&self, schedule: &Schedule) -> Map<String, Value> {
        let mut params = self
            .settings
            .get(&schedule.task_name)
            .cloned()
            .unwrap_or_default();
        overlay(&mut params, &schedule.params);
        params
    }

    /// Why the schedule's task cannot run with what it is given.
    pub(super) fn attention(&self, schedule: &Schedule) -> Option<String> {
        if schedule.params.is_empty() {
            return self.attention.get(&schedule.task_name).cloned().flatten();
        }
        self.attention_of(&schedule.task_name, &self.params(schedule))
    }

    /// Nothing when it can run, or does not load: that run says more than a skipped one.
    fn attention_of(&self, task: &str, params: &Map<String, Value>) -> Option<String> {
        let folder = self.catalog.as_ref()?.find(task)?;
        let attention = of_snapshot(folder.found.as_ref().ok()?, params);
        let words = format!("Not run: it needs attention. {}", in_words(&attention));
        (!attention.is_empty()).then_some(words)
    }

    pub(super) fn open(&self, schedule: &str) -> Open {
        self.open.get(schedule).cloned().unwrap_or_default()
    }
}

async fn open_runs(tx: &mut WriteTx, schedules: &[Schedule]) -> Result<HashMap<String, Open>, Error> {
    let select = query(
        "SELECT schedule_id, run_id, status FROM task_runs WHERE status IN ('queued', 'running') AND schedule_id IN ",
    )
    .push_groups(1, schedules.len());
    let rows: Vec<(String, String, String)> = schedules
        .iter()
        .fold(select, |select, schedule| select.bind(&schedule.id))
        .fetch_all(tx)
        .await?;
    let mut by_schedule: HashMap<String, Open> = HashMap::new();
    for (schedule, run_id, status) in rows {
        let open = by_schedule.entry(schedule).or_default();
        if status == "queued" {
            open.waiting.push(run_id);
        } else {
            open.running.push(run_id);
        }
    }
    Ok(by_schedule)
}

/// Writes everything down. The ids are those of runs that are going and must be stopped.
pub(super) async fn write_down(tx: &mut WriteTx, fired: Vec<Fired<'_>>) -> Result<Vec<String>, Error> {
    move_on(tx, &fired).await?;
    let mut runs = Vec::new();
    let mut stopped = Vec::new();
    for one in fired {
        if one.is_held {
            hold(tx, one.schedule, now()).await?;
        }
        if let Some(open) = one.stop {
            stopped.extend(stop(tx, open).await?);
        }
        runs.extend(one.runs);
    }
    insert_all(tx, &runs).await?;
    Ok(stopped)
}

async fn move_on(tx: &mut WriteTx, fired: &[Fired<'_>]) -> Result<(), Error> {
    let mut update = query("UPDATE schedules SET next_run_at = CASE id");
    for one in fired {
        update = update
            .push(" WHEN ? THEN ?")
            .bind(&one.schedule.id)
            .bind(one.next.map(to_db));
    }
    let update = update.push(" END WHERE id IN ").push_groups(1, fired.len());
    fired
        .iter()
        .fold(update, |update, one| update.bind(&one.schedule.id))
        .execute(tx)
        .await?;
    Ok(())
}

/// A schedule that only a person can let go on (fault case F52).
async fn hold(tx: &mut WriteTx, schedule: &Schedule, now: DateTime<Utc>) -> Result<(), Error> {
    query("UPDATE schedules SET paused = TRUE, paused_at = ?, next_run_at = NULL WHERE id = ?")
        .bind(to_db(now))
        .bind(&schedule.id)
        .execute(tx)
        .await?;
    Ok(())
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
