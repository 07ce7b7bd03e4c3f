//! The schedule editor's form: what was typed, and the rule it stands for.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::cron::CronExpression;
use super::days::{MonthDay, Times, WEEK};
use super::rule::{Rule, Span};
use super::timetable::{Timetable, wall_clock};

/// The fields of the editor as text, so that a form with mistakes can be shown again as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleEntry {
    /// `minutes`, `hours`, `days`, `weekdays`, `month`, `once`, `after` or `cron`.
    pub kind: String,
    /// How many minutes, hours or days.
    pub every: String,
    /// Local times of day, `09:00, 17:30`.
    pub at: String,
    /// Weekdays by their first three letters, `Mon,Fri`.
    pub on: String,
    /// Days of the month, `1, 15, last, first Monday`.
    pub month_days: String,
    /// Local date and time of a single run, `2026-12-01T09:00`.
    pub once: String,
    /// Id of the schedule to come after.
    pub after: String,
    /// The cron expression.
    pub cron: String,
    /// IANA name of the zone.
    pub zone: String,
    /// The first day, `2026-12-01`, or empty.
    pub from: String,
    /// The last day, or empty.
    pub until: String,
}

/// One mistake: the field it belongs to and the sentence for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryError {
    /// Its name in the form.
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
            on: "Mon,Tue,Wed,Thu,Fri".into(),
            month_days: "1".into(),
            once: String::new(),
            after: String::new(),
            cron: String::new(),
            zone: "UTC".into(),
            from: String::new(),
            until: String::new(),
        }
    }
}

impl ScheduleEntry {
    /// The rule, zone and span that were meant, or every mistake at once. `now` tells a single run that is over.
    pub fn parse(&self, now: DateTime<Utc>) -> Result<(Rule, Tz, Span), Vec<EntryError>> {
        let mut errors = Vec::new();
        let zone = self.zone.trim().parse::<Tz>();
        let rule = self.rule(&mut errors);
        if let (Some(Rule::Once(at)), Ok(zone)) = (&rule, &zone)
            && wall_clock(*at, *zone).is_none_or(|at| at <= now)
        {
            errors.push(error(
                "once",
                "That time is over. Enter one that is still to come",
            ));
        }
        let span = self.span(&mut errors);
        match (rule, zone) {
            (Some(rule), Ok(zone)) if errors.is_empty() => {
                if !matches!(rule, Rule::After(_)) && never_runs(&rule, zone, span, now) {
                    return Err(vec![error("until", "No run is left before the last day")]);
                }
                Ok((rule, zone, span))
            }
            (_, Ok(_)) => Err(errors),
            (_, Err(_)) => {
                errors.push(error(
                    "zone",
                    "Time zone must be a name from the list, like Europe/Paris",
                ));
                Err(errors)
            }
        }
    }

    fn rule(&self, errors: &mut Vec<EntryError>) -> Option<Rule> {
        let mut noted = Noted(errors);
        match self.kind.as_str() {
            "minutes" => noted
                .keep("every", count(&self.every, "minutes", 1440))
                .map(Rule::EveryMinutes),
            "hours" => noted
                .keep("every", count(&self.every, "hours", 8760))
                .map(Rule::EveryHours),
            "days" => {
                let days = noted.keep("every", count(&self.every, "days", 366));
                let at = noted.keep("at", Times::parse(&self.at));
                Some(Rule::EveryDays { days: days?, at: at? })
            }
            "weekdays" => {
                let on = noted.keep("on", weekdays(&self.on));
                let at = noted.keep("at", Times::parse(&self.at));
                Some(Rule::Weekdays { on: on?, at: at? })
            }
            "month" => {
                let on = noted.keep("month_days", MonthDay::parse_all(&self.month_days));
                let at = noted.keep("at", Times::parse(&self.at));
                Some(Rule::MonthDays { on: on?, at: at? })
            }
            "once" => noted.keep("once", moment(&self.once)).map(Rule::Once),
            "after" if self.after.trim().is_empty() => {
                noted.keep("after", Err("Select the schedule to come after".to_owned()))
            }
            "after" => Some(Rule::After(self.after.trim().to_owned())),
            "cron" if self.cron.trim().is_empty() => {
                noted.keep("cron", Err("Enter a cron expression".to_owned()))
            }
            "cron" => {
                let expression = CronExpression::parse(&self.cron).map_err(|problem| problem.to_string());
                noted.keep("cron", expression).map(Rule::Cron)
            }
            _ => noted.keep("kind", Err("Select how often the task runs".to_owned())),
        }
    }

