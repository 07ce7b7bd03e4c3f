//! Calendars: days and hours in which schedules do not run, as lines that a person can read and write.

mod period;
mod text;

pub use period::{Period, Times};
pub use text::{LineError, parse};

use chrono::NaiveDateTime;

/// The periods of a calendar, in the order of its lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    /// Each with its name.
    pub periods: Vec<Period>,
}

/// A moment inside a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Within {
    /// The period's name.
    pub name: String,
    /// When it is over, by the same clock.
    pub until: NaiveDateTime,
}

impl Calendar {
    /// The period that a moment is in; of several the one that lasts longest. The clock is that of whoever asks: a
    /// holiday begins at midnight, wherever that is.
    pub fn find(&self, at: NaiveDateTime) -> Option<Within> {
        self.periods
            .iter()
            .filter_map(|period| {
                Some(Within {
                    until: period.times.end_around(at)?,
                    name: period.name.clone(),
                })
            })
            .max_by_key(|within| within.until)
    }
}

/// Periods that follow one another without a break are looked through so often: a year of single days.
const MOST_IN_A_ROW: usize = 366;

/// The moment from which none of the calendars is in force any more; `None` if they never end.
pub fn end_of_all(calendars: &[&Calendar], at: NaiveDateTime) -> Option<NaiveDateTime> {
    let mut at = at;
    for _ in 0..MOST_IN_A_ROW {
        match calendars.iter().find_map(|calendar| calendar.find(at)) {
            Some(within) => at = within.until,
            None => return Some(at),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    #[test]
    fn the_longest_of_several_periods_counts() {
        let calendar = parse("2026-12-25 Christmas Day\n2026-12-24 to 2026-12-31 Closed").unwrap();
        let within = calendar.find(at("2026-12-25 09:00")).unwrap();
        assert_eq!(
            (within.name.as_str(), within.until),
            ("Closed", at("2027-01-01 00:00"))
        );
        assert_eq!(calendar.find(at("2027-01-01 00:00")), None);
    }

    #[test]
    fn what_follows_without_a_break_ends_together() {
        let holidays = parse("2026-12-25 Christmas Day").unwrap();
        let weekends = parse("every Saturday\nevery Sunday").unwrap();
        assert_eq!(
            end_of_all(&[&holidays, &weekends], at("2026-12-25 09:00")),
            Some(at("2026-12-28 00:00"))
        );
        let always = parse("2026-01-01 to 2026-12-31 x\nevery Monday\nevery Tuesday\nevery Wednesday\nevery Thursday\nevery Friday\nevery Saturday\nevery Sunday").unwrap();
        assert_eq!(end_of_all(&[&always], at("2026-12-25 09:00")), None);
    }
}
