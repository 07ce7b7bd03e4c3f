//! The day on which a secret stops working at the service it belongs to, in words.

use chrono::{NaiveDate, TimeDelta};

/// People are told this many days before.
const NOTICE_DAYS: i64 = 30;

/// How near the day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOut {
    /// Further away than people need to know.
    Later,
    /// Within 30 days, or today.
    Soon,
    /// Over: the secret is likely to be refused.
    Past,
}

impl RunOut {
    /// How near `day` is on `today`.
    pub fn of(day: NaiveDate, today: NaiveDate) -> Self {
        match (day - today).num_days() {
            ..0 => Self::Past,
            0..=NOTICE_DAYS => Self::Soon,
            _ => Self::Later,
        }
    }

    /// The last day that people are told of on `today`.
    pub fn horizon(today: NaiveDate) -> NaiveDate {
        today
            .checked_add_signed(TimeDelta::days(NOTICE_DAYS))
            .unwrap_or(NaiveDate::MAX)
    }
}

/// `Runs out in 12 days`, `Runs out today`, `Ran out on 3 Nov 2026`, `Runs out on 3 Mar 2027`.
pub fn run_out_words(day: NaiveDate, today: NaiveDate) -> String {
    match (RunOut::of(day, today), (day - today).num_days()) {
        (RunOut::Past, _) => format!("Ran out on {}", day_words(day)),
        (RunOut::Later, _) => format!("Runs out on {}", day_words(day)),
        (RunOut::Soon, 0) => "Runs out today".to_owned(),
        (RunOut::Soon, 1) => "Runs out tomorrow".to_owned(),
        (RunOut::Soon, days) => format!("Runs out in {days} days"),
    }
}

/// `3 Nov 2026`.
pub fn day_words(day: NaiveDate) -> String {
    day.format("%-d %b %Y").to_string()
}

/// A day as a form sends it, `2026-11-03`; nothing where none was typed.
pub fn typed_day(text: &str) -> Result<Option<NaiveDate>, chrono::ParseError> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_told_of_thirty_days_before_and_counts_until_its_end() {
        let today: NaiveDate = "2026-11-03".parse().unwrap();
        for (day, standing, words) in [
            ("2026-11-02", RunOut::Past, "Ran out on 2 Nov 2026"),
            ("2026-11-03", RunOut::Soon, "Runs out today"),
            ("2026-11-04", RunOut::Soon, "Runs out tomorrow"),
            ("2026-12-03", RunOut::Soon, "Runs out in 30 days"),
            ("2026-12-04", RunOut::Later, "Runs out on 4 Dec 2026"),
        ] {
            let day = day.parse().unwrap();
            assert_eq!(
                (RunOut::of(day, today), run_out_words(day, today).as_str()),
                (standing, words)
            );
            assert_eq!(day <= RunOut::horizon(today), standing != RunOut::Later);
        }
    }

    #[test]
    fn nothing_typed_is_no_day_and_what_is_no_day_is_told() {
        assert_eq!(typed_day(" "), Ok(None));
        assert_eq!(
            typed_day(" 2026-11-03 "),
            Ok(NaiveDate::from_ymd_opt(2026, 11, 3))
        );
        assert!(typed_day("3.11.2026").is_err() && typed_day("2026-02-30").is_err());
    }
}