    fn span(&self, errors: &mut Vec<EntryError>) -> Span {
        let mut noted = Noted(errors);
        let first = noted.keep("from", date(&self.from)).flatten();
        let last = noted.keep("until", date(&self.until)).flatten();
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            noted.keep::<()>(
                "until",
                Err("The last day must not be before the first day".to_owned()),
            );
        }
        Span { first, last }
    }

    /// The editor's fields for a saved schedule.
    pub fn new(rule: &Rule, zone: Tz, span: Span) -> Self {
        let day = |date: Option<NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
        let mut entry = Self {
            zone: zone.name().to_owned(),
            from: day(span.first),
            until: day(span.last),
            ..Self::default()
        };
        let kind = match rule {
            Rule::EveryMinutes(minutes) => {
                entry.every = minutes.to_string();
                "minutes"
            }
            Rule::EveryHours(hours) => {
                entry.every = hours.to_string();
                "hours"
            }
            Rule::EveryDays { days, at } => {
                entry.every = days.to_string();
                entry.at = at.to_string();
                "days"
            }
            Rule::Weekdays { on, at } => {
                entry.on = joined(on, ",");
                entry.at = at.to_string();
                "weekdays"
            }
            Rule::MonthDays { on, at } => {
                entry.month_days = joined(on, ", ");
                entry.at = at.to_string();
                "month"
            }
            Rule::Once(at) => {
                entry.once = at.format(MOMENT).to_string();
                "once"
            }
            Rule::After(schedule) => {
                schedule.clone_into(&mut entry.after);
                "after"
            }
            Rule::Cron(expression) => {
                expression.as_str().clone_into(&mut entry.cron);
                "cron"
            }
        };
        kind.clone_into(&mut entry.kind);
        entry
    }
}

/// As `datetime-local` inputs write it.
const MOMENT: &str = "%Y-%m-%dT%H:%M";

/// Collects the mistakes.
struct Noted<'a>(&'a mut Vec<EntryError>);

impl Noted<'_> {
    fn keep<T>(&mut self, field: &str, outcome: Result<T, String>) -> Option<T> {
        outcome
            .map_err(|message| self.0.push(error(field, &message)))
            .ok()
    }
}

fn count(text: &str, unit: &str, most: u32) -> Result<u32, String> {
    let count = text.trim().parse::<u32>().ok();
    count
        .filter(|count| (1..=most).contains(count))
        .ok_or_else(|| format!("The number of {unit} must be between 1 and {most}"))
}

fn weekdays(text: &str) -> Result<Vec<Weekday>, String> {
    let on: Vec<Weekday> = text
        .split(',')
        .filter_map(|day| day.trim().parse().ok())
        .collect();
    let in_order: Vec<Weekday> = WEEK.into_iter().filter(|day| on.contains(day)).collect();
    if in_order.is_empty() {
        return Err("Select at least one day of the week".to_owned());
    }
    Ok(in_order)
}

fn moment(text: &str) -> Result<NaiveDateTime, String> {
    let text = text.trim().replace(' ', "T");
    // Browsers add the seconds when they are not zero.
    NaiveDateTime::parse_from_str(&text, MOMENT)
        .or_else(|_| NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S"))
        .map_err(|_| "Enter a date and a time, like 2026-12-01 09:00".to_owned())
}

fn date(text: &str) -> Result<Option<NaiveDate>, String> {
    match text.trim() {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|_| "Enter a date, like 2026-12-01, or leave it empty".to_owned()),
    }
}

