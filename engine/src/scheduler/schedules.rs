//! The `schedules` table.

use chrono::{DateTime, NaiveDateTime, SubsecRound, Timelike, Utc};
use chrono_tz::Tz;
use domain::schedule::{Plan, Policy, Timetable};
use uuid::Uuid;

use crate::Error;
use crate::db::{Db, News, from_db, now, query, tell, to_db};
use crate::signals::Signals;

/// When a task runs by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// Stable id.
    pub id: String,
    /// The task's folder.
    pub task_name: String,
    /// Rule, zone and anchor.
    pub timetable: Timetable,
    /// What becomes of a run when something is in the way.
    pub policy: Policy,
    /// Whether it is held.
    pub paused: bool,
    /// Why nobody but a person can let it go on.
    pub problem: Option<String>,
    /// The next occurrence; none while paused.
    pub next_run_at: Option<DateTime<Utc>>,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// All schedules.
#[derive(Clone)]
pub struct Schedules {
    pub(super) db: Db,
    signals: Signals,
}

/// A query for [`Row`]s: the columns once, the rest of the statement at the place of use.
macro_rules! select_schedules {
    ($rest:literal) => {
        concat!(
            "SELECT id, task_name, rule, zone, anchor, paused, next_run_at, policy, created_by, created_at FROM schedules ",
            $rest
        )
    };
}
pub(super) use select_schedules;

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: String,
    task_name: String,
    rule: String,
    zone: String,
    anchor: NaiveDateTime,
    paused: bool,
    next_run_at: Option<NaiveDateTime>,
    policy: String,
    created_by: String,
    created_at: NaiveDateTime,
}

impl TryFrom<Row> for Schedule {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        // Zones come and go with the data of the program: its schedules are held until someone chooses another.
        let zone = row.zone.parse::<Tz>();
        let problem = zone.is_err().then(|| {
            format!(
                "Held: the time zone {} is not known any more. Change the schedule and choose another.",
                row.zone
            )
        });
        let zone = zone.unwrap_or(Tz::UTC);
        Ok(Self {
            timetable: Timetable {
                rule: serde_json::from_str(&row.rule)?,
                zone,
                anchor: from_db(row.anchor),
            },
            id: row.id,
            task_name: row.task_name,
            policy: serde_json::from_str(&row.policy)?,
            paused: row.paused || problem.is_some(),
            problem,
            next_run_at: row.next_run_at.map(from_db),
            created_by: row.created_by,
            created_at: from_db(row.created_at),
        })
    }
}

/// From the present minute on.
fn timetable(plan: &Plan, now: DateTime<Utc>) -> Timetable {
    Timetable {
        rule: plan.rule.clone(),
        zone: plan.zone,
        anchor: now.with_second(0).unwrap_or(now).trunc_subsecs(0),
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
    pub async fn create(&self, task: &str, plan: Plan, by: &str) -> Result<Schedule, Error> {
        let created_at = now();
        let timetable = timetable(&plan, created_at);
        let schedule = Schedule {
            id: Uuid::now_v7().to_string(),
            task_name: task.to_owned(),
            next_run_at: timetable.next_after(created_at),
            timetable,
            policy: plan.policy,
            paused: false,
            problem: None,
            created_by: by.to_owned(),
            created_at,
        };
        query(
            "INSERT INTO schedules (id, task_name, rule, zone, anchor, paused, next_run_at, policy, created_by, created_at)
             VALUES (?, ?, ?, ?, ?, FALSE, ?, ?, ?, ?)",
        )
        .bind(&schedule.id)
        .bind(task)
        .bind(serde_json::to_string(&schedule.timetable.rule)?)
        .bind(schedule.timetable.zone.name())
        .bind(to_db(schedule.timetable.anchor))
        .bind(schedule.next_run_at.map(to_db))
        .bind(serde_json::to_string(&schedule.policy)?)
        .bind(by)
        .bind(to_db(created_at))
        .execute(self.db.writer())
        .await?;
        self.changed().await?;
        Ok(schedule)
    }

    /// Changes a schedule. Intervals count from the present minute if the rule is another one. An occurrence that was
    /// due under the old rule and not written down yet does not happen (fault case F54).
    pub async fn update(&self, id: &str, plan: Plan) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        let row: Option<Row> = query(select_schedules!("WHERE id = ? {lock}"))
            .bind(id)
            .fetch_optional(&mut tx)
            .await?;
        let Some(row) = row else { return Ok(()) };
        let is_paused = row.paused;
        let before = Schedule::try_from(row)?;
        let is_same = before.timetable.rule == plan.rule && before.timetable.zone == plan.zone;
        let now = now();
        let timetable = if is_same {
            before.timetable
        } else {
            timetable(&plan, now)
        };
        let next = if is_paused {
            None
        } else {
            timetable.next_after(now)
        };
        query(
            "UPDATE schedules SET rule = ?, zone = ?, anchor = ?, next_run_at = ?, policy = ? WHERE id = ?",
        )
        .bind(serde_json::to_string(&timetable.rule)?)
        .bind(timetable.zone.name())
        .bind(to_db(timetable.anchor))
        .bind(next.map(to_db))
        .bind(serde_json::to_string(&plan.policy)?)
        .bind(id)
        .execute(&mut tx)
        .await?;
        tx.commit().await?;
        self.changed().await
    }

    /// Holds a schedule; occurrences that pass meanwhile are not made up for.
    pub async fn pause(&self, id: &str) -> Result<(), Error> {
        query("UPDATE schedules SET paused = TRUE, next_run_at = NULL WHERE id = ?")
            .bind(id)
            .execute(self.db.writer())
            .await?;
        Ok(())
    }

    /// Lets a held schedule go on from its next occurrence.
    pub async fn resume(&self, id: &str) -> Result<(), Error> {
        let Some(schedule) = self
            .find(id)
            .await?
            .filter(|schedule| schedule.paused && schedule.problem.is_none())
        else {
            return Ok(());
        };
        query("UPDATE schedules SET paused = FALSE, next_run_at = ? WHERE id = ? AND paused")
            .bind(schedule.timetable.next_after(now()).map(to_db))
            .bind(id)
            .execute(self.db.writer())
            .await?;
        self.changed().await?;
        Ok(())
    }

    /// Removes a schedule; its past runs stay.
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        query("DELETE FROM schedules WHERE id = ?")
            .bind(id)
            .execute(self.db.writer())
            .await?;
        Ok(())
    }

    /// The loops over due schedules, here and at other servers, should look.
    async fn changed(&self) -> Result<(), Error> {
        self.signals.schedules().notify_one();
        tell(self.db.writer(), News::Schedules).await
    }
}
