//! `GET /schedules/preview`: what a schedule as typed comes to.

use axum::Json;
use axum::extract::{Query, State};
use chrono::{DateTime, Utc};
use domain::schedule::{ScheduleEntry, Timetable};
use domain::words;

use crate::islands::{Preview, PreviewRun};
use crate::routes::AppState;

/// As many future runs as are shown.
const UPCOMING: usize = 5;

/// Answers the editor's island.
pub async fn answer(State(_): State<AppState>, Query(entry): Query<ScheduleEntry>) -> Json<Preview> {
    Json(of(&entry, Utc::now()))
}

/// The next runs if the schedule were saved now, in its own zone.
pub(super) fn of(entry: &ScheduleEntry, now: DateTime<Utc>) -> Preview {
    let (rule, zone) = match entry.parse() {
        Ok(parsed) => parsed,
        Err(errors) => {
            return Preview {
                errors,
                ..Preview::default()
            };
        }
    };
    let sentence = format!("{}, {} time", rule.describe(), zone.name());
    let timetable = Timetable {
        rule,
        zone,
        anchor: now,
    };
    let runs = timetable
        .upcoming(now, UPCOMING)
        .into_iter()
        .map(|at| PreviewRun {
            exact: words::exact(at, zone),
            relative: words::relative(at, now),
        })
        .collect();
    Preview {
        sentence,
        runs,
        errors: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn a_preview_lists_five_runs_in_the_schedule_s_zone() {
        let entry = ScheduleEntry {
            zone: "Europe/Paris".into(),
            ..ScheduleEntry::default()
        };
        let preview = of(&entry, Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).unwrap());
        assert_eq!(preview.sentence, "Every day at 09:00, Europe/Paris time");
        assert_eq!(preview.runs.len(), UPCOMING);
        assert_eq!(preview.runs[0].exact, "Mon 2 Mar 2026, 09:00 CET");
        assert_eq!(preview.runs[0].relative, "in 20 hours");
    }

    #[test]
    fn a_schedule_with_mistakes_has_no_runs() {
        let entry = ScheduleEntry {
            every: "0".into(),
            ..ScheduleEntry::default()
        };
        let preview = of(&entry, Utc::now());
        assert!(preview.runs.is_empty() && preview.sentence.is_empty());
        assert_eq!(preview.errors[0].field, "every");
    }
}
