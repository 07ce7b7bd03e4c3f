//! The editor's form as it was sent, and as it is shown at first.

use chrono::{DateTime, Utc};
use domain::params::FieldError;
use domain::schedule::{EntryError, Plan, PolicyEntry, ScheduleEntry};
use engine::scheduler::Schedule;
use serde_json::Map;

use crate::components::error_summary::field_error;

/// Everything that was typed about the times and what may be in their way.
#[derive(Clone)]
pub(super) struct Typed {
    pub(super) entry: ScheduleEntry,
    pub(super) policy: PolicyEntry,
}

impl Typed {
    /// As a saved schedule has it.
    pub(super) fn of(schedule: &Schedule) -> Self {
        let times = &schedule.timetable;
        Self {
            entry: ScheduleEntry::new(&times.rule, times.zone, times.span),
            policy: PolicyEntry::from_policy(&schedule.policy),
        }
    }

    /// From the form's fields.
    pub(super) fn new<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let fields: Vec<_> = fields.into_iter().collect();
        let text = |name: &str| {
            let field = fields.iter().find(|(key, _)| *key == name);
            field.map(|(_, text)| (*text).to_owned()).unwrap_or_default()
        };
        // Tick boxes repeat their name.
        let all = |name: &str| {
            let values = fields.iter().filter(|(key, _)| *key == name);
            values.map(|(_, text)| *text).collect::<Vec<_>>().join(",")
        };
        Self {
            entry: ScheduleEntry {
                kind: text("kind"),
                every: text("every"),
                at: text("at"),
                on: all("on"),
                month_days: text("month_days"),
                once: text("once"),
                after: text("after"),
                cron: text("cron"),
                zone: text("zone"),
                from: text("from"),
                until: text("until"),
            },
            policy: PolicyEntry {
                overlap: text("overlap"),
                outage: text("outage"),
                most: text("most"),
                late_limit: text("late_limit"),
                retries: text("retries"),
                retry_after: text("retry_after"),
                time_limit: text("time_limit"),
                spread: text("spread"),
                priority: text("priority"),
                calendars: all("calendars"),
                closed: text("closed"),
            },
        }
    }

    /// What was meant, or every mistake.
    pub(super) fn plan(&self, now: DateTime<Utc>) -> Result<Plan, Vec<FieldError>> {
        match (self.entry.parse(now), self.policy.parse()) {
            (Ok((rule, zone, span)), Ok(policy)) => Ok(Plan {
                rule,
                zone,
                span,
                policy,
                params: Map::new(),
            }),
            (rule, policy) => {
                let mistakes = rule.err().into_iter().chain(policy.err()).flatten();
                Err(mistakes.map(at_field).collect())
            }
        }
    }
}

fn at_field(mistake: EntryError) -> FieldError {
    field_error(&mistake.field, mistake.message)
}
