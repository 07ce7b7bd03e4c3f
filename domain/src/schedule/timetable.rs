//! The runs that follow from a rule.

use chrono::{
    DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;

use super::days::Times;
use super::rule::{Rule, Span};

/// Days that are looked through for the next run: a rule of days may leave out a year, and zones have skipped a day.
const LONGEST_SEARCH: u64 = 2 * 366 + 8;

/// A rule in its zone, counted from an anchor: everything needed to know the next run.
#[derive(Debug, Clone, PartialEq)]
pub struct Timetable {
    /// How often.
    pub rule: Rule,
    /// Whose clock.
    pub zone: Tz,
    /// Where intervals are counted from unless the span has a first day; the schedule's creation, on the minute.
    pub anchor: DateTime<Utc>,
    /// From when to when.
    pub span: Span,
}

impl Timetable {
    /// The first run strictly after an instant. `None` when there is none any more, or none that the clock tells.
    pub fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let begin = self.begin();
        let after = match begin {
            Some(begin) => after.max(begin - TimeDelta::milliseconds(1)),
            None => after,
        };
        let next = match &self.rule {
            Rule::EveryMinutes(minutes) => self.elapsed_step(TimeDelta::minutes((*minutes).into()), after),
            Rule::EveryHours(hours) => self.elapsed_step(TimeDelta::hours((*hours).into()), after),
            Rule::EveryDays { days, at } => {
                let first = begin
                    .unwrap_or(self.anchor)
                    .with_timezone(&self.zone)
                    .date_naive();
                let days = i64::from((*days).max(1));
                self.day_step(at, after, |date| {
                    date >= first && (date - first).num_days() % days == 0
                })
            }
            Rule::Weekdays { on, at } => self.day_step(at, after, |date| on.contains(&date.weekday())),
            Rule::MonthDays { on, at } => self.day_step(at, after, |date| on.iter().any(|day| day.is(date))),
            Rule::Once(at) => wall_clock(*at, self.zone).filter(|instant| *instant > after),
            Rule::After(_) => None,
            Rule::Cron(expression) => expression.next_after(after, self.zone),
        };
        let is_over = |instant: &DateTime<Utc>| {
            let date = instant.with_timezone(&self.zone).date_naive();
            self.span.last.is_some_and(|last| date > last)
        };
        next.filter(|instant| !is_over(instant))
    }

    /// The next runs after an instant, in order.
    pub fn upcoming(&self, after: DateTime<Utc>, count: usize) -> Vec<DateTime<Utc>> {
        std::iter::successors(self.next_after(after), |last| self.next_after(*last))
            .take(count)
            .collect()
    }

    /// An instant by the clock of its zone.
    pub fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.zone).naive_local()
    }

    /// A time by the clock of its zone as an instant; of one that the clock skips the first moment after it.
    pub fn instant(&self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        wall_clock(local, self.zone)
    }

    /// The beginning of the first day.
    fn begin(&self) -> Option<DateTime<Utc>> {
        wall_clock(self.span.first?.and_time(NaiveTime::MIN), self.zone)
    }

    fn elapsed_step(&self, step: TimeDelta, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let begin = self.begin();
        let origin = begin.unwrap_or(self.anchor);
        let passed = (after - origin)
            .num_milliseconds()
            .div_euclid(step.num_milliseconds().max(1));
        // A schedule made now first runs one step from now; one that begins on a day runs as this begins.
        let steps = i32::try_from((passed + 1).max(i64::from(begin.is_none()))).ok()?;
        origin.checked_add_signed(step.checked_mul(steps)?)
    }

    fn day_step(
        &self,
        at: &Times,
        after: DateTime<Utc>,
        is_due: impl Fn(NaiveDate) -> bool,
    ) -> Option<DateTime<Utc>> {
        // From the day before: a time in a gap around midnight falls on the next day.
        let start = after.with_timezone(&self.zone).date_naive().pred_opt()?;
        (0..LONGEST_SEARCH)
            .filter_map(|days| start.checked_add_days(Days::new(days)))
            .filter(|date| is_due(*date))
            .flat_map(|date| at.iter().map(move |time| date.and_time(time)))
            .filter_map(|local| wall_clock(local, self.zone))
            .find(|instant| *instant > after && *instant > self.anchor)
    }
}

