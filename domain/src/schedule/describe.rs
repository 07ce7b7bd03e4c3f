//! A rule as a sentence. A cron expression that no sentence fits exactly stays a cron expression: never a wrong one.

use super::rule::Rule;

impl Rule {
    /// `Every 5 minutes`, `Every day at 09:00`, `Every weekday at 09:00`, `Cron: 0 9 1-7 * 1`.
    pub fn describe(&self) -> String {
        match self {
            Self::EveryMinutes(1) => "Every minute".to_owned(),
            Self::EveryMinutes(minutes) => format!("Every {minutes} minutes"),
            Self::EveryHours(1) => "Every hour".to_owned(),
            Self::EveryHours(hours) => format!("Every {hours} hours"),
            Self::EveryDays { days: 1, at } => format!("Every day at {}", at.format("%H:%M")),
            Self::EveryDays { days, at } => format!("Every {days} days at {}", at.format("%H:%M")),
            Self::Cron(expression) => {
                plain_cron(expression.as_str()).unwrap_or_else(|| format!("Cron: {}", expression.as_str()))
            }
        }
    }
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
    use super::super::CronExpression;
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
}
