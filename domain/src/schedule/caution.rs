//! What a person should know before a schedule is saved: likely slips, and what clocks do to it.

use chrono::{DateTime, LocalResult, NaiveDateTime, TimeDelta, TimeZone, Utc};

use super::days::{MonthDay, ordinal};
use super::rule::Rule;
use super::timetable::{Timetable, wall_clock};
use crate::words;

/// So many runs ahead are looked at.
const AHEAD: usize = 20;
/// As many of them as people see in a list, with what the clocks do to each.
const LISTED: usize = 5;
/// How far ahead the clocks are looked at: each change comes round in a year.
const YEAR: TimeDelta = TimeDelta::days(366);

impl Timetable {
    /// Sentences on what may not be meant; none of them forbids anything. `usual` is how many milliseconds a run of the
    /// task usually takes, if that is known.
    pub fn cautions(&self, now: DateTime<Utc>, usual: Option<i64>) -> Vec<String> {
        let slip = match &self.rule {
            Rule::Cron(expression) => slip(expression.as_str()),
            _ => None,
        };
        let upcoming = self.upcoming(now, AHEAD);
        let shortest = upcoming
            .iter()
            .zip(upcoming.iter().skip(1))
            .map(|(one, next)| (*next - *one).num_milliseconds())
            .min();
        let too_often = usual.zip(shortest).filter(|(usual, gap)| usual > gap);
        let too_often = too_often.map(|(usual, gap)| {
            format!(
                "A run usually takes {}, and the next is due {} after it began. Look at \"If something is in the way\".",
                words::duration(usual),
                words::duration(gap)
            )
        });
        let span = self.over_already(now).into_iter();
        let cautions = slip.into_iter().chain(too_often).chain(self.short_months());
        cautions.chain(span).chain(self.clock_change(now)).collect()
    }

    /// What becomes of days that not every month has.
    fn short_months(&self) -> Option<String> {
        match &self.rule {
            Rule::MonthDays { on, .. } => {
                let day = on.iter().filter_map(|day| match day {
                    MonthDay::Day(day) if *day > 28 => Some(*day),
                    _ => None,
                });
                let day = day.max()?;
                Some(format!(
                    "Months without a {} have their run on their last day instead.",
                    ordinal(day)
                ))
            }
            Rule::Cron(expression) => {
                let fields: Vec<&str> = expression.as_str().split_whitespace().collect();
                let day: u32 = match fields.as_slice() {
                    [_, _, day, _, "*"] => day.parse().ok()?,
                    _ => return None,
                };
                (day > 28).then(|| {
                    format!(
                        "Months without a {} have no run. For the last day of every month, choose “On certain days of the month” and enter last.",
                        ordinal(day)
                    )
                })
            }
            _ => None,
        }
    }

    /// A first day that is over.
    fn over_already(&self, now: DateTime<Utc>) -> Option<String> {
        let first = self.span.first?;
        (first < self.local(now).date()).then(|| {
            format!(
                "The first day, {}, is over. Nothing is made up for: the next run is the first one listed below.",
                first.format("%-d %b %Y")
            )
        })
    }

    /// The next run that a change of the clocks moves, if it is not among those that are listed anyway.
    fn clock_change(&self, now: DateTime<Utc>) -> Option<String> {
        let is_by_wall_clock = matches!(
            self.rule,
            Rule::EveryDays { .. } | Rule::Weekdays { .. } | Rule::MonthDays { .. }
        );
        if !is_by_wall_clock {
            return None;
        }
        let (at, note) = std::iter::successors(self.next_after(now), |last| self.next_after(*last))
            .take_while(|at| *at - now < YEAR)
            .skip(LISTED)
            .find_map(|at| Some((at, self.clock_note(at)?)))?;
        Some(format!("On {}, {note}.", self.local(at).format("%a %-d %b %Y")))
    }

    /// What the clocks do to the run at this instant, if they do anything.
    pub fn clock_note(&self, at: DateTime<Utc>) -> Option<String> {
        let local = self.local(at);
        let meant: Vec<NaiveDateTime> = match &self.rule {
            Rule::EveryDays { at: times, .. }
            | Rule::Weekdays { at: times, .. }
            | Rule::MonthDays { at: times, .. } => {
                times.iter().map(|time| local.date().and_time(time)).collect()
            }
            Rule::Once(at) => vec![*at],
            _ => return None,
        };
        if !meant.contains(&local) {
            let skipped = meant
                .iter()
                .find(|meant| wall_clock(**meant, self.zone) == Some(at))?;
            let time = skipped.format("%H:%M");
            return Some(format!("the clocks skip {time}, so it runs right after"));
        }
        let is_twice = matches!(
            self.zone.from_local_datetime(&local),
            LocalResult::Ambiguous(first, second) if second - first >= TimeDelta::minutes(1)
        );
        is_twice.then(|| {
            format!(
                "the clocks show {} twice, it runs the first time",
                local.format("%H:%M")
            )
        })
    }
}

