//! One line of a calendar: when it is in force.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

/// A named stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// What a person calls it, `Christmas Day`.
    pub name: String,
    /// When it is.
    pub times: Times,
}

/// When a period is, by the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// Once, from a moment to another.
    Once {
        /// Its first moment.
        from: NaiveDateTime,
        /// The first moment after it.
        until: NaiveDateTime,
    },
    /// The same days of each year.
    Yearly {
        /// The first day, in a leap year.
        first: NaiveDate,
        /// The last day, on or after the first.
        last: NaiveDate,
    },
    /// The same hours of each week.
    Weekly {
        /// The day on which it begins.
        on: Weekday,
        /// When it begins.
        from: NaiveTime,
        /// When it ends; on the next day if that is not later than the beginning.
        until: NaiveTime,
    },
}

impl Times {
    /// Whole days.
    pub fn days(first: NaiveDate, last: NaiveDate) -> Option<Self> {
        Some(Self::Once {
            from: first.and_time(NaiveTime::MIN),
            until: last.succ_opt()?.and_time(NaiveTime::MIN),
        })
    }

    /// When it ends, if a moment is in it.
    pub fn end_around(self, at: NaiveDateTime) -> Option<NaiveDateTime> {
        match self {
            Self::Once { from, until } => end_if_in(from, until, at),
            Self::Yearly { first, last } => [at.year() - 1, at.year()].into_iter().find_map(|year| {
                let from = in_year(first, year)?;
                let until = in_year(last, year + (last.year() - first.year()))?.succ_opt()?;
                end_if_in(from.and_time(NaiveTime::MIN), until.and_time(NaiveTime::MIN), at)
            }),
            Self::Weekly { on, from, until } => [at.date().pred_opt()?, at.date()]
                .into_iter()
                .filter(|date| date.weekday() == on)
                .find_map(|date| {
                    let days = Days::new(u64::from(until <= from));
                    let end = date.checked_add_days(days)?.and_time(until);
                    end_if_in(date.and_time(from), end, at)
                }),
        }
    }
}

fn end_if_in(from: NaiveDateTime, until: NaiveDateTime, at: NaiveDateTime) -> Option<NaiveDateTime> {
    (from <= at && at < until).then_some(until)
}

/// A date in another year; 29 February is the 28th where there is none.
fn in_year(date: NaiveDate, year: i32) -> Option<NaiveDate> {
    let months = (year - date.year()).checked_mul(12)?;
    let distance = Months::new(months.unsigned_abs());
    if months < 0 {
        date.checked_sub_months(distance)
    } else {
        date.checked_add_months(distance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn noon(year: i32, month: u32, day: u32) -> NaiveDateTime {
        date(year, month, day).and_hms_opt(12, 0, 0).unwrap()
    }

    #[test]
    fn a_yearly_period_may_go_over_new_year() {
        let times = Times::Yearly {
            first: date(2024, 12, 24),
            last: date(2025, 1, 2),
        };
        for inside in [noon(2026, 12, 24), noon(2026, 12, 31), noon(2027, 1, 2)] {
            assert!(times.end_around(inside).is_some(), "{inside}");
        }
        for outside in [noon(2026, 12, 23), noon(2027, 1, 3), noon(2027, 6, 1)] {
            assert_eq!(times.end_around(outside), None, "{outside}");
        }
    }

    #[test]
    fn a_leap_day_recurs_on_the_28th() {
        let leap = date(2024, 2, 29);
        let times = Times::Yearly {
            first: leap,
            last: leap,
        };
        assert!(times.end_around(noon(2027, 2, 28)).is_some());
        assert_eq!(times.end_around(noon(2028, 2, 28)), None);
        assert!(times.end_around(noon(2028, 2, 29)).is_some());
    }

    #[test]
    fn weekly_hours_may_go_over_midnight() {
        let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        let times = Times::Weekly {
            on: Weekday::Sat,
            from: hour(22),
            until: hour(2),
        };
        let saturday = date(2026, 11, 28);
        assert_eq!(
            times.end_around(saturday.and_time(hour(23))),
            Some(date(2026, 11, 29).and_time(hour(2)))
        );
        assert!(times.end_around(date(2026, 11, 29).and_time(hour(1))).is_some());
        assert_eq!(times.end_around(date(2026, 11, 29).and_time(hour(2))), None);
        assert_eq!(times.end_around(saturday.and_time(hour(1))), None);
    }
}
