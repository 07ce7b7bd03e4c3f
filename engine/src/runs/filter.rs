//! Which runs to list, as conditions of a statement.

use chrono::{DateTime, TimeDelta, Utc};
use domain::run::{FailureReason, RunStatus, Trigger};

use crate::Error;
use crate::db::{Db, Query, query, to_db};

/// Numbers of runs follow their times this closely: servers write down runs by clocks of their own.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(10);

/// Which runs to list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunFilter {
    /// Only this status.
    pub status: Option<RunStatus>,
    /// Only this task.
    pub task: Option<String>,
    /// Only this schedule.
    pub schedule: Option<String>,
    /// Only those that were asked for at this moment or later.
    pub from: Option<DateTime<Utc>>,
    /// Only those that were asked for before this moment.
    pub until: Option<DateTime<Utc>>,
    /// Only those that this one asked for.
    pub by: Option<StartedBy>,
    /// Only failed ones whose reason or message holds this text, in whatever capitals.
    pub text: Option<String>,
    /// Only runs older than this id.
    pub before: Option<i64>,
    /// Only runs newer than this id, the oldest of them first; pages turn them round.
    pub after: Option<i64>,
}

/// Who asked for a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartedBy {
    /// Any schedule.
    Schedules,
    /// A person, by name.
    Person(String),
}

impl RunFilter {
    /// The same filter at another place in the list.
    #[must_use]
    pub fn at(&self, before: Option<i64>, after: Option<i64>) -> Self {
        Self {
            before,
            after,
            ..self.clone()
        }
    }

    /// Which index is to find the runs.
    fn lead(&self) -> Lead {
        let is_by_one = self.schedule.is_some() || matches!(self.by, Some(StartedBy::Person(_)));
        match self.status {
            // Few at any time.
            Some(RunStatus::Running | RunStatus::Queued) => Lead::Status,
            // Failed runs are fewer than those of a busy schedule; those of a person are fewer still.
            _ if self.text.is_some() && self.schedule.is_some() => Lead::Status,
            _ if is_by_one => Lead::Asker,
            _ => Lead::Status,
        }
    }

    /// Adds the conditions to a statement that ends in a WHERE with one. What is wrapped in COALESCE stays out of the
    /// planner's choice: without statistics it would take the index of a status that nearly every run has.
    pub(super) fn narrow(&self, mut select: Query, span: Span) -> Query {
        let lead = self.lead();
        let either = |lead_of: Lead, plain, wrapped| if lead == lead_of { plain } else { wrapped };
        let status = either(Lead::Status, " AND status = ?", " AND COALESCE(status, '') = ?");
        let task = either(
            Lead::Status,
            " AND task_name = ?",
            " AND COALESCE(task_name, '') = ?",
        );
        let schedule = either(
            Lead::Asker,
            " AND schedule_id = ?",
            " AND COALESCE(schedule_id, '') = ?",
        );
        let person = either(
            Lead::Asker,
            " AND triggered_by_user = ?",
            " AND COALESCE(triggered_by_user, '') = ?",
        );
        if let Some(wanted) = self.status {
            select = select.push(status).bind(wanted.code());
        }
        if let Some(wanted) = &self.task {
            select = select.push(task).bind(wanted);
        }
        if let Some(wanted) = &self.schedule {
            select = select.push(schedule).bind(wanted);
        }
        match &self.by {
            Some(StartedBy::Schedules) => {
                select = select
                    .push(" AND triggered_by = ?")
                    .bind(Trigger::Scheduler.code());
            }
            Some(StartedBy::Person(name)) => select = select.push(person).bind(name),
            None => {}
        }
        if let Some(text) = &self.text {
            select = holding(select, text, status);
        }
        // One bound for each side: of two, SQLite stops at the first it finds and reads on behind the other.
        let first = self.after.map(|id| id.saturating_add(1)).max(span.first);
        let before = self.before.map(|id| id.saturating_sub(1));
        let last = before.into_iter().chain(span.last).min();
        for (condition, id) in [(" AND id >= ?", first), (" AND id <= ?", last)] {
            if let Some(id) = id {
                select = select.push(condition).bind(id);
            }
        }
        for (condition, moment) in [
            (" AND COALESCE(queued_at, queued_at) >= ?", self.from),
            (" AND COALESCE(queued_at, queued_at) < ?", self.until),
        ] {
            if let Some(moment) = moment {
                select = select.push(condition).bind(to_db(moment));
            }
        }
        select
    }

    /// Between which numbers the runs of the period are: so that the list is read in its order, from where it begins,
    /// however many runs there are.
    pub(super) async fn span(&self, db: &Db) -> Result<Span, Error> {
        let mut span = Span::default();
        if let Some(from) = self.from {
            let first: Option<i64> =
                query("SELECT id FROM task_runs WHERE queued_at >= ? ORDER BY queued_at, id LIMIT 1")
                    .bind(to_db(from - CLOCKS_DIFFER))
                    .find_value(db.reader())
                    .await?;
            span.first = Some(first.unwrap_or(i64::MAX));
        }
        if let Some(until) = self.until {
            let last: Option<i64> = query(
                "SELECT id FROM task_runs WHERE queued_at < ? ORDER BY queued_at DESC, id DESC LIMIT 1",
            )
            .bind(to_db(until + CLOCKS_DIFFER))
            .find_value(db.reader())
            .await?;
            span.last = Some(last.unwrap_or(0));
        }
        Ok(span)
    }
}

/// Which index finds the runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    /// That of status or task, or both.
    Status,
    /// That of the schedule or the person.
    Asker,
}

/// The first and the last number that can be meant.
#[derive(Clone, Copy, Default)]
pub(super) struct Span {
    first: Option<i64>,
    last: Option<i64>,
}

/// Failed runs with a text in the sentence of their reason or in their message.
fn holding(select: Query, text: &str, status: &'static str) -> Query {
    let wanted = text.to_lowercase();
    let reasons: Vec<&str> = FailureReason::ALL
        .iter()
        .filter(|reason| reason.sentence().to_lowercase().contains(&wanted))
        .map(|reason| reason.code())
        .collect();
    let select = select.push(status).bind(RunStatus::Failed.code());
    // Lowered by the database on both sides: each knows other letters.
    let select = select
        .push(" AND (LOWER(error_message) LIKE LOWER(?) ESCAPE '!'")
        .bind(format!("%{}%", escaped(text)));
    let select = if reasons.is_empty() {
        select
    } else {
        let select = select
            .push(" OR failure_reason IN ")
            .push_groups(1, reasons.len());
        reasons.into_iter().fold(select, Query::bind)
    };
    select.push(")")
}

/// A text in which no letter means anything to LIKE.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}