/// A star where a number was meant is the slip that fills a history.
fn slip(expression: &str) -> Option<String> {
    let fields: Vec<&str> = expression.split_whitespace().collect();
    let [minute, hour, ..] = fields.as_slice() else {
        return None;
    };
    let is_every_minute = matches!(*minute, "*" | "*/1" | "0-59" | "0-59/1");
    let is_every_hour = matches!(*hour, "*" | "*/1" | "0-23" | "0-23/1");
    match (is_every_minute, is_every_hour) {
        (true, false) => Some(format!(
            "This means 60 runs in each hour that {hour} stands for, one every minute. For one run an hour, write 0 first: 0 {}.",
            fields.get(1..).unwrap_or_default().join(" ")
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, NaiveTime};
    use chrono_tz::Europe::Paris;

    use super::super::{CronExpression, Span, Times};
    use super::*;

    fn timetable(rule: Rule) -> Timetable {
        Timetable {
            rule,
            zone: Paris,
            anchor: now(),
            span: Span::default(),
        }
    }

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 27, 12, 0, 0).unwrap()
    }

    fn cron(text: &str) -> Timetable {
        timetable(Rule::Cron(CronExpression::parse(text).unwrap()))
    }

    #[test]
    fn a_star_before_an_hour_is_pointed_out_with_what_to_write_instead() {
        assert_eq!(
            cron("* 9 * * *").cautions(now(), None),
            [
                "This means 60 runs in each hour that 9 stands for, one every minute. For one run an hour, write 0 first: 0 9 * * *."
            ]
        );
        for text in ["0 9 * * *", "* * * * *", "*/5 9 * * *", "15 */2 * * 1-5"] {
            assert!(cron(text).cautions(now(), None).is_empty(), "{text}");
        }
    }

    #[test]
    fn runs_that_usually_last_longer_than_the_time_between_them_are_pointed_out() {
        let often = timetable(Rule::EveryMinutes(10));
        assert_eq!(
            often.cautions(now(), Some(12 * 60_000)),
            [
                "A run usually takes 12 min, and the next is due 10 min after it began. Look at \"If something is in the way\"."
            ]
        );
        assert!(often.cautions(now(), Some(9 * 60_000)).is_empty());
        assert!(often.cautions(now(), None).is_empty());
    }

    #[test]
    fn days_that_not_every_month_has_are_pointed_out() {
        let month = |text: &str| {
            let on = MonthDay::parse_all(text).unwrap();
            let at = Times::parse("09:00").unwrap();
            timetable(Rule::MonthDays { on, at }).cautions(now(), None)
        };
        assert_eq!(
            month("1, 29, 31"),
            ["Months without a 31st have their run on their last day instead."]
        );
        assert!(month("28, last").is_empty());
        assert!(
            cron("0 9 30 * *").cautions(now(), None)[0].starts_with("Months without a 30th have no run.")
        );
        for text in ["0 9 28 * *", "0 9 31 * 1", "0 9 1-31 * *"] {
            assert!(cron(text).cautions(now(), None).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_first_day_that_is_over_is_pointed_out() {
        let from = |day: u32| Timetable {
            span: Span {
                first: NaiveDate::from_ymd_opt(2026, 3, day),
                last: None,
            },
            ..timetable(Rule::EveryHours(1))
        };
        assert!(from(26).cautions(now(), None)[0].starts_with("The first day, 26 Mar 2026, is over."));
        assert!(from(27).cautions(now(), None).is_empty(), "today");
    }

    #[test]
    fn a_change_of_the_clocks_that_the_list_does_not_reach_is_announced() {
        let at = |text: &str| Times::parse(text).unwrap();
        let october = Utc.with_ymd_and_hms(2026, 9, 1, 12, 0, 0).unwrap();
        let daily = timetable(Rule::EveryDays {
            days: 1,
            at: at("02:30"),
        });
        assert_eq!(
            daily.cautions(october, None),
            ["On Sun 25 Oct 2026, the clocks show 02:30 twice, it runs the first time."]
        );
        let by_day = timetable(Rule::EveryDays {
            days: 1,
            at: at("09:00"),
        });
        assert!(by_day.cautions(october, None).is_empty());
        // Two days ahead, the list itself says it.
        assert_eq!(
            daily.cautions(now(), None),
            ["On Sun 25 Oct 2026, the clocks show 02:30 twice, it runs the first time."]
        );
    }

    #[test]
    fn a_run_on_the_night_of_a_clock_change_says_what_happens() {
        let at = Times::parse("02:30, 03:00").unwrap();
        let daily = timetable(Rule::EveryDays { days: 1, at });
        let notes: Vec<_> = daily
            .upcoming(now(), 4)
            .into_iter()
            .map(|at| daily.clock_note(at))
            .collect();
        assert_eq!(notes[..2], [None, None], "the night before");
        let spring = daily.upcoming(Utc.with_ymd_and_hms(2026, 3, 28, 12, 0, 0).unwrap(), 1)[0];
        assert_eq!(
            daily.local(spring).time(),
            NaiveTime::from_hms_opt(3, 0, 0).unwrap()
        );
        let at = Times::parse("02:30").unwrap();
        let daily = timetable(Rule::EveryDays { days: 1, at });
        assert_eq!(
            daily.clock_note(spring).as_deref(),
            Some("the clocks skip 02:30, so it runs right after")
        );
        let autumn = daily.upcoming(Utc.with_ymd_and_hms(2026, 10, 24, 12, 0, 0).unwrap(), 1)[0];
        assert_eq!(
            daily.clock_note(autumn).as_deref(),
            Some("the clocks show 02:30 twice, it runs the first time")
        );
        let once = NaiveDate::from_ymd_opt(2026, 3, 29)
            .unwrap()
            .and_hms_opt(2, 15, 0)
            .unwrap();
        assert!(timetable(Rule::Once(once)).clock_note(spring).is_some());
        assert_eq!(timetable(Rule::EveryMinutes(30)).clock_note(spring), None);
    }
}
