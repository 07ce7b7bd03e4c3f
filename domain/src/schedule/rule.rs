//! The rule of a schedule and the runs that follow from it.

use chrono::{DateTime, Days, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::cron::CronExpression;
use super::policy::Policy;

/// How often. Stored as JSON, so a variant's name is part of the database format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Elapsed minutes, whatever the clocks do.
    EveryMinutes(u32),
    /// Elapsed hours, whatever the clocks do.
    EveryHours(u32),
    /// Every so many days at a wall-clock time.
    EveryDays {
        /// 1 is every day.
        days: u32,
        /// Local time in the schedule's zone.
        at: NaiveTime,
    },
    /// A cron expression in the schedule's zone.
    Cron(CronExpression),
}

/// What a person says of a schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// How often.
    pub rule: Rule,
    /// Whose clock.
    pub zone: Tz,
    /// When something is in the way.
    pub policy: Policy,
}

impl Plan {
    /// With the usual policy.
    pub fn new(rule: Rule, zone: Tz) -> Self {
        Self {
            rule,
            zone,
            policy: Policy::default(),
        }
    }
}

/// A rule in its zone, counted from an anchor: everything needed to know the next run.
#[derive(Debug, Clone, PartialEq)]
pub struct Timetable {
    /// How often.
    pub rule: Rule,
    /// Whose clock.
    pub zone: Tz,
    /// Where intervals are counted from; the schedule's creation, on the minute.
    pub anchor: DateTime<Utc>,
}

impl Timetable {
    /// The first run strictly after an instant. `None` only if the calendar ends first.
    pub fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match &self.rule {
            Rule::EveryMinutes(minutes) => self.elapsed_step(TimeDelta::minutes((*minutes).into()), after),
            Rule::EveryHours(hours) => self.elapsed_step(TimeDelta::hours((*hours).into()), after),
            Rule::EveryDays { days, at } => self.day_step(*days, *at, after),
            Rule::Cron(expression) => expression.next_after(after, self.zone),
        }
    }

    /// The next runs after an instant, in order.
    pub fn upcoming(&self, after: DateTime<Utc>, count: usize) -> Vec<DateTime<Utc>> {
        std::iter::successors(self.next_after(after), |last| self.next_after(*last))
            .take(count)
            .collect()
    }

    fn elapsed_step(&self, step: TimeDelta, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let passed = (after - self.anchor)
            .num_milliseconds()
            .div_euclid(step.num_milliseconds().max(1));
        // The anchor itself is not a run: a schedule made now first runs one step from now.
        let steps = i32::try_from((passed + 1).max(1)).ok()?;
        self.anchor.checked_add_signed(step.checked_mul(steps)?)
    }

    fn day_step(&self, days: u32, at: NaiveTime, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let first = self.anchor.with_timezone(&self.zone).date_naive();
        let today = after.with_timezone(&self.zone).date_naive();
        let passed = u64::try_from((today - first).num_days()).unwrap_or(0);
        let days = u64::from(days.max(1));
        // From the last multiple on or before today; a handful of steps covers zones that skipped a whole day.
        (0..8)
            .filter_map(|step| first.checked_add_days(Days::new((passed / days + step) * days)))
            .filter_map(|date| wall_clock(date, at, self.zone))
            .find(|instant| *instant > after && *instant > self.anchor)
    }
}

/// A local time as an instant: in a spring gap the first moment after it, of a repeated time the first.
fn wall_clock(date: NaiveDate, at: NaiveTime, zone: Tz) -> Option<DateTime<Utc>> {
    let local = date.and_time(at);
    (0..=24 * 60).find_map(|minutes| {
        // Past the first try we are inside a gap, so look for its end, on the minute.
        match zone.from_local_datetime(&local.checked_add_signed(TimeDelta::minutes(minutes))?) {
            LocalResult::Single(instant) | LocalResult::Ambiguous(instant, _) => Some(instant.to_utc()),
            LocalResult::None => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use chrono_tz::{Europe::Berlin, Pacific::Apia};

    use super::*;

    fn utc(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(year, month, day, hour, minute, 0).unwrap()
    }

    fn every_day_at(hour: u32, minute: u32, zone: Tz, anchor: DateTime<Utc>) -> Timetable {
        Timetable {
            rule: Rule::EveryDays {
                days: 1,
                at: NaiveTime::from_hms_opt(hour, minute, 0).unwrap(),
            },
            zone,
            anchor,
        }
    }

    #[test]
    fn an_interval_counts_from_its_anchor_and_never_runs_at_once() {
        let timetable = Timetable {
            rule: Rule::EveryMinutes(7),
            zone: Tz::UTC,
            anchor: utc(2026, 11, 23, 9, 0),
        };
        assert_eq!(
            timetable.upcoming(utc(2026, 11, 23, 9, 0), 3),
            [
                utc(2026, 11, 23, 9, 7),
                utc(2026, 11, 23, 9, 14),
                utc(2026, 11, 23, 9, 21)
            ]
        );
        assert_eq!(
            timetable.next_after(utc(2026, 11, 23, 9, 7)),
            Some(utc(2026, 11, 23, 9, 14))
        );
        assert_eq!(
            timetable.next_after(utc(2020, 1, 1, 0, 0)),
            Some(utc(2026, 11, 23, 9, 7))
        );
    }

    #[test]
    fn every_second_day_keeps_its_local_time_across_a_clock_change() {
        let mut timetable = every_day_at(9, 0, Berlin, utc(2027, 3, 26, 12, 0));
        timetable.rule = Rule::EveryDays {
            days: 2,
            at: NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
        };
        assert_eq!(
            timetable.upcoming(utc(2027, 3, 26, 12, 0), 2),
            [utc(2027, 3, 28, 7, 0), utc(2027, 3, 30, 7, 0)]
        );
    }

    #[test]
    fn f43_a_daily_time_inside_a_gap_runs_right_after_it() {
        let timetable = every_day_at(2, 30, Berlin, utc(2027, 3, 27, 12, 0));
        assert_eq!(
            timetable.next_after(utc(2027, 3, 27, 12, 0)),
            Some(utc(2027, 3, 28, 1, 0))
        );
    }

    #[test]
    fn f46_the_day_that_samoa_skipped_does_not_stall_or_double() {
        let timetable = every_day_at(9, 0, Apia, utc(2011, 12, 28, 0, 0));
        let runs = timetable.upcoming(utc(2011, 12, 28, 0, 0), 5);
        assert!(runs.windows(2).all(|pair| pair[0] < pair[1]), "{runs:?}");
    }

    #[test]
    fn f46_next_is_later_in_every_zone_over_ten_years() {
        for zone in chrono_tz::TZ_VARIANTS {
            let timetable = every_day_at(2, 30, zone, utc(2020, 1, 1, 0, 0));
            let mut at = utc(2020, 1, 1, 0, 0);
            while at < utc(2030, 1, 1, 0, 0) {
                let next = timetable.next_after(at).unwrap();
                assert!(
                    next > at && next - at < TimeDelta::hours(50),
                    "{zone} {at} {next}"
                );
                // A month at a time keeps six hundred zones quick, and the odd step meets every date.
                at = next + TimeDelta::hours(17 * 24 + 7);
            }
        }
    }

    #[test]
    fn a_rule_is_stored_as_readable_json() {
        let rule = Rule::Cron(CronExpression::parse("0 9 * * 1-5").unwrap());
        let json = serde_json::to_string(&rule).unwrap();
        assert_eq!(json, r#"{"cron":"0 9 * * 1-5"}"#);
        assert_eq!(serde_json::from_str::<Rule>(&json).unwrap(), rule);
    }
}
