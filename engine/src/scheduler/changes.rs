//! What a schedule was before each change.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use domain::schedule::{Plan, Policy, Rule, Span};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Schedules;
use super::row::Schedule;
use crate::Error;
use crate::db::{WriteTx, from_db, now, query, to_db};

/// As many earlier versions are shown; older ones are kept, and nobody looks for them.
const SHOWN: i64 = 20;

/// A change of a schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct ScheduleChange {
    /// Stable id.
    pub id: String,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: String,
    /// The schedule as it was until then.
    pub before: Plan,
}

/// A plan as the database keeps it.
#[derive(Serialize, Deserialize)]
struct Stored {
    rule: Rule,
    zone: String,
    first: Option<NaiveDate>,
    last: Option<NaiveDate>,
    policy: Policy,
    params: Map<String, Value>,
}

impl Schedules {
    /// The changes of a schedule, newest first.
    pub async fn list_changes(&self, schedule: &str) -> Result<Vec<ScheduleChange>, Error> {
        let rows: Vec<(String, NaiveDateTime, String, String)> = query(
            "SELECT id, changed_at, changed_by, before_it FROM schedule_changes WHERE schedule_id = ?
             ORDER BY id DESC LIMIT ?",
        )
        .bind(schedule)
        .bind(SHOWN)
        .fetch_all(self.db.reader())
        .await?;
        let mut changes = Vec::new();
        for (id, at, by, before) in rows {
            let Stored {
                rule,
                zone,
                first,
                last,
                policy,
                params,
            } = serde_json::from_str(&before)?;
            // A zone that is no longer known cannot be put back.
            let Ok(zone) = zone.parse::<Tz>() else { continue };
            changes.push(ScheduleChange {
                id,
                at: from_db(at),
                by,
                before: Plan {
                    rule,
                    zone,
                    span: Span { first, last },
                    policy,
                    params,
                },
            });
        }
        Ok(changes)
    }
}

/// Writes down what a schedule is, before it is changed.
pub(super) async fn write_down_change(tx: &mut WriteTx, before: &Schedule, by: &str) -> Result<(), Error> {
    let stored = Stored {
        rule: before.timetable.rule.clone(),
        zone: before.timetable.zone.name().to_owned(),
        first: before.timetable.span.first,
        last: before.timetable.span.last,
        policy: before.policy.clone(),
        params: before.params.clone(),
    };
    query(
        "INSERT INTO schedule_changes (id, schedule_id, changed_at, changed_by, before_it) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(&before.id)
    .bind(to_db(now()))
    .bind(by)
    .bind(serde_json::to_string(&stored)?)
    .execute(tx)
    .await?;
    Ok(())
}
