//! A rule as a sentence. A cron expression that no sentence fits exactly stays a cron expression: never a wrong one.

use chrono::{NaiveDate, Weekday};

use super::days::{WEEK, in_words, weekday_name};
use super::rule::{Rule, Span};

impl Rule {
    /// `Every 5 minutes`, `Every day at 09:00`, `Every weekday at 09:00 and 17:00`, `Cron: 0 9 1-7 * 1`.
    pub fn describe(&self) -> String {
        match self {
            Self::EveryMinutes(1) => "Every minute".to_owned(),
            Self::EveryMinutes(minutes) => format!("Every {minutes} minutes"),
            Self::EveryHours(1) => "Every hour".to_owned(),
            Self::EveryHours(hours) => format!("Every {hours} hours"),
            Self::EveryDays { days: 1, at } => format!("Every day at {}", at.in_words()),
            Self::EveryDays { days, at } => format!("Every {days} days at {}", at.in_words()),
            Self::Weekdays { on, at } => format!("Every {} at {}", weekdays(on), at.in_words()),
            Self::MonthDays { on, at } => {
                let days = in_words(on.iter().map(|day| day.in_words()));
                format!("Every month on {days} at {}", at.in_words())
            }
            Self::Once(at) => format!("Once, on {}", at.format("%a %-d %b %Y at %H:%M")),
            Self::After(_) => "After another schedule has succeeded".to_owned(),
            Self::Cron(expression) => {
                plain_cron(expression.as_str()).unwrap_or_else(|| format!("Cron: {}", expression.as_str()))
            }
        }
    }
}

impl Span {
    /// `from Tue 1 Dec 2026 to Thu 31 Dec 2026`; nothing for one without bounds.
    pub fn describe(&self) -> Option<String> {
        let day = |date: NaiveDate| date.format("%a %-d %b %Y").to_string();
        match (self.first.map(day), self.last.map(day)) {
            (None, None) => None,
            (Some(first), None) => Some(format!("from {first}")),
            (None, Some(last)) => Some(format!("until {last}")),
            (Some(first), Some(last)) => Some(format!("from {first} to {last}")),
        }
    }
}

fn weekdays(on: &[Weekday]) -> String {
    let (working, weekend) = WEEK.split_at(5);
    let is_all_of = |days: &[Weekday]| on.len() == days.len() && days.iter().all(|day| on.contains(day));
    if is_all_of(&WEEK) {
        return "day".to_owned();
    }
    if is_all_of(working) {
        return "weekday".to_owned();
    }
    if is_all_of(weekend) {
        return "Saturday and Sunday".to_owned();
    }
    if let (Some(first), Some(last)) = (on.first(), on.last())
        && on.len() >= 4
        && on.windows(2).all(|pair| pair[0].succ() == pair[1])
    {
        return format!("day from {} to {}", weekday_name(*first), weekday_name(*last));
    }
    in_words(on.iter().map(|day| weekday_name(*day).to_owned()))
}

/// A sentence for a fixed time on all, working, or single weekdays; nothing else.
fn plain_cron(expression: &str) -> Option<String> {
    let fields: Vec<&str> = expression.split_whitespace().collect();
    let [minute, hour, "*", "*", weekdays] = fields[..] else {
        return None;
    };
    let (minute, hour) = (minute.parse::<u8>().ok()?, hour.parse::<u8>().ok()?);
    let days = match weekdays.to_ascii_uppercase().as_str() {
        "*" => "day",
        "1-5" | "MON-FRI" => "weekday",
        "0" | "7" | "SUN" => "Sunday",
        "1" | "MON" => "Monday",
        "2" | "TUE" => "Tuesday",
        "3" | "WED" => "Wednesday",
        "4" | "THU" => "Thursday",
        "5" | "FRI" => "Friday",
        "6" | "SAT" => "Saturday",
        _ => return None,
    };
    Some(format!("Every {days} at {hour:02}:{minute:02}"))
}

#[cfg(test)]
mod tests {
    use super::super::{CronExpression, MonthDay, Times};
    use super::*;

    #[test]
    fn a_cron_expression_gets_a_sentence_only_when_it_is_surely_right() {
        let cases = [
            ("0 9 * * *", "Every day at 09:00"),
            ("30 17 * * 1-5", "Every weekday at 17:30"),
            ("5 0 * * 7", "Every Sunday at 00:05"),
            ("*/15 * * * *", "Cron: */15 * * * *"),
            ("0 9 1 * 1", "Cron: 0 9 1 * 1"),
        ];
        for (expression, sentence) in cases {
            assert_eq!(
                Rule::Cron(CronExpression::parse(expression).unwrap()).describe(),
                sentence
            );
        }
    }

    #[test]
    fn days_are_told_as_people_say_them() {
        let at = Times::parse("9:00 13:00 17:30").unwrap();
        let on = |days: &[Weekday]| {
            let on = days.to_vec();
            Rule::Weekdays { on, at: at.clone() }.describe()
        };
        assert_eq!(on(&WEEK[..5]), "Every weekday at 09:00, 13:00 and 17:30");
        assert_eq!(
            on(&[WEEK[0], WEEK[3]]),
            "Every Monday and Thursday at 09:00, 13:00 and 17:30"
        );
        let month = Rule::MonthDays {
            on: MonthDay::parse_all("1, last, first Monday").unwrap(),
            at: Times::parse("6:00").unwrap(),
        };
        assert_eq!(
            month.describe(),
            "Every month on the 1st, the last day and the first Monday at 06:00"
        );
    }

    #[test]
    fn a_span_is_told_by_its_days() {
        let first = NaiveDate::from_ymd_opt(2026, 12, 1);
        let last = NaiveDate::from_ymd_opt(2026, 12, 31);
        assert_eq!(Span::default().describe(), None);
        assert_eq!(
            Span { first, last }.describe().unwrap(),
            "from Tue 1 Dec 2026 to Thu 31 Dec 2026"
        );
        assert_eq!(
            Span { first: None, last }.describe().unwrap(),
            "until Thu 31 Dec 2026"
        );
    }
}
