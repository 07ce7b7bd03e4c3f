//! Schedules sorted into days.

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use engine::scheduler::Schedule;

use crate::pages::schedules::Calendars;

/// Days that are shown.
const DAYS: u64 = 7;
/// What runs more often on a day is one line.
const OFTEN: usize = 6;

/// One day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Day {
    /// `Mon 2 March`.
    pub(super) title: String,
    pub(super) entries: Vec<Entry>,
}

/// One run, or all runs of a schedule that has many on this day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// `09:00`, or for many `Every 5 minutes`, which sort behind.
    pub(super) time: String,
    pub(super) task: String,
    pub(super) schedule: String,
    /// Why it does not run, if it does not.
    pub(super) note: Option<String>,
}

/// The days from now on, by the clock of the viewer's zone.
pub(super) fn days(
    schedules: &[Schedule],
    calendars: &Calendars,
    (now, zone): (DateTime<Utc>, Tz),
) -> Vec<Day> {
    let today = now.with_timezone(&zone).date_naive();
    (0..DAYS)
        .filter_map(|ahead| today.checked_add_days(Days::new(ahead)))
        .map(|date| {
            let mut entries: Vec<Entry> = schedules
                .iter()
                .flat_map(|schedule| of_day(schedule, calendars, (date, zone, now)))
                .collect();
            entries.sort();
            Day {
                title: date.format("%a %-d %B").to_string(),
                entries,
            }
        })
        .collect()
}

fn of_day(
    schedule: &Schedule,
    calendars: &Calendars,
    (date, zone, now): (NaiveDate, Tz, DateTime<Utc>),
) -> Vec<Entry> {
    // A moment before midnight; the part of today that is over is left out.
    let before = midnight(date, zone) - chrono::TimeDelta::milliseconds(1);
    let runs = schedule.timetable.upcoming(before.max(now), OFTEN + 1);
    let of_day: Vec<_> = runs
        .into_iter()
        .filter(|at| at.with_timezone(&zone).date_naive() == date)
        .collect();
    let entry = |time: String, note| Entry {
        time,
        task: schedule.task_name.clone(),
        schedule: schedule.id.clone(),
        note,
    };
    if of_day.len() > OFTEN {
        return vec![entry(schedule.timetable.rule.describe(), None)];
    }
    let one = |at: DateTime<Utc>| {
        let note = calendars.reason(&schedule.policy, &schedule.timetable, at);
        entry(at.with_timezone(&zone).format("%H:%M").to_string(), note)
    };
    of_day.into_iter().map(one).collect()
}

/// The first moment of a day; where a zone skips midnight, the day before has its own last moment.
fn midnight(date: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let local = date.and_time(chrono::NaiveTime::MIN);
    local
        .and_local_timezone(zone)
        .earliest()
        .map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use domain::schedule::{Policy, ScheduleEntry, Timetable};

    use super::*;

    fn schedule(entry: ScheduleEntry) -> Schedule {
        let now = Utc.with_ymd_and_hms(2026, 3, 27, 10, 0, 0).unwrap();
        let (rule, zone, span) = entry.parse(now).unwrap();
        Schedule {
            id: "s".to_owned(),
            task_name: "t".to_owned(),
            timetable: Timetable {
                rule,
                zone,
                anchor: now,
                span,
            },
            policy: Policy::default(),
            paused: false,
            problem: None,
            paused_at: None,
            next_run_at: Some(now),
            params: serde_json::Map::new(),
            created_by: "ann".to_owned(),
            created_at: now,
        }
    }

    fn week(entry: ScheduleEntry) -> Vec<(String, Vec<String>)> {
        let now = Utc.with_ymd_and_hms(2026, 3, 27, 10, 0, 0).unwrap();
        let days = days(
            &[schedule(entry)],
            &Calendars::default(),
            (now, Tz::Europe__Paris),
        );
        days.into_iter()
            .map(|day| {
                (
                    day.title,
                    day.entries.into_iter().map(|entry| entry.time).collect(),
                )
            })
            .collect()
    }

    #[test]
    fn each_day_lists_its_times_and_today_only_what_is_still_to_come() {
        let week = week(ScheduleEntry {
            kind: "days".into(),
            at: "09:00, 17:30".into(),
            zone: "Europe/Paris".into(),
            ..ScheduleEntry::default()
        });
        assert_eq!(week[0], ("Fri 27 March".to_owned(), vec!["17:30".to_owned()]));
        assert_eq!(
            week[2],
            (
                "Sun 29 March".to_owned(),
                vec!["09:00".to_owned(), "17:30".to_owned()]
            )
        );
        assert_eq!(week.len(), 7);
    }

    #[test]
    fn what_runs_often_is_one_line_a_day() {
        let week = week(ScheduleEntry {
            kind: "minutes".into(),
            every: "5".into(),
            zone: "UTC".into(),
            ..ScheduleEntry::default()
        });
        assert!(
            week.iter().all(|(_, times)| *times == ["Every 5 minutes"]),
            "{week:?}"
        );
    }
}
