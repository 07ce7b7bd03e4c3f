//! The filter of the list as it stands in the address.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::params::FieldError;
use domain::run::RunStatus;
use engine::runs::{RunFilter, StartedBy};
use serde::Deserialize;

use crate::address::{searched, with_query};
use crate::components::error_summary::field_error;

/// Before the name of a person in the address.
const PERSON: &str = "name:";
/// All schedules, in the address.
pub(super) const SCHEDULES: &str = "schedules";
/// A period from one day to another.
pub(super) const DATES: &str = "dates";
/// Days that calendars and databases agree on.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2999;

/// What is asked for. Apart from days, what cannot be read filters nothing.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub(super) status: String,
    pub(super) task: String,
    pub(super) schedule: String,
    pub(super) period: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) by: String,
    pub(super) text: String,
    before: String,
    after: String,
}

impl Asked {
    /// The runs that are meant, by the viewer's calendar.
    pub(super) fn filter(&self, zone: Tz, now: DateTime<Utc>) -> Result<RunFilter, Vec<FieldError>> {
        let (from, until) = self.days(now.with_timezone(&zone).date_naive())?;
        let start = |day: NaiveDate| start_of_day(day, zone);
        // PostgreSQL takes no NUL in a text, and nothing that is looked for holds one.
        let some = |text: &str| Some(text.replace('\0', "")).filter(|text| !text.is_empty());
        Ok(RunFilter {
            status: RunStatus::from_code(&self.status),
            task: some(&self.task),
            schedule: some(&self.schedule),
            from: from.map(start),
            until: until
                .and_then(|day| day.checked_add_days(Days::new(1)))
                .map(start),
            by: match self.by.as_str() {
                SCHEDULES => Some(StartedBy::Schedules),
                by => by.strip_prefix(PERSON).and_then(some).map(StartedBy::Person),
            },
            text: some(&searched(&self.text)),
            before: self.before.parse().ok(),
            after: self.after.parse().ok(),
        })
    }

    /// The first and the last day.
    fn days(&self, today: NaiveDate) -> Result<(Option<NaiveDate>, Option<NaiveDate>), Vec<FieldError>> {
        let back = |days: u64| today.checked_sub_days(Days::new(days));
        match self.period.as_str() {
            "today" => Ok((Some(today), None)),
            "7" => Ok((back(6), None)),
            "30" => Ok((back(29), None)),
            DATES => self.dates(),
            _ => Ok((None, None)),
        }
    }

    fn dates(&self) -> Result<(Option<NaiveDate>, Option<NaiveDate>), Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut read = |input: &str, label: &str, text: &str| {
            let text = text.trim();
            if text.is_empty() {
                return None;
            }
            let day = text
                .parse::<NaiveDate>()
                .ok()
                .filter(|day| YEARS.contains(&day.year()));
            if day.is_none() {
                let sentence =
                    format!("“{label}” must be a day that exists, written as 2026-03-31 for 31 March 2026");
                errors.push(field_error(input, sentence));
            }
            day
        };
        let from = read("from", "From", &self.from);
        let to = read("to", "To", &self.to);
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            errors.push(field_error(
                "to",
                "“To” must be the same day as “From” or a later one",
            ));
        }
        if errors.is_empty() {
            Ok((from, to))
        } else {
            Err(errors)
        }
    }

    /// Whether anything is filtered besides the status.
    pub(super) fn is_narrow(&self) -> bool {
        let has_dates = self.period == DATES && !(self.from.is_empty() && self.to.is_empty());
        let has_period = ["today", "7", "30"].contains(&self.period.as_str());
        has_dates
            || has_period
            || [&self.task, &self.schedule, &self.by, &self.text]
                .iter()
                .any(|text| !text.trim().is_empty())
    }

    /// The same filter with another status, from the newest on.
    pub(super) fn with_status(&self, status: Option<RunStatus>) -> Self {
        let status = status.map(RunStatus::code).unwrap_or_default().to_owned();
        Self {
            status,
            ..self.at(None, None)
        }
    }

    /// The same filter at another place.
    pub(super) fn at(&self, before: Option<i64>, after: Option<i64>) -> Self {
        let text = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
        Self {
            before: text(before),
            after: text(after),
            ..self.clone()
        }
    }

    /// Whether this is the newest page.
    pub(super) fn is_newest(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }

    /// An address with this filter behind it.
    pub(super) fn address(&self, path: &str) -> String {
        let is_dates = self.period == DATES;
        let day = |text: &'_ String| if is_dates { text.clone() } else { String::new() };
        let pairs = [
            ("status", self.status.clone()),
            ("task", self.task.clone()),
            ("schedule", self.schedule.clone()),
            ("period", self.period.clone()),
            ("from", day(&self.from)),
            ("to", day(&self.to)),
            ("by", self.by.clone()),
            ("text", self.text.clone()),
            ("before", self.before.clone()),
            ("after", self.after.clone()),
        ];
        with_query(path, pairs)
    }

    /// A person as the address has them.
    pub(super) fn person(name: &str) -> String {
        format!("{PERSON}{name}")
    }

    /// The person that the address names.
    pub(super) fn named(&self) -> Option<&str> {
        self.by.strip_prefix(PERSON)
    }
}

