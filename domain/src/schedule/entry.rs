//! The schedule editor's form: what was typed, and the rule it stands for.

use chrono::NaiveTime;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::cron::CronExpression;
use super::rule::Rule;

/// The fields of the editor as text, so that a form with mistakes can be shown again as it was typed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScheduleEntry {
    /// `minutes`, `hours`, `days` or `cron`.
    pub kind: String,
    /// How many minutes, hours or days.
    pub every: String,
    /// Local time of day for days, `HH:MM`.
    pub at: String,
    /// The cron expression.
    pub cron: String,
    /// IANA name of the zone.
    pub zone: String,
}

/// One mistake: the field it belongs to and the sentence for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryError {
    /// `every`, `at`, `cron`, `zone` or `kind`.
    pub field: String,
    /// The sentence shown there.
    pub message: String,
}

impl Default for ScheduleEntry {
    fn default() -> Self {
        Self {
            kind: "days".into(),
            every: "1".into(),
            at: "09:00".into(),
            cron: String::new(),
            zone: "UTC".into(),
        }
    }
}

impl ScheduleEntry {
    /// The rule and zone that were meant, or every mistake at once.
    pub fn parse(&self) -> Result<(Rule, Tz), Vec<EntryError>> {
        let mut errors = Vec::new();
        let rule = self.rule(&mut errors);
        let zone = self.zone.trim().parse::<Tz>().ok();
        if zone.is_none() {
            errors.push(error(
                "zone",
                "Time zone must be a name from the list, like Europe/Paris",
            ));
        }
        match (rule, zone) {
            (Some(rule), Some(zone)) if errors.is_empty() => Ok((rule, zone)),
            _ => Err(errors),
        }
    }

    fn rule(&self, errors: &mut Vec<EntryError>) -> Option<Rule> {
        match self.kind.as_str() {
            "minutes" => self.count("minutes", 1440, errors).map(Rule::EveryMinutes),
            "hours" => self.count("hours", 8760, errors).map(Rule::EveryHours),
            "days" => {
                let days = self.count("days", 366, errors);
                let at = NaiveTime::parse_from_str(self.at.trim(), "%H:%M").ok();
                if at.is_none() {
                    errors.push(error("at", "Time of day must be hours and minutes, like 09:00"));
                }
                Some(Rule::EveryDays { days: days?, at: at? })
            }
            "cron" if self.cron.trim().is_empty() => {
                errors.push(error("cron", "Enter a cron expression"));
                None
            }
            "cron" => CronExpression::parse(&self.cron)
                .map_err(|problem| errors.push(error("cron", &problem.to_string())))
                .ok()
                .map(Rule::Cron),
            _ => {
                errors.push(error("kind", "Select how often the task runs"));
                None
            }
        }
    }

    fn count(&self, unit: &str, most: u32, errors: &mut Vec<EntryError>) -> Option<u32> {
        let count = self
            .every
            .trim()
            .parse::<u32>()
            .ok()
            .filter(|count| (1..=most).contains(count));
        if count.is_none() {
            errors.push(error(
                "every",
                &format!("The number of {unit} must be between 1 and {most}"),
            ));
        }
        count
    }

    /// The editor's fields for a saved rule.
    pub fn from_rule(rule: &Rule, zone: Tz) -> Self {
        let base = Self {
            zone: zone.name().to_owned(),
            ..Self::default()
        };
        match rule {
            Rule::EveryMinutes(minutes) => Self {
                kind: "minutes".into(),
                every: minutes.to_string(),
                ..base
            },
            Rule::EveryHours(hours) => Self {
                kind: "hours".into(),
                every: hours.to_string(),
                ..base
            },
            Rule::EveryDays { days, at } => Self {
                kind: "days".into(),
                every: days.to_string(),
                at: at.format("%H:%M").to_string(),
                ..base
            },
            Rule::Cron(expression) => Self {
                kind: "cron".into(),
                cron: expression.as_str().to_owned(),
                ..base
            },
        }
    }
}

pub(super) fn error(field: &str, message: &str) -> EntryError {
    EntryError {
        field: field.to_owned(),
        message: message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_named_at_once_at_its_field() {
        let entry = ScheduleEntry {
            kind: "days".into(),
            every: "0".into(),
            at: "25:00".into(),
            cron: String::new(),
            zone: "Mars".into(),
        };
        let fields: Vec<String> = entry
            .parse()
            .unwrap_err()
            .into_iter()
            .map(|error| error.field)
            .collect();
        assert_eq!(fields, ["every", "at", "zone"]);
    }

    #[test]
    fn what_is_saved_comes_back_into_the_editor() {
        for entry in [
            ScheduleEntry {
                kind: "minutes".into(),
                every: "5".into(),
                ..ScheduleEntry::default()
            },
            ScheduleEntry {
                kind: "days".into(),
                every: "2".into(),
                at: "07:30".into(),
                zone: "Asia/Tokyo".into(),
                ..ScheduleEntry::default()
            },
            ScheduleEntry {
                kind: "cron".into(),
                cron: "0 9 * * 1-5".into(),
                ..ScheduleEntry::default()
            },
        ] {
            let (rule, zone) = entry.parse().unwrap();
            assert_eq!(
                ScheduleEntry::from_rule(&rule, zone).parse().unwrap(),
                (rule, zone)
            );
        }
    }
}
