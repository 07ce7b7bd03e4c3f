//! How often a task runs.

use chrono::{NaiveDate, NaiveDateTime, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::cron::CronExpression;
use super::days::{MonthDay, Times};
use super::policy::Policy;

/// How often. Stored as JSON, so a variant's name is part of the database format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Elapsed minutes, whatever the clocks do.
    EveryMinutes(u32),
    /// Elapsed hours, whatever the clocks do.
    EveryHours(u32),
    /// Every so many days at wall-clock times.
    EveryDays {
        /// 1 is every day.
        days: u32,
        /// Local times in the schedule's zone.
        at: Times,
    },
    /// On certain days of the week.
    Weekdays {
        /// At least one.
        on: Vec<Weekday>,
        /// Local times in the schedule's zone.
        at: Times,
    },
    /// On certain days of the month.
    MonthDays {
        /// At least one.
        on: Vec<MonthDay>,
        /// Local times in the schedule's zone.
        at: Times,
    },
    /// One run, at a local time in the schedule's zone.
    Once(NaiveDateTime),
    /// Whenever a run of the schedule with this id has succeeded.
    After(String),
    /// A cron expression in the schedule's zone.
    Cron(CronExpression),
}

/// The days on which a schedule is in force, in its own zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// The first day; intervals are counted from its beginning.
    pub first: Option<NaiveDate>,
    /// The last day.
    pub last: Option<NaiveDate>,
}

/// What a person says of a schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// How often.
    pub rule: Rule,
    /// Whose clock.
    pub zone: Tz,
    /// From when to when.
    pub span: Span,
    /// When something is in the way.
    pub policy: Policy,
    /// Values that its runs take instead of the task's.
    pub params: Map<String, Value>,
}

impl Plan {
    /// Without end and with the usual policy.
    pub fn new(rule: Rule, zone: Tz) -> Self {
        Self {
            rule,
            zone,
            span: Span::default(),
            policy: Policy::default(),
            params: Map::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_stored_as_readable_json() {
        let nine = Times::parse("09:00").unwrap();
        let rules = [
            (
                Rule::Cron(CronExpression::parse("0 9 * * 1-5").unwrap()),
                r#"{"cron":"0 9 * * 1-5"}"#,
            ),
            (
                Rule::Weekdays {
                    on: vec![Weekday::Mon],
                    at: nine.clone(),
                },
                r#"{"weekdays":{"on":["Mon"],"at":["09:00:00"]}}"#,
            ),
            (
                Rule::MonthDays {
                    on: vec![MonthDay::Day(1), MonthDay::Last],
                    at: nine,
                },
                r#"{"month_days":{"on":[{"day":1},"last"],"at":["09:00:00"]}}"#,
            ),
        ];
        for (rule, json) in rules {
            assert_eq!(serde_json::to_string(&rule).unwrap(), json);
            assert_eq!(serde_json::from_str::<Rule>(json).unwrap(), rule);
        }
    }
}
