//! The lines of a calendar.
//!
//! ```text
//! 2026-12-25 Christmas Day
//! 2026-12-24 to 2027-01-01 Works holiday
//! 2026-12-05 22:00 to 2026-12-06 02:00 Move of the database
//! every 12-25 Christmas Day
//! every Sunday
//! every Saturday 22:00 to 02:00 Backups
//! # a remark
//! ```

use std::iter::Peekable;
use std::str::SplitWhitespace;

use chrono::{NaiveDate, NaiveTime, Weekday};

use super::Calendar;
use super::period::{Period, Times};

/// Lines of a calendar at most: public holidays of a country for a hundred years.
const MOST_LINES: usize = 5000;
/// Years in which 29 February exists, so that every day of a year can be written.
const LEAP_YEAR: i32 = 2024;
/// Words between the beginning and the end of a period.
const TO: [&str; 4] = ["to", "until", "-", "–"];

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineError {
    /// Counted from 1.
    pub line: usize,
    /// The line and what to do about it.
    pub message: String,
}

/// The calendar that the lines stand for, or every mistake.
pub fn parse(text: &str) -> Result<Calendar, Vec<LineError>> {
    let mut calendar = Calendar::default();
    let mut errors = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match period(line) {
            Ok(period) => calendar.periods.push(period),
            Err(problem) => errors.push(LineError {
                line: index + 1,
                message: format!("Line {}: {problem}", index + 1),
            }),
        }
    }
    if calendar.periods.len() > MOST_LINES {
        errors.push(LineError {
            line: MOST_LINES,
            message: format!("Keep at most {MOST_LINES} lines"),
        });
    }
    if errors.is_empty() {
        Ok(calendar)
    } else {
        Err(errors)
    }
}

/// The words of a line that are not read yet.
type Words<'a> = Peekable<SplitWhitespace<'a>>;

fn period(line: &str) -> Result<Period, String> {
    let mut words = line.split_whitespace().peekable();
    let times = if words.next_if(|word| word.eq_ignore_ascii_case("every")).is_some() {
        recurring(&mut words)?
    } else {
        single(&mut words)?
    };
    let name: Vec<&str> = words.collect();
    let name = match name[..] {
        [] => "closed".to_owned(),
        _ => name.join(" "),
    };
    Ok(Period { name, times })
}

fn single(words: &mut Words) -> Result<Times, String> {
    let first = next(words, date).ok_or_else(|| match words.peek() {
        Some(word) if is_dated(word) => format!("there is no {word}"),
        _ => "begin with a date, like 2026-12-25, or with every".to_owned(),
    })?;
    let from = next(words, time);
    if !goes_on(words) {
        return match from {
            None => Times::days(first, first).ok_or_else(too_late),
            Some(_) => Err("say until when, like 22:00 to 23:30".to_owned()),
        };
    }
    let last = next(words, date);
    let until = next(words, time);
    let (from, until) = match (from, last, until) {
        (None, Some(last), None) => {
            if last < first {
                return Err("the last day is before the first".to_owned());
            }
            return Times::days(first, last).ok_or_else(too_late);
        }
        (Some(from), last, Some(until)) => (first.and_time(from), last.unwrap_or(first).and_time(until)),
        _ => return Err("write two dates, or two times, like 22:00 to 23:30".to_owned()),
    };
    if until <= from {
        return Err("the end is not after the beginning".to_owned());
    }
    Ok(Times::Once { from, until })
}

fn recurring(words: &mut Words) -> Result<Times, String> {
    if let Some(first) = next(words, day_of_year) {
        let last = if goes_on(words) {
            next(words, day_of_year).ok_or("write the last day as month and day, like 12-31")?
        } else {
            first
        };
        // An end before the beginning is one in the next year.
        let last = if last < first {
            last + chrono::Months::new(12)
        } else {
            last
        };
        return Ok(Times::Yearly { first, last });
    }
    let on =
        next(words, weekday).ok_or("after every write month and day, like 12-25, or a day of the week")?;
    let Some(from) = next(words, time) else {
        let from = NaiveTime::MIN;
        return Ok(Times::Weekly {
            on,
            from,
            until: from,
        });
    };
    let until = goes_on(words).then(|| next(words, time)).flatten();
    let until = until.ok_or("say until when, like 22:00 to 02:00")?;
    Ok(Times::Weekly { on, from, until })
}

fn too_late() -> String {
    "the calendar does not go that far".to_owned()
}

/// The next word, if it can be read so.
fn next<T>(words: &mut Words, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    let value = read(words.peek()?)?;
    words.next();
    Some(value)
}

fn goes_on(words: &mut Words) -> bool {
    words
        .next_if(|word| TO.contains(&word.to_lowercase().as_str()))
        .is_some()
}

fn date(word: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(word, "%Y-%m-%d").ok()
}

/// Whether it is written like a date.
fn is_dated(word: &str) -> bool {
    let parts: Vec<usize> = word.split('-').map(str::len).collect();
    parts == [4, 2, 2]
        && word
            .chars()
            .all(|letter| letter == '-' || letter.is_ascii_digit())
}

fn time(word: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(word, "%H:%M").ok()
}

fn weekday(word: &str) -> Option<Weekday> {
    word.parse().ok()
}

fn day_of_year(word: &str) -> Option<NaiveDate> {
    let (month, day) = word.split_once('-')?;
    NaiveDate::from_ymd_opt(LEAP_YEAR, month.parse().ok()?, day.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_write_a_line_is_understood() {
        let lines = "2026-12-25 Christmas Day\n\n# a remark\n2026-12-24 to 2027-01-01 Works holiday\n\
                     2026-12-05 22:00 – 2026-12-06 02:00 Move\n2026-12-05 10:00 to 11:00\nevery 12-25 Christmas\n\
                     every 12-24 to 01-02 Winter\nevery sunday\nevery Sat 22:00 until 02:00 Backups";
        let calendar = parse(lines).unwrap();
        let names: Vec<_> = calendar
            .periods
            .iter()
            .map(|period| period.name.as_str())
            .collect();
        assert_eq!(
            names,
            [
                "Christmas Day",
                "Works holiday",
                "Move",
                "closed",
                "Christmas",
                "Winter",
                "closed",
                "Backups"
            ]
        );
        let Times::Yearly { first, last } = calendar.periods[5].times else {
            panic!("{:?}", calendar.periods[5]);
        };
        assert!(first < last);
    }

    #[test]
    fn every_line_with_a_mistake_is_named_with_what_to_do() {
        let lines = "tomorrow\n2026-02-30 x\n2026-12-25 22:00\n2026-12-25 to 2026-12-24\nevery day\nevery 12-25 to soon\n\
                     every Sat 22:00\n2026-12-25 22:00 to 2026-12-26\n2026-12-25 22:00 to 21:00";
        let errors = parse(lines).unwrap_err();
        let messages: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "Line 1: begin with a date, like 2026-12-25, or with every",
                "Line 2: there is no 2026-02-30",
                "Line 3: say until when, like 22:00 to 23:30",
                "Line 4: the last day is before the first",
                "Line 5: after every write month and day, like 12-25, or a day of the week",
                "Line 6: write the last day as month and day, like 12-31",
                "Line 7: say until when, like 22:00 to 02:00",
                "Line 8: write two dates, or two times, like 22:00 to 23:30",
                "Line 9: the end is not after the beginning",
            ]
        );
    }
}
