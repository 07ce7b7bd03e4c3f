//! Times of a day and days of a month, as people write them.

use std::fmt;

use chrono::{Datelike, Days, NaiveDate, NaiveTime, Weekday};
use serde::{Deserialize, Serialize};

/// Times of a day, in order and each once; at least one. Stored as a list; a single time of former schedules is read, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "OneOrMore", into = "Vec<NaiveTime>")]
pub struct Times(Vec<NaiveTime>);

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(NaiveTime),
    More(Vec<NaiveTime>),
}

impl From<OneOrMore> for Times {
    fn from(times: OneOrMore) -> Self {
        match times {
            OneOrMore::One(time) => Self::new(vec![time]),
            OneOrMore::More(times) => Self::new(times),
        }
    }
}

impl From<Times> for Vec<NaiveTime> {
    fn from(times: Times) -> Self {
        times.0
    }
}

impl From<NaiveTime> for Times {
    fn from(time: NaiveTime) -> Self {
        Self(vec![time])
    }
}

/// More runs a day than this are better said as an interval.
const MOST_TIMES: usize = 24;

impl Times {
    fn new(mut times: Vec<NaiveTime>) -> Self {
        times.sort_unstable();
        times.dedup();
        Self(times)
    }

    /// From `9:00, 13:30 17:00`, or the sentence on what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let times: Result<Vec<_>, _> = words_of(text)
            .map(|word| {
                NaiveTime::parse_from_str(word, "%H:%M")
                    .map_err(|_| format!("{word} is not a time of day. Write hours and minutes, like 09:00"))
            })
            .collect();
        let times = Self::new(times?);
        match times.0.len() {
            0 => Err("Enter a time of day, like 09:00".to_owned()),
            count if count > MOST_TIMES => Err(format!("Enter at most {MOST_TIMES} times of day")),
            _ => Ok(times),
        }
    }

    /// `09:00, 13:00 and 17:30`.
    pub(super) fn in_words(&self) -> String {
        in_words(self.iter().map(|time| time.format("%H:%M").to_string()))
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = NaiveTime> {
        self.0.iter().copied()
    }
}

/// `09:00, 13:30`, as [`Times::parse`] reads it.
impl fmt::Display for Times {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times: Vec<String> = self.iter().map(|time| time.format("%H:%M").to_string()).collect();
        out.write_str(&times.join(", "))
    }
}

/// A day of every month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonthDay {
    /// By number; in a month that is too short for it, the last day.
    Day(u32),
    /// The last day.
    Last,
    /// The first to fourth of a weekday.
    Nth(u32, Weekday),
    /// The last of a weekday.
    LastOf(Weekday),
}

const NTH: [&str; 4] = ["first", "second", "third", "fourth"];

impl MonthDay {
    /// Whether it is this date.
    pub fn is(self, date: NaiveDate) -> bool {
        let is_last = || date.succ_opt().is_none_or(|next| next.month() != date.month());
        match self {
            Self::Day(day) => date.day() == day || (date.day() < day && is_last()),
            Self::Last => is_last(),
            Self::Nth(nth, weekday) => date.weekday() == weekday && date.day0() / 7 + 1 == nth,
            Self::LastOf(weekday) => {
                let week_later = date.checked_add_days(Days::new(7));
                date.weekday() == weekday && week_later.is_none_or(|later| later.month() != date.month())
            }
        }
    }

    /// `the 1st`, `the last day`, `the first Monday`.
    pub(super) fn in_words(self) -> String {
        match self {
            Self::Day(day) => format!("the {}", ordinal(day)),
            Self::Last => "the last day".to_owned(),
            other => format!("the {other}"),
        }
    }

