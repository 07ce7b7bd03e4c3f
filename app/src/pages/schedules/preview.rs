//! `GET /schedules/preview`: what a schedule as typed comes to.

use axum::Json;
use axum::extract::{Query, State};
use chrono::{DateTime, Offset, Utc};
use chrono_tz::Tz;
use domain::schedule::{Rule, Timetable};
use domain::words;

use super::calendars::Calendars;
use super::submitted::Typed;
use crate::error::AppError;
use crate::islands::{HERE, Preview, PreviewRun};
use crate::routes::AppState;

/// The field that names the task.
pub(super) const TASK: &str = "task";

/// As many future runs as are shown.
const UPCOMING: usize = 5;

/// Answers the editor's island.
pub async fn answer(
    State(state): State<AppState>,
    Query(fields): Query<Vec<(String, String)>>,
) -> Result<Json<Preview>, AppError> {
    let typed = Typed::new(fields.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let calendars = Calendars::load(&state).await?;
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, text)| text);
    let usual = match field(TASK) {
        Some(task) => usual(&state, task).await?,
        None => None,
    };
    let here = field(HERE).and_then(|zone| zone.parse().ok());
    Ok(Json(of(&typed, &calendars, usual, here, Utc::now())))
}

/// How many milliseconds a run of a task usually takes.
pub(super) async fn usual(state: &AppState, task: &str) -> Result<Option<i64>, AppError> {
    let usual = state.engine.runs.usual_durations([task]).await?;
    Ok(usual.get(task).map(|usual| usual.median))
}

/// The next runs if the schedule were saved now, in its own zone; beside them the time of day `here`, where that is
/// another.
pub(super) fn of(
    typed: &Typed,
    calendars: &Calendars,
    usual: Option<i64>,
    here: Option<Tz>,
    now: DateTime<Utc>,
) -> Preview {
    let plan = match typed.plan(now) {
        Ok(plan) => plan,
        Err(errors) => {
            return Preview {
                problem: errors.into_iter().next().map(|error| error.message),
                ..Preview::default()
            };
        }
    };
    let mut sentence = plan.rule.describe();
    if !matches!(plan.rule, Rule::After(_)) {
        sentence = format!("{sentence}, {} time", plan.zone.name());
    }
    if let Some(span) = plan.span.describe() {
        sentence = format!("{sentence}, {span}");
    }
    let timetable = Timetable {
        rule: plan.rule.clone(),
        zone: plan.zone,
        anchor: now,
        span: plan.span,
    };
    let runs = timetable
        .upcoming(now, UPCOMING)
        .into_iter()
        .map(|at| PreviewRun {
            exact: words::exact(at, plan.zone),
            here: here.and_then(|here| time_here(at, plan.zone, here)),
            note: calendars
                .reason(&plan.policy, &timetable, at)
                .or_else(|| timetable.clock_note(at))
                .unwrap_or_else(|| words::relative(at, now)),
        })
        .collect();
    Preview {
        sentence,
        runs,
        cautions: timetable.cautions(now, usual),
        problem: None,
    }
}

/// `08:00`, or on another day `Sun 23:00`; nothing where the clocks show the same.
fn time_here(at: DateTime<Utc>, zone: Tz, here: Tz) -> Option<String> {
    let (there, here) = (at.with_timezone(&zone), at.with_timezone(&here));
    if there.offset().fix() == here.offset().fix() {
        return None;
    }
    let is_same_day = there.date_naive() == here.date_naive();
    let format = if is_same_day { "%H:%M" } else { "%a %H:%M" };
    Some(here.format(format).to_string())
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use domain::schedule::{PolicyEntry, ScheduleEntry};

    use super::*;

    fn typed(entry: ScheduleEntry) -> Typed {
        Typed {
            entry,
            policy: PolicyEntry::default(),
        }
    }

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).unwrap()
    }

    #[test]
    fn a_preview_lists_five_runs_in_the_schedule_s_zone() {
        let entry = ScheduleEntry {
            zone: "Europe/Paris".into(),
            ..ScheduleEntry::default()
        };
        let preview = of(&typed(entry), &Calendars::default(), None, None, now());
        assert_eq!(preview.sentence, "Every day at 09:00, Europe/Paris time");
        assert_eq!(preview.runs.len(), UPCOMING);
        assert_eq!(preview.runs[0].exact, "Mon 2 Mar 2026, 09:00 CET");
        assert_eq!(preview.runs[0].note, "in 20 hours");
    }

    #[test]
    fn the_time_where_the_person_is_stands_beside_another() {
        let at = Utc.with_ymd_and_hms(2026, 3, 2, 8, 0, 0).unwrap();
        let paris = chrono_tz::Europe::Paris;
        let here = |zone| time_here(at, paris, zone);
        assert_eq!(here(chrono_tz::Europe::London).as_deref(), Some("08:00"));
        assert_eq!(here(chrono_tz::Pacific::Honolulu).as_deref(), Some("Sun 22:00"));
        assert_eq!(here(chrono_tz::Europe::Berlin), None);
    }

    #[test]
    fn a_run_on_a_day_of_a_calendar_is_marked_with_the_day() {
        let mut typed = typed(ScheduleEntry::default());
        typed.policy.calendars = "a".into();
        let content = domain::calendar::parse("2026-03-03 Carnival").unwrap();
        let calendars = Calendars(vec![("a".into(), "Holidays".into(), content)]);
        let notes: Vec<_> = of(&typed, &calendars, None, None, now())
            .runs
            .into_iter()
            .map(|run| run.note)
            .collect();
        assert_eq!(notes[..3], ["in 21 hours", "does not run: Carnival", "in 2 days"]);
    }

    #[test]
    fn a_schedule_with_mistakes_has_no_runs() {
        let entry = ScheduleEntry {
            every: "0".into(),
            ..ScheduleEntry::default()
        };
        let preview = of(&typed(entry), &Calendars::default(), None, None, now());
        assert!(preview.runs.is_empty() && preview.sentence.is_empty());
        assert!(preview.problem.unwrap().contains("number of days"));
    }
}
