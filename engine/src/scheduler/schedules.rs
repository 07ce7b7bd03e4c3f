//! The `schedules` table.

use chrono::{DateTime, SubsecRound, Timelike, Utc};
use domain::run::Trigger;
use domain::schedule::{Plan, Rule, Timetable, passed};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::ScheduleError;
use super::changes::write_down_change;
use super::order::refuse_circle;
use super::row::{Row, Schedule, select_schedules};
use crate::Error;
use crate::db::{Db, News, WriteTx, now, persistently, query, tell, to_db};
use crate::runs::{NewRun, insert};
use crate::signals::Signals;

/// All schedules.
#[derive(Clone)]
pub struct Schedules {
    pub(super) db: Db,
    signals: Signals,
}

/// From the present minute on.
fn timetable(plan: &Plan, now: DateTime<Utc>) -> Timetable {
    Timetable {
        rule: plan.rule.clone(),
        zone: plan.zone,
        anchor: now.with_second(0).unwrap_or(now).trunc_subsecs(0),
        span: plan.span,
    }
}

impl Schedules {
    pub(crate) fn new(db: Db, signals: Signals) -> Self {
        Self { db, signals }
    }

    /// Every schedule, the next to run first.
    pub async fn list(&self) -> Result<Vec<Schedule>, Error> {
        let rows: Vec<Row> = query(select_schedules!("ORDER BY next_run_at IS NULL, next_run_at, id"))
            .fetch_all(self.db.reader())
            .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// The schedules that are due next, of all tasks.
    pub async fn list_next(&self, most: u32) -> Result<Vec<Schedule>, Error> {
        let rows: Vec<Row> = query(select_schedules!(
            "WHERE NOT paused AND next_run_at IS NOT NULL ORDER BY next_run_at, id LIMIT ?"
        ))
        .bind(i64::from(most))
        .fetch_all(self.db.reader())
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// The schedules of one task, oldest first.
    pub async fn list_for_task(&self, task: &str) -> Result<Vec<Schedule>, Error> {
        let rows: Vec<Row> = query(select_schedules!("WHERE task_name = ? ORDER BY created_at, id"))
            .bind(task)
            .fetch_all(self.db.reader())
            .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// One schedule.
    pub async fn find(&self, id: &str) -> Result<Option<Schedule>, Error> {
        let row: Option<Row> = query(select_schedules!("WHERE id = ?"))
            .bind(id)
            .fetch_optional(self.db.reader())
            .await?;
        row.map(TryInto::try_into).transpose()
    }

    /// Makes a schedule; intervals count from the present minute.
    pub async fn create(&self, task: &str, plan: Plan, by: &str) -> Result<Schedule, ScheduleError> {
        let schedule = new_schedule(task, plan, by);
        self.insert(schedule).await
    }

    /// Makes a schedule that starts no run until it is resumed.
    pub async fn create_paused(&self, task: &str, plan: Plan, by: &str) -> Result<Schedule, ScheduleError> {
        let schedule = Schedule {
            next_run_at: None,
            paused: true,
            ..new_schedule(task, plan, by)
        };
        self.insert(schedule).await
    }

    async fn insert(&self, schedule: Schedule) -> Result<Schedule, ScheduleError> {
        persistently!(self.try_to_create(&schedule))?;
        self.changed().await?;
        Ok(schedule)
    }

    async fn try_to_create(&self, schedule: &Schedule) -> Result<(), ScheduleError> {
        let mut tx = self.db.begin().await?;
        refuse_circle(&mut tx, &schedule.id, predecessor(&schedule.timetable.rule)).await?;
        query(
            "INSERT INTO schedules (id, task_name, rule, zone, anchor, first_day, last_day, paused, next_run_at, policy,
                 params, after_schedule, created_by, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&schedule.id)
        .bind(&schedule.task_name)
        .bind(json(&schedule.timetable.rule)?)
        .bind(schedule.timetable.zone.name())
        .bind(to_db(schedule.timetable.anchor))
        .bind(schedule.timetable.span.first.map(|day| day.to_string()))
        .bind(schedule.timetable.span.last.map(|day| day.to_string()))
        .bind(schedule.paused)
        .bind(schedule.next_run_at.map(to_db))
        .bind(json(&schedule.policy)?)
        .bind(own(&schedule.params))
        .bind(predecessor(&schedule.timetable.rule))
        .bind(&schedule.created_by)
        .bind(to_db(schedule.created_at))
        .execute(&mut tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Changes a schedule. Intervals count from the present minute if the rule is another one. An occurrence that was
    /// due under the old rule and not written down yet does not happen (fault case F54).
    /// What it was until then can be put back.
    pub async fn update(&self, id: &str, plan: Plan, by: &str) -> Result<(), ScheduleError> {
        persistently!(self.try_to_update(id, &plan, by))?;
        Ok(self.changed().await?)
    }

    async fn try_to_update(&self, id: &str, plan: &Plan, by: &str) -> Result<(), ScheduleError> {
        let mut tx = self.db.begin().await?;
        let row: Option<Row> = query(select_schedules!("WHERE id = ? {lock}"))
            .bind(id)
            .fetch_optional(&mut tx)
            .await?;
        let Some(row) = row else { return Ok(()) };
        let is_paused = row.paused;
        let before = Schedule::try_from(row)?;
        write_down_change(&mut tx, &before, by).await?;
        let is_same = before.timetable.rule == plan.rule && before.timetable.zone == plan.zone;
        let now = now();
        let mut timetable = timetable(plan, now);
        if is_same {
            timetable.anchor = before.timetable.anchor;
        }
        refuse_circle(&mut tx, id, predecessor(&timetable.rule)).await?;
        let next = if is_paused {
            None
        } else {
            timetable.next_after(now)
        };
        query(
            "UPDATE schedules SET rule = ?, zone = ?, anchor = ?, first_day = ?, last_day = ?, next_run_at = ?, policy = ?,
                 params = ?, after_schedule = ? WHERE id = ?",
        )
        .bind(json(&timetable.rule)?)
        .bind(timetable.zone.name())
        .bind(to_db(timetable.anchor))
        .bind(timetable.span.first.map(|day| day.to_string()))
        .bind(timetable.span.last.map(|day| day.to_string()))
        .bind(next.map(to_db))
        .bind(json(&plan.policy)?)
        .bind(own(&plan.params))
        .bind(predecessor(&timetable.rule))
        .bind(id)
        .execute(&mut tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Holds a schedule; occurrences that pass meanwhile are not made up for.
    pub async fn pause(&self, id: &str) -> Result<(), Error> {
        let update =
            "UPDATE schedules SET paused = TRUE, paused_at = ?, next_run_at = NULL, switched_by = NULL
             WHERE id = ? AND NOT paused";
        query(update)
            .bind(to_db(now()))
            .bind(id)
            .execute(self.db.writer())
            .await?;
        Ok(())
    }

    /// Lets a held schedule go on from its next occurrence. Those that passed meanwhile are written down as one row.
    pub async fn resume(&self, id: &str) -> Result<(), Error> {
        persistently!(self.try_to_resume(id))?;
        self.changed().await
    }

    async fn try_to_resume(&self, id: &str) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        self.resume_one(&mut tx, id, None).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Resumes one, alone or by a switch of several; whether it was paused.
    pub(super) async fn resume_one(
        &self,
        tx: &mut WriteTx,
        id: &str,
        switch: Option<&str>,
    ) -> Result<bool, Error> {
        let row: Option<Row> = query(select_schedules!("WHERE id = ? AND paused {lock}"))
            .bind(id)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(schedule) = row.map(Schedule::try_from).transpose()? else {
            return Ok(false);
        };
        if schedule.problem.is_some() {
            return Ok(false);
        }
        let now = now();
        write_down_paused(tx, &schedule, now).await?;
        query(
            "UPDATE schedules SET paused = FALSE, paused_at = NULL, next_run_at = ?, switched_by = ? WHERE id = ?",
        )
        .bind(schedule.timetable.next_after(now).map(to_db))
        .bind(switch)
        .bind(id)
        .execute(tx)
        .await?;
        Ok(true)
    }

    /// Removes a schedule; its past runs stay. Refused while others come after it.
    pub async fn delete(&self, id: &str) -> Result<(), ScheduleError> {
        persistently!(self.try_to_delete(id))
    }

    async fn try_to_delete(&self, id: &str) -> Result<(), ScheduleError> {
        let mut tx = self.db.begin().await?;
        let followers: Vec<String> =
            query("SELECT DISTINCT task_name FROM schedules WHERE after_schedule = ? ORDER BY task_name")
                .bind(id)
                .fetch_values(&mut tx)
                .await?;
        if !followers.is_empty() {
            return Err(ScheduleError::HasFollowers { tasks: followers });
        }
        for delete in [
            "DELETE FROM schedules WHERE id = ?",
            "DELETE FROM schedule_changes WHERE schedule_id = ?",
        ] {
            query(delete).bind(id).execute(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The loops over due schedules, here and at other servers, should look.
    pub(super) async fn changed(&self) -> Result<(), Error> {
        self.signals.schedules().notify_one();
        tell(self.db.writer(), News::Schedules).await
    }
}

fn new_schedule(task: &str, plan: Plan, by: &str) -> Schedule {
    let created_at = now();
    let timetable = timetable(&plan, created_at);
    Schedule {
        id: Uuid::now_v7().to_string(),
        task_name: task.to_owned(),
        next_run_at: timetable.next_after(created_at),
        timetable,
        policy: plan.policy,
        paused: false,
        paused_at: None,
        problem: None,
        params: plan.params,
        created_by: by.to_owned(),
        created_at,
    }
}

async fn write_down_paused(tx: &mut WriteTx, schedule: &Schedule, now: DateTime<Utc>) -> Result<(), Error> {
    let Some(missed) = schedule
        .paused_at
        .and_then(|paused| passed(&schedule.timetable, paused, now))
    else {
        return Ok(());
    };
    let run = NewRun {
        schedule: Some(&schedule.id),
        due: Some(missed.first),
        occurrences: missed.count,
        skipped: Some(missed.describe_paused(schedule.timetable.zone).into()),
        ..NewRun::new(&schedule.task_name, Trigger::Scheduler)
    };
    insert(tx, &run).await?;
    Ok(())
}

fn json(value: &impl serde::Serialize) -> Result<String, Error> {
    Ok(serde_json::to_string(value)?)
}

/// A schedule's own values as they are stored: none is NULL.
fn own(params: &Map<String, Value>) -> Option<String> {
    (!params.is_empty()).then(|| Value::Object(params.clone()).to_string())
}

/// The schedule that this one comes after.
fn predecessor(rule: &Rule) -> Option<&str> {
    match rule {
        Rule::After(schedule) => Some(schedule),
        _ => None,
    }
}