    /// Several, from `1, 15, last, first Monday, last Friday`, or the sentence on what is wrong with it.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, String> {
        let mut days = Vec::new();
        for part in text
            .split([',', ';'])
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            days.push(Self::parse(part).ok_or_else(|| {
                format!("{part} is not a day of a month. Write numbers, last, or words like first Monday")
            })?);
        }
        days.dedup();
        match days.len() {
            0 => Err("Enter a day of the month, like 1 or last".to_owned()),
            count if count > 31 => Err("Enter at most 31 days of the month".to_owned()),
            _ => Ok(days),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.to_lowercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        match words[..] {
            ["last"] | ["last", "day"] => Some(Self::Last),
            ["last", weekday] => Some(Self::LastOf(weekday.parse().ok()?)),
            [nth, weekday] => {
                let nth = NTH.iter().position(|word| *word == nth)?;
                Some(Self::Nth(u32::try_from(nth).ok()? + 1, weekday.parse().ok()?))
            }
            [day] => {
                let day = day.trim_end_matches('.').parse().ok()?;
                (1..=31).contains(&day).then_some(Self::Day(day))
            }
            _ => None,
        }
    }
}

/// As [`MonthDay::parse_all`] reads it.
impl fmt::Display for MonthDay {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(out, "{day}"),
            Self::Last => out.write_str("last"),
            Self::Nth(nth, weekday) => {
                let nth = NTH.get(*nth as usize - 1).unwrap_or(&"first");
                write!(out, "{nth} {}", weekday_name(*weekday))
            }
            Self::LastOf(weekday) => write!(out, "last {}", weekday_name(*weekday)),
        }
    }
}

/// `1st`, for a day of a month.
pub(super) fn ordinal(day: u32) -> String {
    let ending = match day {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    };
    format!("{day}{ending}")
}

/// All weekdays, from Monday.
pub const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// `Monday`.
pub fn weekday_name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

/// `Monday`, `Monday and Friday`, `a, b and c`.
pub(super) fn in_words(items: impl IntoIterator<Item = String>) -> String {
    let mut items: Vec<String> = items.into_iter().collect();
    let last = items.pop().unwrap_or_default();
    if items.is_empty() {
        return last;
    }
    format!("{} and {last}", items.join(", "))
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    let is_between = |letter: char| letter.is_whitespace() || letter == ',' || letter == ';';
    text.split(is_between).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn times_are_read_sorted_and_each_counts_once() {
        assert_eq!(
            Times::parse("17:00, 9:00 09:00").unwrap().to_string(),
            "09:00, 17:00"
        );
        assert_eq!(
            Times::parse("9:00, 25:00").unwrap_err(),
            "25:00 is not a time of day. Write hours and minutes, like 09:00"
        );
        assert_eq!(Times::parse(" ,").unwrap_err(), "Enter a time of day, like 09:00");
    }

    #[test]
    fn a_single_time_of_a_former_schedule_is_read() {
        let times: Times = serde_json::from_str(r#""09:00:00""#).unwrap();
        assert_eq!(serde_json::to_string(&times).unwrap(), r#"["09:00:00"]"#);
    }

    #[test]
    fn days_of_a_month_come_back_as_they_were_written() {
        let days = MonthDay::parse_all("1, 15., LAST, first monday, last Friday").unwrap();
        let written: Vec<_> = days.iter().map(ToString::to_string).collect();
        assert_eq!(written, ["1", "15", "last", "first Monday", "last Friday"]);
        assert!(
            MonthDay::parse_all("32")
                .unwrap_err()
                .starts_with("32 is not a day")
        );
        assert!(MonthDay::parse_all("first").is_err());
        assert!(MonthDay::parse_all("").is_err());
    }

    #[test]
    fn the_31st_of_a_short_month_is_its_last_day() {
        assert!(MonthDay::Day(31).is(date(2027, 2, 28)));
        assert!(!MonthDay::Day(31).is(date(2027, 2, 27)));
        assert!(MonthDay::Day(31).is(date(2027, 3, 31)));
        assert!(!MonthDay::Day(31).is(date(2027, 3, 30)));
        assert!(MonthDay::Last.is(date(2028, 2, 29)));
    }

    #[test]
    fn weekdays_of_a_month_are_counted() {
        assert!(MonthDay::Nth(1, Weekday::Mon).is(date(2026, 11, 2)));
        assert!(!MonthDay::Nth(1, Weekday::Mon).is(date(2026, 11, 9)));
        assert!(MonthDay::LastOf(Weekday::Fri).is(date(2026, 11, 27)));
        assert!(!MonthDay::LastOf(Weekday::Fri).is(date(2026, 11, 20)));
    }
}