fn joined(items: &[impl ToString], between: &str) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    items.join(between)
}

fn never_runs(rule: &Rule, zone: Tz, span: Span, now: DateTime<Utc>) -> bool {
    let timetable = Timetable {
        rule: rule.clone(),
        zone,
        anchor: now,
        span,
    };
    timetable.next_after(now).is_none()
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

    fn now() -> DateTime<Utc> {
        "2026-11-26T12:00:00Z".parse().unwrap()
    }

    fn fields(entry: &ScheduleEntry) -> Vec<String> {
        let errors = entry.parse(now()).unwrap_err();
        errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn every_mistake_is_named_at_once_at_its_field() {
        let entry = ScheduleEntry {
            kind: "days".into(),
            every: "0".into(),
            at: "25:00".into(),
            zone: "Mars".into(),
            from: "soon".into(),
            ..ScheduleEntry::default()
        };
        assert_eq!(fields(&entry), ["every", "at", "from", "zone"]);
    }

    #[test]
    fn each_kind_looks_at_its_own_fields_only() {
        let of_kind = |kind: &str| ScheduleEntry {
            kind: kind.into(),
            every: "x".into(),
            at: "x".into(),
            on: "x".into(),
            month_days: "x".into(),
            once: "x".into(),
            cron: "x".into(),
            ..ScheduleEntry::default()
        };
        assert_eq!(fields(&of_kind("minutes")), ["every"]);
        assert_eq!(fields(&of_kind("weekdays")), ["on", "at"]);
        assert_eq!(fields(&of_kind("month")), ["month_days", "at"]);
        assert_eq!(fields(&of_kind("once")), ["once"]);
        assert_eq!(fields(&of_kind("after")), ["after"]);
        assert_eq!(fields(&of_kind("cron")), ["cron"]);
        assert_eq!(fields(&of_kind("")), ["kind"]);
    }

    #[test]
    fn f53_a_single_run_in_the_past_is_asked_about() {
        let mut entry = ScheduleEntry {
            kind: "once".into(),
            once: "2026-11-26T13:00".into(),
            zone: "Europe/Paris".into(),
            ..ScheduleEntry::default()
        };
        // Twelve by the clock of Greenwich is one in Paris: exactly now is over, a minute later is not.
        assert_eq!(fields(&entry), ["once"]);
        entry.once = "2026-11-26T13:01".into();
        assert!(entry.parse(now()).is_ok());
    }

    #[test]
    fn a_schedule_that_would_never_run_is_a_mistake() {
        let entry = ScheduleEntry {
            from: "2026-12-02".into(),
            until: "2026-12-01".into(),
            ..ScheduleEntry::default()
        };
        assert_eq!(fields(&entry), ["until"]);
        let entry = ScheduleEntry {
            until: "2026-11-26".into(),
            ..ScheduleEntry::default()
        };
        assert_eq!(
            entry.parse(now()).unwrap_err()[0].message,
            "No run is left before the last day"
        );
    }

    #[test]
    fn what_is_saved_comes_back_into_the_editor() {
        let kinds = [
            "minutes", "hours", "days", "weekdays", "month", "once", "after", "cron",
        ];
        for kind in kinds {
            let entry = ScheduleEntry {
                kind: kind.into(),
                every: "5".into(),
                at: "07:30, 19:00".into(),
                on: "Mon,Sun".into(),
                month_days: "1, last, first Monday, last Friday".into(),
                once: "2027-01-01T09:30".into(),
                after: "0192-id".into(),
                cron: "0 9 * * 1-5".into(),
                zone: "Asia/Tokyo".into(),
                from: "2026-12-01".into(),
                until: "2027-02-01".into(),
            };
            let parsed = entry.parse(now()).unwrap();
            let (rule, zone, span) = parsed.clone();
            let again = ScheduleEntry::new(&rule, zone, span);
            assert_eq!(again.parse(now()).unwrap(), parsed, "{kind}");
            assert_eq!(again.kind, kind);
        }
    }
}