/// Where clocks skip midnight the day begins an hour later.
fn start_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    let start = midnight.and_local_timezone(zone).earliest().or_else(|| {
        (midnight + TimeDelta::hours(1))
            .and_local_timezone(zone)
            .earliest()
    });
    start.map_or_else(|| midnight.and_utc(), |start| start.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> Asked {
        let map = pairs.iter().map(|(name, value)| (*name, *value));
        serde_json::from_value(map.collect()).unwrap()
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn filter(pairs: &[(&str, &str)]) -> Result<RunFilter, Vec<FieldError>> {
        // Five past midnight in Paris.
        asked(pairs).filter(chrono_tz::Europe::Paris, utc("2026-03-29T22:05:00Z"))
    }

    #[test]
    fn the_filter_lives_in_the_address() {
        assert_eq!(Asked::default().address("/runs"), "/runs");
        let all = [
            ("status", "failed"),
            ("task", "my_task"),
            ("by", "name:Zoë & co"),
            ("text", "100% = #1"),
            ("before", "7"),
        ];
        assert_eq!(
            asked(&all).address("/runs"),
            "/runs?status=failed&task=my%5Ftask&by=name%3AZo%C3%AB%20%26%20co&text=100%25%20%3D%20%231&before=7"
        );
        let next = asked(&all).with_status(Some(RunStatus::Success));
        assert!(next.is_newest() && next.address("/runs").starts_with("/runs?status=success&task="));
    }

    #[test]
    fn what_cannot_be_read_filters_nothing() {
        let odd = [
            ("status", "done"),
            ("before", "x"),
            ("period", "soon"),
            ("by", "me"),
            ("text", "  "),
        ];
        assert_eq!(filter(&odd).unwrap(), RunFilter::default());
        let nul = [("text", "\0"), ("task", "\0"), ("by", "name:\0")];
        assert_eq!(filter(&nul).unwrap(), RunFilter::default());
    }

    #[test]
    fn periods_are_whole_days_by_the_viewers_clock() {
        let from = |period: &str| filter(&[("period", period)]).unwrap().from.unwrap();
        assert_eq!(from("today"), utc("2026-03-29T22:00:00Z"));
        assert_eq!(from("7"), utc("2026-03-23T23:00:00Z"));
        // The clocks went forward on the 29th: a day of 23 hours.
        let day = filter(&[("period", "dates"), ("from", "2026-03-29"), ("to", "2026-03-29")]).unwrap();
        assert_eq!(
            (day.from, day.until),
            (
                Some(utc("2026-03-28T23:00:00Z")),
                Some(utc("2026-03-29T22:00:00Z"))
            )
        );
    }

    #[test]
    fn days_that_are_none_are_named_at_their_field() {
        let errors = filter(&[("period", "dates"), ("from", "31.3.2026"), ("to", "2026-02-30")]).unwrap_err();
        let inputs: Vec<&str> = errors.iter().map(|error| error.input.as_str()).collect();
        assert_eq!(inputs, ["from", "to"]);
        for day in ["0000-01-01", "9999-12-31", "+262142-12-31", "-262143-01-01"] {
            assert!(filter(&[("period", "dates"), ("to", day)]).is_err(), "{day}");
        }
        let turned = filter(&[("period", "dates"), ("from", "2026-03-02"), ("to", "2026-03-01")]);
        assert!(turned.unwrap_err()[0].message.contains("later"));
        assert!(filter(&[("period", "7"), ("from", "nonsense")]).is_ok());
    }
}
