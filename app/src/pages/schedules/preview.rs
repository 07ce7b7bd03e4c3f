//! `GET /schedules/preview`: what a schedule as typed comes to.

use axum::Json;
use axum::extract::{Query, State};
use chrono::{DateTime, Utc};
use domain::schedule::{Rule, Timetable};
use domain::words;

use super::calendars::Calendars;
use super::submitted::Typed;
use crate::error::AppError;
use crate::islands::{Preview, PreviewRun};
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
    let task = fields.iter().find(|(name, _)| name == TASK);
    let usual = match task {
        Some((_, task)) => usual(&state, task).await?,
        None => None,
    };
    Ok(Json(of(&typed, &calendars, usual, Utc::now())))
}

/// How many milliseconds a run of a task usually takes.
pub(super) async fn usual(state: &AppState, task: &str) -> Result<Option<i64>, AppError> {
    let usual = state.engine.runs.usual_durations([task]).await?;
    Ok(usual.get(task).map(|usual| usual.median))
}

/// The next runs if the schedule were saved now, in its own zone.
pub(super) fn of(typed: &Typed, calendars: &Calendars, usual: Option<i64>, now: DateTime<Utc>) -> Preview {
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
        let preview = of(&typed(entry), &Calendars::default(), None, now());
        assert_eq!(preview.sentence, "Every day at 09:00, Europe/Paris time");
        assert_eq!(preview.runs.len(), UPCOMING);
        assert_eq!(preview.runs[0].exact, "Mon 2 Mar 2026, 09:00 CET");
        assert_eq!(preview.runs[0].note, "in 20 hours");
    }

    #[test]
    fn a_run_on_a_day_of_a_calendar_is_marked_with_the_day() {
        let mut typed = typed(ScheduleEntry::default());
        typed.policy.calendars = "a".into();
        let content = domain::calendar::parse("2026-03-03 Carnival").unwrap();
        let calendars = Calendars(vec![("a".into(), "Holidays".into(), content)]);
        let notes: Vec<_> = of(&typed, &calendars, None, now())
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
        let preview = of(&typed(entry), &Calendars::default(), None, now());
        assert!(preview.runs.is_empty() && preview.sentence.is_empty());
        assert!(preview.problem.unwrap().contains("number of days"));
    }
}
