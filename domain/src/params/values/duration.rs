//! Lengths of time: typed with units, saved as seconds.

use serde_json::Value;

use super::number::range_of;
use crate::params::spec::Limits;
use crate::params::violation::Violation;

/// The longest length of time, in seconds: that of Python's `timedelta`, 999,999,999 days.
const MAX_SECONDS: i64 = 999_999_999 * DAY;
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Reads `90 s`, `15 min`, `1h30m`, `1 h 30 min`, `1.5 h`, `2 days`, and `1:30` as hours and minutes.
pub(crate) fn read(text: &str, limits: &Limits<i64>) -> Result<Value, Violation> {
    let seconds = parse(text)?;
    if limits.min.is_some_and(|min| seconds < min) || limits.max.is_some_and(|max| seconds > max) {
        return Err(Violation::OutOfRange(range_of(limits, |seconds| words(*seconds))));
    }
    Ok(Value::from(seconds))
}

/// Seconds of a length of time.
pub(crate) fn parse(text: &str) -> Result<i64, Violation> {
    let text = text.trim().to_lowercase();
    if text.parse::<f64>().is_ok()
        && text
            .bytes()
            .all(|letter| letter.is_ascii_digit() || letter == b'.')
    {
        // Nothing is nothing in any unit.
        return if text == "0" {
            Ok(0)
        } else {
            Err(Violation::NoUnit(text))
        };
    }
    total(&text).ok_or(Violation::NotADuration)
}

fn total(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut total: i64 = 0;
    let mut smallest = i64::MAX;
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && !".:".contains(letter));
        let (number, after) = rest.split_at(end.unwrap_or(rest.len()));
        let after = after.trim_start();
        let end = after
            .find(|letter: char| !letter.is_alphabetic())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let (unit, seconds) = if number.contains(':') {
            (unit.is_empty().then_some(1)?, clock(number)?)
        } else {
            let unit = seconds_in(unit)?;
            (unit, multiply(number, unit)?)
        };
        // Each unit once, the larger before the smaller: "30 min 1 h" is a slip more often than a wish.
        if unit >= smallest {
            return None;
        }
        smallest = unit;
        total = total.checked_add(seconds).filter(|total| *total <= MAX_SECONDS)?;
        rest = after.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest);
        rest = rest.strip_prefix("and ").unwrap_or(rest).trim_start();
    }
    (smallest < i64::MAX).then_some(total)
}

/// `1:30` is an hour and a half; `0:01:30` has seconds.
fn clock(text: &str) -> Option<i64> {
    let parts: Vec<&str> = text.split(':').collect();
    let (hours, minutes, seconds) = match parts.as_slice() {
        [hours, minutes] => (hours, minutes, &"0"),
        [hours, minutes, seconds] => (hours, minutes, seconds),
        _ => return None,
    };
    let below_60 = |part: &str| part.parse::<i64>().ok().filter(|part| *part < 60);
    let hours = hours.parse::<u32>().ok()?;
    Some(i64::from(hours) * HOUR + below_60(minutes)? * MINUTE + below_60(seconds)?)
}

/// A number with at most three decimals times the unit, when that is a whole number of seconds.
fn multiply(number: &str, unit: i64) -> Option<i64> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || decimals.len() > 3 || decimals.contains('.') {
        return None;
    }
    let thousandths = format!("{decimals:0<3}").parse::<i64>().ok()?;
    let parts = thousandths * unit;
    let whole = whole.parse::<i64>().ok()?.checked_mul(unit)?;
    (parts % 1000 == 0).then(|| whole.checked_add(parts / 1000))?
}

fn seconds_in(unit: &str) -> Option<i64> {
    Some(match unit {
        "s" | "sec" | "secs" | "second" | "seconds" => 1,
        "m" | "min" | "mins" | "minute" | "minutes" => MINUTE,
        "h" | "hr" | "hrs" | "hour" | "hours" => HOUR,
        "d" | "day" | "days" => DAY,
        "w" | "week" | "weeks" => 7 * DAY,
        _ => return None,
    })
}

/// The length in words that [`parse`] reads back: `1 h 30 min`, `2 days 4 h`.
pub(crate) fn words(seconds: i64) -> String {
    let days = seconds / DAY;
    let units = [
        (days, if days == 1 { "day" } else { "days" }),
        (seconds % DAY / HOUR, "h"),
        (seconds % HOUR / MINUTE, "min"),
        (seconds % MINUTE, "s"),
    ];
    let parts: Vec<String> = units
        .into_iter()
        .filter(|(count, _)| *count != 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    if parts.is_empty() {
        "0 s".to_owned()
    } else {
        parts.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::params::testing::{field, submit};

    #[test]
    fn lengths_of_time_are_written_in_many_ways() {
        for (text, seconds) in [
            ("90 s", 90),
            ("90s", 90),
            ("15 min", 900),
            ("15m", 900),
            ("1h30m", 5400),
            ("1 h 30 min", 5400),
            ("1 hour and 30 minutes", 5400),
            ("1 hour, 30 minutes", 5400),
            ("1.5 h", 5400),
            ("0.5 min", 30),
            ("2 days", 172_800),
            ("2 Days 4 h", 187_200),
            ("1 week", 604_800),
            ("1:30", 5400),
            ("0:01:30", 90),
            ("1 day, 2:00:00", 93_600),
            ("0", 0),
            ("0 s", 0),
        ] {
            assert_eq!(parse(text), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_no_length_of_time_is_refused_with_examples() {
        let spec = field(json!({"type": "duration"}));
        for text in [
            "soon",
            "-5 min",
            "5 months",
            "1,5 h",
            "30 min 1 h",
            "1 h 1 h",
            "1:60",
            "1.2345 h",
            "0.5 s",
            "1:30 h",
            "min",
            "5 min later",
            "1..5 h",
            ".5 h",
            "99999999999999999999 s",
            "999999999999 days",
            ":",
            "1 h and",
        ] {
            assert_eq!(
                submit(&spec, &[text]),
                Err("Field must be a length of time, like 90 s, 15 min or 1 h 30 min".into()),
                "{text}"
            );
        }
        assert_eq!(
            submit(&spec, &["90"]),
            Err("Field must have a unit, like 90 s or 90 min".into())
        );
    }

    #[test]
    fn limits_are_told_in_words() {
        let spec = field(json!({"type": "duration", "min": 60, "max": "2 h"}));
        assert_eq!(submit(&spec, &["2 h"]), Ok(Some(json!(7200))));
        assert_eq!(
            submit(&spec, &["59 s"]),
            Err("Field must be between 1 min and 2 h".into())
        );
    }

    #[test]
    fn words_read_back_to_the_second() {
        for seconds in [
            0,
            1,
            59,
            60,
            3599,
            3600,
            86_400,
            93_784,
            172_800,
            10_000_000,
            MAX_SECONDS,
        ] {
            assert_eq!(parse(&words(seconds)), Ok(seconds), "{}", words(seconds));
        }
        assert_eq!(words(93_784), "1 day 2 h 3 min 4 s");
    }
}
