//! Five-field cron expressions, with names, `L` and `#`, weekdays as crontab has them.
//!
//! Daylight saving follows croner (its README): a fixed time inside a gap runs right after the gap, a repeated time
//! runs once; wildcard minutes and hours follow real time.

use std::fmt;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::parser::{CronParser, Seconds, Year};
use serde::{Deserialize, Serialize};

/// Longer than any real expression, short enough to bound parsing (fault case F51).
const MAX_LENGTH: usize = 200;

/// A parsed expression, kept with the text it came from.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CronExpression {
    text: String,
    /// Boxed: it is far larger than every other rule.
    parsed: Box<croner::Cron>,
}

/// Why an expression is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronProblem {
    /// Not five fields, or a field that makes no sense.
    #[error("The cron expression must have five fields, like 0 9 * * 1-5 for 09:00 on weekdays")]
    Unreadable,
    /// It parses, but no date ever matches, such as 31 February.
    #[error("This cron expression never comes round, so the task would never run")]
    Never,
    /// Over 200 characters.
    #[error("The cron expression must be 200 characters or less")]
    TooLong,
}

impl CronExpression {
    /// Parses the text; `now` is where the search for a first match starts.
    pub fn parse(text: &str) -> Result<Self, CronProblem> {
        let text = text.trim();
        if text.len() > MAX_LENGTH {
            return Err(CronProblem::TooLong);
        }
        let parsed = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build()
            .parse(text)
            .map_err(|_| CronProblem::Unreadable)?;
        if text.starts_with('@') {
            return Err(CronProblem::Unreadable);
        }
        let expression = Self {
            text: text.to_owned(),
            parsed: Box::new(parsed),
        };
        // The epoch serves as well as today: a pattern that ever matches does so within the calendar's 400-year cycle.
        expression
            .next_after(DateTime::UNIX_EPOCH, Tz::UTC)
            .ok_or(CronProblem::Never)?;
        Ok(expression)
    }

    /// The first match strictly after an instant, in the zone's wall-clock time.
    pub fn next_after(&self, after: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let found = self
            .parsed
            .find_next_occurrence(&after.with_timezone(&zone), false)
            .ok()?
            .to_utc();
        // croner promises forward motion; a scheduler that trusted a broken promise would spin.
        (found > after).then_some(found)
    }

    /// The expression as typed.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for CronExpression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl fmt::Debug for CronExpression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CronExpression({})", self.text)
    }
}

impl TryFrom<String> for CronExpression {
    type Error = CronProblem;

    fn try_from(text: String) -> Result<Self, CronProblem> {
        Self::parse(&text)
    }
}

impl From<CronExpression> for String {
    fn from(expression: CronExpression) -> Self {
        expression.text
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use chrono_tz::Europe::Berlin;

    use super::*;

    fn matches(expression: &str, from: DateTime<Utc>, zone: Tz, count: usize) -> Vec<DateTime<Utc>> {
        let expression = CronExpression::parse(expression).unwrap();
        std::iter::successors(expression.next_after(from, zone), |last| {
            expression.next_after(*last, zone)
        })
        .take(count)
        .collect()
    }

    #[test]
    fn f51_what_cannot_be_read_or_never_comes_is_refused() {
        for text in [
            "",
            "* * * *",
            "* * * * * *",
            "61 * * * *",
            "@reboot",
            "@daily",
            "every day",
            "0 0 * * mondy",
        ] {
            assert_eq!(
                CronExpression::parse(text),
                Err(CronProblem::Unreadable),
                "{text}"
            );
        }
        assert_eq!(CronExpression::parse("0 0 31 2 *"), Err(CronProblem::Never));
        assert_eq!(
            CronExpression::parse(&"*,".repeat(6000)),
            Err(CronProblem::TooLong)
        );
        for text in [
            "0 0 29 2 *",
            "0 9 * * MON-FRI",
            "0 9 L * *",
            "0 9 * * 5#1",
            "*/15 0-6 1,15 * *",
        ] {
            assert!(CronExpression::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn weekdays_count_as_crontab_does_with_sunday_zero_and_seven() {
        let monday = Utc.with_ymd_and_hms(2026, 11, 23, 0, 0, 0).unwrap();
        let sunday = Utc.with_ymd_and_hms(2026, 11, 29, 9, 0, 0).unwrap();
        assert_eq!(matches("0 9 * * 0", monday, Tz::UTC, 1), [sunday]);
        assert_eq!(matches("0 9 * * 7", monday, Tz::UTC, 1), [sunday]);
    }

    #[test]
    fn f43_a_time_inside_the_spring_gap_runs_once_right_after_it() {
        let eve = Berlin.with_ymd_and_hms(2027, 3, 27, 12, 0, 0).unwrap().to_utc();
        let runs = matches("30 2 * * *", eve, Berlin, 2);
        assert_eq!(
            runs[0],
            Berlin.with_ymd_and_hms(2027, 3, 28, 3, 0, 0).unwrap().to_utc()
        );
        assert_eq!(
            runs[1],
            Berlin.with_ymd_and_hms(2027, 3, 29, 2, 30, 0).unwrap().to_utc()
        );
    }

    #[test]
    fn f44_a_repeated_autumn_time_runs_once_at_its_first_occurrence() {
        let eve = Berlin.with_ymd_and_hms(2027, 10, 30, 12, 0, 0).unwrap().to_utc();
        let runs = matches("30 2 * * *", eve, Berlin, 2);
        assert_eq!(runs[0], Utc.with_ymd_and_hms(2027, 10, 31, 0, 30, 0).unwrap());
        assert_eq!(
            runs[1],
            Berlin.with_ymd_and_hms(2027, 11, 1, 2, 30, 0).unwrap().to_utc()
        );
    }

    #[test]
    fn f45_quarter_hours_never_repeat_or_go_back_across_both_changes() {
        for day in [(2027, 3, 27), (2027, 10, 30)] {
            let from = Utc.with_ymd_and_hms(day.0, day.1, day.2, 12, 0, 0).unwrap();
            let runs = matches("*/15 * * * *", from, Berlin, 200);
            assert!(
                runs.windows(2)
                    .all(|pair| pair[1] - pair[0] == chrono::TimeDelta::minutes(15))
            );
        }
    }
}
