//! Which runs follow from a schedule that is due: usually one, after an outage what its policy says.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::policy::{Outage, Policy};
use super::timetable::Timetable;
use crate::words;

/// An occurrence that starts within this time is on time; whatever is later was missed for a while.
const ON_TIME: TimeDelta = TimeDelta::minutes(1);
/// Missed occurrences are counted up to here: a schedule for every minute misses these in a week.
const COUNTED: usize = 10_080;

/// What is to be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Occurrences to run, in order.
    pub runs: Vec<DateTime<Utc>>,
    /// Occurrences before them that are not made up for.
    pub missed: Option<Missed>,
    /// The next occurrence to come.
    pub next: Option<DateTime<Utc>>,
}

/// Occurrences that nobody ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// The first of them.
    pub first: DateTime<Utc>,
    /// The last of them.
    pub last: DateTime<Utc>,
    /// How many; 10,080 stands for as many or more.
    pub count: usize,
    /// Whether a later one is made up for.
    pub is_made_up_for: bool,
}

impl Missed {
    /// What became of them, in the schedule's own zone.
    pub fn describe(&self, zone: Tz) -> String {
        let what = match self.count {
            1 => format!(
                "Missed: no server was at work at {}.",
                words::exact(self.first, zone)
            ),
            _ => format!(
                "Missed {}: no server was at work {}.",
                self.runs(),
                self.between(zone)
            ),
        };
        let then = if self.is_made_up_for {
            "What the schedule makes up for ran afterwards."
        } else {
            "As the schedule says, this is not made up for."
        };
        format!("{what} {then}")
    }

    /// What became of them when the schedule was paused, in its own zone.
    pub fn describe_paused(&self, zone: Tz) -> String {
        match self.count {
            1 => format!(
                "Paused: the run of {} did not happen.",
                words::exact(self.first, zone)
            ),
            _ => format!("Paused: {} did not happen, {}.", self.runs(), self.between(zone)),
        }
    }

    fn runs(&self) -> String {
        let at_least = if self.count >= COUNTED { "at least " } else { "" };
        let count = words::thousands(i64::try_from(self.count).unwrap_or(i64::MAX));
        format!("{at_least}{count} runs")
    }

    fn between(&self, zone: Tz) -> String {
        format!(
            "from {} to {}",
            words::exact(self.first, zone),
            words::exact(self.last, zone)
        )
    }
}

/// What follows at `now` from a schedule that was due at `due`, which is not after `now`.
pub fn decide(timetable: &Timetable, policy: &Policy, due: DateTime<Utc>, now: DateTime<Utc>) -> Due {
    let next = timetable.next_after(now);
    let mut occurrences = all_until(timetable, due, now);
    let is_late = |at: DateTime<Utc>, limit: TimeDelta| now - at > limit;
    let in_time = |at: DateTime<Utc>| {
        let limit = policy
            .late_limit
            .map(|minutes| TimeDelta::minutes(minutes.into()));
        !limit.is_some_and(|limit| is_late(at, limit.max(ON_TIME)))
    };
    let wanted = match policy.outage {
        Outage::Once => 1,
        Outage::Every(most) => (most as usize).max(1),
        Outage::Skip => usize::from(occurrences.last().is_some_and(|at| !is_late(*at, ON_TIME))),
    };
    let first_run = occurrences.len().saturating_sub(wanted);
    let runs: Vec<_> = occurrences
        .split_off(first_run)
        .into_iter()
        .filter(|at| in_time(*at))
        .collect();
    // Those of the wanted that came too late count as missed, too.
    let last = runs
        .first()
        .map_or(now, |first| *first - TimeDelta::milliseconds(1));
    let missed = missed(timetable, due, last, !runs.is_empty());
    Due { runs, missed, next }
}

fn missed(
    timetable: &Timetable,
    due: DateTime<Utc>,
    until: DateTime<Utc>,
    is_made_up_for: bool,
) -> Option<Missed> {
    let all = all_until(timetable, due, until);
    Some(Missed {
        first: *all.first()?,
        last: *all.last()?,
        count: all.len(),
        is_made_up_for,
    })
}

/// Occurrences that passed while a schedule was paused at `paused` and until `now`; none when none did.
pub fn passed(timetable: &Timetable, paused: DateTime<Utc>, now: DateTime<Utc>) -> Option<Missed> {
    missed(timetable, timetable.next_after(paused)?, now, false)
}

