//! Dates, times of day, and both together. Zones are in `zone.rs`, which only the server needs.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use super::number::range_of;
use crate::params::spec::Limits;
use crate::params::violation::Violation;

/// `2026-03-29`. Four digits for the year, from 0001 on, as Python's `date` has it.
pub(crate) fn parse_date(text: &str) -> Option<NaiveDate> {
    let mut parts = text.splitn(3, '-');
    let year = digits(parts.next()?, 4)?;
    let month = digits(parts.next()?, 2)?;
    let day = digits(parts.next()?, 2)?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day).filter(|date| date.year() >= 1)
}

/// `09:30` or `09:30:15`; one digit for the hour is fine.
pub(crate) fn parse_time(text: &str) -> Option<NaiveTime> {
    let mut parts = text.split(':');
    let hour = parts.next()?;
    let hour = digits(hour, hour.len().clamp(1, 2))?;
    let minute = digits(parts.next()?, 2)?;
    let second = parts.next().map_or(Some(0), |second| digits(second, 2))?;
    match parts.next() {
        None => NaiveTime::from_hms_opt(hour, minute, second),
        Some(_) => None,
    }
}

/// `2026-03-29T09:30`, with `T` or a space, with or without seconds.
pub(crate) fn parse_date_time(text: &str) -> Option<NaiveDateTime> {
    let (date, time) = text.split_once(['T', 't', ' '])?;
    Some(parse_date(date)?.and_time(parse_time(time.trim_start())?))
}

fn digits(text: &str, count: usize) -> Option<u32> {
    let is_number = text.len() == count && text.bytes().all(|letter| letter.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// Reads a day of the calendar within its limits.
pub(crate) fn date(text: &str, limits: Limits<NaiveDate>) -> Result<String, Violation> {
    let date = parse_date(text).ok_or(Violation::NotADate)?;
    if is_outside(&date, &limits) {
        return Err(Violation::OutOfDates(range_of(&limits, ToString::to_string)));
    }
    Ok(date.to_string())
}

/// Reads a time of day, as `09:30`, or `09:30:15` when there are seconds.
pub(crate) fn time(text: &str) -> Result<String, Violation> {
    parse_time(text).map(write_time).ok_or(Violation::NotATime)
}

/// Reads a date and time of the wall clock within its limits.
pub(crate) fn date_time(text: &str, limits: &Limits<NaiveDateTime>) -> Result<NaiveDateTime, Violation> {
    let local = parse_date_time(text).ok_or(Violation::NotAMoment)?;
    if is_outside(&local, limits) {
        return Err(Violation::OutOfDates(range_of(limits, words)));
    }
    Ok(local)
}

fn is_outside<T: PartialOrd>(value: &T, limits: &Limits<T>) -> bool {
    limits.min.as_ref().is_some_and(|min| value < min) || limits.max.as_ref().is_some_and(|max| value > max)
}

/// `2026-03-29 09:30`.
pub(crate) fn words(local: &NaiveDateTime) -> String {
    format!("{} {}", local.date(), write_time(local.time()))
}

/// As an HTML input of type `datetime-local` holds it. Also all that the browser makes of a moment before it is sent.
pub(crate) fn input(local: NaiveDateTime) -> String {
    format!("{}T{}", local.date(), write_time(local.time()))
}

/// `09:30`, with seconds when there are any.
pub(crate) fn write_time(time: NaiveTime) -> String {
    let format = if time.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    time.format(format).to_string()
}

/// A saved moment as its two inputs: wall clock and zone. The zone is empty if the value has none.
pub(crate) fn wall_clock(saved: &str) -> (String, String) {
    let (instant, zone) = saved
        .strip_suffix(']')
        .and_then(|saved| saved.split_once('['))
        .unwrap_or((saved, ""));
    // 19 characters are a date and a time with seconds; what follows is the offset.
    let local = instant
        .get(..19)
        .or(Some(instant))
        .and_then(parse_date_time)
        .map(input);
    match local {
        Some(local) => (local, zone.to_owned()),
        None => (saved.to_owned(), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::params::testing::{field, submit};

    #[test]
    fn f70_only_days_of_the_calendar_are_dates() {
        let spec = field(json!({"type": "date"}));
        for text in ["2026-03-29", "2028-02-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(submit(&spec, &[text]), Ok(Some(json!(text))));
        }
        for text in [
            "2026-02-31",
            "2026-02-29",
            "2026-13-01",
            "2026-00-01",
            "0000-01-01",
            "10000-01-01",
            "26-03-29",
            "29.03.2026",
            "03/29/2026",
            "2026-3-9",
            "2026-03-29T00:00",
            "+026-03-29",
            "today",
        ] {
            assert_eq!(
                submit(&spec, &[text]),
                Err("Field must be a real date, like 2026-03-29".into()),
                "{text}"
            );
        }
    }

    #[test]
    fn dates_and_moments_keep_their_limits() {
        let date = field(json!({"type": "date", "min": "2026-01-01", "max": "2026-12-31"}));
        assert!(submit(&date, &["2026-12-31"]).is_ok());
        assert_eq!(
            submit(&date, &["2027-01-01"]),
            Err("Field must be between 2026-01-01 and 2026-12-31".into())
        );
        let moment = field(json!({"type": "datetime", "min": "2026-01-01"}));
        assert!(submit(&moment, &["2026-01-01T00:00"]).is_ok());
        assert_eq!(
            submit(&moment, &["2025-12-31T23:59"]),
            Err("Field must be 2026-01-01 00:00 or later".into())
        );
    }

    #[test]
    fn times_of_day() {
        let spec = field(json!({"type": "time"}));
        for (text, saved) in [
            ("09:30", "09:30"),
            ("9:30", "09:30"),
            ("23:59:59", "23:59:59"),
            ("00:00:00", "00:00"),
        ] {
            assert_eq!(submit(&spec, &[text]), Ok(Some(json!(saved))));
        }
        for text in [
            "24:00",
            "09:60",
            "9.30",
            "9",
            "09:30 pm",
            "09:3",
            "009:30",
            "09:30:15:1",
            "23:59:60",
            ":30",
        ] {
            assert_eq!(
                submit(&spec, &[text]),
                Err("Field must be a time of day, like 09:30".into()),
                "{text}"
            );
        }
    }

    #[test]
    fn moments_need_a_date_and_a_time() {
        let spec = field(json!({"type": "datetime"}));
        for text in ["2026-07-29T09:30", "2026-07-29 9:30", "2026-07-29T09:30:00"] {
            assert_eq!(
                submit(&spec, &[text]),
                Ok(Some(json!("2026-07-29T09:30:00+02:00[Europe/Paris]"))),
                "{text}"
            );
        }
        for text in [
            "2026-07-29",
            "09:30",
            "2026-02-31T09:30",
            "2026-07-29T09:30Z",
            "2026-07-29T09:30+02:00",
        ] {
            assert_eq!(
                submit(&spec, &[text]),
                Err("Field must be a real date and time, like 2026-03-29 09:30".into()),
                "{text}"
            );
        }
    }
}