/// A local time as an instant: in a spring gap the first moment after it, of a repeated time the first.
pub(super) fn wall_clock(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
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

    use super::super::{MonthDay, WEEK};
    use super::*;

    fn utc(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(year, month, day, hour, minute, 0).unwrap()
    }

    fn every_day_at(hour: u32, minute: u32, zone: Tz, anchor: DateTime<Utc>) -> Timetable {
        Timetable {
            rule: Rule::EveryDays {
                days: 1,
                at: NaiveTime::from_hms_opt(hour, minute, 0).unwrap().into(),
            },
            zone,
            anchor,
            span: Span::default(),
        }
    }

    #[test]
    fn an_interval_counts_from_its_anchor_and_never_runs_at_once() {
        let timetable = Timetable {
            rule: Rule::EveryMinutes(7),
            zone: Tz::UTC,
            anchor: utc(2026, 11, 23, 9, 0),
            span: Span::default(),
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
            at: NaiveTime::from_hms_opt(9, 0, 0).unwrap().into(),
        };
        assert_eq!(
            timetable.upcoming(utc(2027, 3, 26, 12, 0), 2),
            [utc(2027, 3, 28, 7, 0), utc(2027, 3, 30, 7, 0)]
        );
    }

    fn of(rule: Rule, zone: Tz) -> Timetable {
        Timetable {
            rule,
            zone,
            anchor: utc(2026, 11, 26, 12, 0),
            span: Span::default(),
        }
    }

    fn at(times: &str) -> Times {
        Times::parse(times).unwrap()
    }

    #[test]
    fn several_times_a_day_come_in_order() {
        let rule = Rule::Weekdays {
            on: vec![chrono::Weekday::Mon, chrono::Weekday::Fri],
            at: at("09:00 17:00"),
        };
        assert_eq!(
            of(rule, Berlin).upcoming(utc(2026, 11, 27, 9, 0), 4),
            [
                utc(2026, 11, 27, 16, 0),
                utc(2026, 11, 30, 8, 0),
                utc(2026, 11, 30, 16, 0),
                utc(2026, 12, 4, 8, 0)
            ]
        );
    }

    #[test]
    fn days_of_the_month_fall_on_the_last_in_short_months() {
        let rule = Rule::MonthDays {
            on: MonthDay::parse_all("31").unwrap(),
            at: at("12:00"),
        };
        assert_eq!(
            of(rule, Tz::UTC).upcoming(utc(2027, 1, 1, 0, 0), 3),
            [
                utc(2027, 1, 31, 12, 0),
                utc(2027, 2, 28, 12, 0),
                utc(2027, 3, 31, 12, 0)
            ]
        );
    }

    #[test]
    fn f53_a_single_run_happens_once_ever() {
        let date = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
        let timetable = of(Rule::Once(date.and_hms_opt(9, 0, 0).unwrap()), Berlin);
        let due = utc(2026, 12, 1, 8, 0);
        assert_eq!(timetable.upcoming(utc(2026, 11, 26, 12, 0), 3), [due]);
        assert_eq!(timetable.next_after(due), None);
    }

    #[test]
    fn a_span_begins_and_ends_with_its_days() {
        let mut timetable = of(Rule::EveryHours(6), Berlin);
        timetable.span = Span {
            first: NaiveDate::from_ymd_opt(2026, 12, 1),
            last: NaiveDate::from_ymd_opt(2026, 12, 1),
        };
        let midnight = utc(2026, 11, 30, 23, 0);
        let expected = [0, 6, 12, 18].map(|hours| midnight + TimeDelta::hours(hours));
        assert_eq!(timetable.upcoming(utc(2026, 11, 26, 12, 0), 9), expected);
        timetable.rule = Rule::EveryDays {
            days: 2,
            at: at("09:00"),
        };
        timetable.span.last = NaiveDate::from_ymd_opt(2026, 12, 4);
        assert_eq!(
            timetable.upcoming(utc(2026, 11, 26, 12, 0), 9),
            [utc(2026, 12, 1, 8, 0), utc(2026, 12, 3, 8, 0)]
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
            let mut timetable = every_day_at(2, 30, zone, utc(2020, 1, 1, 0, 0));
            timetable.rule = Rule::Weekdays {
                on: WEEK.to_vec(),
                at: at("00:30 02:30 23:45"),
            };
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
}