/// The occurrences from `due` to `until`; of more than can be counted the latest.
fn all_until(timetable: &Timetable, due: DateTime<Utc>, until: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let from = |first: Option<DateTime<Utc>>| {
        std::iter::successors(first, |last| timetable.next_after(*last)).take_while(|at| *at <= until)
    };
    let all: Vec<_> = from(Some(due)).take(COUNTED + 1).collect();
    if all.len() <= COUNTED {
        return all;
    }
    // Too many to walk through: the last of them, from ever earlier, and the first for its date.
    let latest = [1, 60, 24 * 60, 32 * 24 * 60]
        .map(|minutes| timetable.next_after(until - TimeDelta::minutes(minutes)))
        .into_iter()
        .find_map(|first| {
            let some: Vec<_> = from(first).take(COUNTED).collect();
            (!some.is_empty()).then_some(some)
        })
        .unwrap_or_default();
    let kept = COUNTED.saturating_sub(latest.len());
    let mut some: Vec<_> = all.into_iter().take(kept).collect();
    some.retain(|at| latest.first().is_none_or(|first| at < first));
    some.extend(latest);
    some
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::super::{Rule, Span};
    use super::*;

    fn at(day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, day, hour, minute, 0).unwrap()
    }

    fn every(rule: Rule) -> Timetable {
        Timetable {
            rule,
            zone: Tz::UTC,
            anchor: at(1, 0, 0),
            span: Span::default(),
        }
    }

    fn policy(outage: Outage, late_limit: Option<u32>) -> Policy {
        Policy {
            outage,
            late_limit,
            ..Policy::default()
        }
    }

    #[test]
    fn an_occurrence_in_time_runs_whatever_the_policy() {
        let hourly = every(Rule::EveryHours(1));
        for outage in [Outage::Once, Outage::Every(5), Outage::Skip] {
            let now = at(2, 9, 0) + TimeDelta::seconds(40);
            let due = decide(&hourly, &policy(outage, Some(1)), at(2, 9, 0), now);
            assert_eq!(
                due,
                Due {
                    runs: vec![at(2, 9, 0)],
                    missed: None,
                    next: Some(at(2, 10, 0))
                }
            );
        }
    }

    #[test]
    fn f58_after_three_days_the_policy_says_what_is_made_up_for() {
        let minutely = every(Rule::EveryMinutes(1));
        let now = at(5, 12, 0) + TimeDelta::seconds(90);
        let once = decide(&minutely, &policy(Outage::Once, None), at(2, 12, 0), now);
        assert_eq!(once.runs, [at(5, 12, 1)]);
        let missed = once.missed.unwrap();
        assert_eq!((missed.first, missed.last), (at(2, 12, 0), at(5, 12, 0)));
        assert_eq!(missed.count, 3 * 24 * 60 + 1);
        let every = decide(&minutely, &policy(Outage::Every(3), None), at(2, 12, 0), now);
        assert_eq!(every.runs, [at(5, 11, 59), at(5, 12, 0), at(5, 12, 1)]);
        let skip = decide(&minutely, &policy(Outage::Skip, None), at(2, 12, 0), now);
        // The latest is half a minute late: in time.
        assert_eq!(skip.runs, [at(5, 12, 1)]);
        assert_eq!(skip.next, Some(at(5, 12, 2)));
    }

    #[test]
    fn f58_what_is_skipped_after_an_outage_is_one_row_that_says_how_many() {
        let hourly = every(Rule::EveryHours(1));
        let due = decide(&hourly, &policy(Outage::Skip, None), at(2, 9, 0), at(2, 11, 30));
        assert!(due.runs.is_empty());
        let missed = due.missed.unwrap();
        assert_eq!(
            missed.describe(Tz::UTC),
            "Missed 3 runs: no server was at work from Mon 2 Nov 2026, 09:00 UTC to Mon 2 Nov 2026, 11:00 UTC. \
             As the schedule says, this is not made up for."
        );
    }

    #[test]
    fn nothing_runs_that_is_later_than_the_schedule_allows() {
        let hourly = every(Rule::EveryHours(1));
        let policy = policy(Outage::Every(10), Some(120));
        let due = decide(&hourly, &policy, at(2, 9, 0), at(2, 13, 30));
        assert_eq!(due.runs, [at(2, 12, 0), at(2, 13, 0)]);
        assert_eq!(due.missed.map(|missed| missed.count), Some(3));
        let due = decide(
            &hourly,
            &policy,
            at(2, 9, 0),
            at(2, 9, 0) + TimeDelta::minutes(59),
        );
        assert_eq!(due.runs, [at(2, 9, 0)]);
    }

    #[test]
    fn f58_years_of_missed_minutes_are_decided_at_once() {
        let cron = Rule::Cron(super::super::CronExpression::parse("* * * * *").unwrap());
        let began = std::time::Instant::now();
        let now = at(20, 12, 0);
        let due = decide(
            &every(cron),
            &Policy::default(),
            now - TimeDelta::days(5 * 365),
            now,
        );
        assert_eq!(due.runs, [now]);
        let missed = due.missed.unwrap();
        assert_eq!(missed.first, now - TimeDelta::days(5 * 365));
        assert!(
            missed.describe(Tz::UTC).starts_with("Missed at least "),
            "{missed:?}"
        );
        assert!(
            began.elapsed() < std::time::Duration::from_secs(5),
            "{:?}",
            began.elapsed()
        );
    }
}
