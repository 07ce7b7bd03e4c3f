//! A schedule, and its row.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use domain::schedule::{Policy, Span, Timetable};
use serde_json::{Map, Value};

use crate::Error;
use crate::db::from_db;

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
    /// Since when.
    pub paused_at: Option<DateTime<Utc>>,
    /// The next occurrence; none while paused.
    pub next_run_at: Option<DateTime<Utc>>,
    /// Values that its runs take instead of the task's.
    pub params: Map<String, Value>,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A query for [`Row`]s: the columns once, the rest of the statement at the place of use.
macro_rules! select_schedules {
    ($rest:literal) => {
        concat!(
            "SELECT id, task_name, rule, zone, anchor, first_day, last_day, paused, paused_at, next_run_at, policy, params, \
             created_by, created_at FROM schedules ",
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
    first_day: Option<String>,
    last_day: Option<String>,
    pub(super) paused: bool,
    paused_at: Option<NaiveDateTime>,
    next_run_at: Option<NaiveDateTime>,
    policy: String,
    params: Option<String>,
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
                span: Span {
                    first: day(row.first_day)?,
                    last: day(row.last_day)?,
                },
            },
            id: row.id,
            task_name: row.task_name,
            policy: serde_json::from_str(&row.policy)?,
            paused: row.paused || problem.is_some(),
            problem,
            paused_at: row.paused_at.map(from_db),
            params: row
                .params
                .as_deref()
                .map(serde_json::from_str)
                .transpose()?
                .unwrap_or_default(),
            next_run_at: row.next_run_at.map(from_db),
            created_by: row.created_by,
            created_at: from_db(row.created_at),
        })
    }
}

fn day(text: Option<String>) -> Result<Option<NaiveDate>, Error> {
    let parse = |text: String| {
        text.parse()
            .map_err(|_| Error::Stored(format!("the day {text} of a schedule")))
    };
    text.map(parse).transpose()
}
