//! Kinds of schedules beside intervals, calendars, values of a schedule's own, and places in the queue.

use chrono::{Datelike, TimeDelta, Timelike, Utc};
use domain::run::RunStatus;
use domain::schedule::{Closed, Plan, Policy, Priority, Rule};
use engine::runs::{ParamShown, RunDetail, RunFilter, RunSummary};
use engine::scheduler::{Schedule, ScheduleError};
use serde_json::json;

use crate::common::{TestEngine, job, start, start_with};
use crate::schedules::{nudge, set_due, wait_for_runs};

fn hourly() -> Plan {
    Plan::new(Rule::EveryHours(1), chrono_tz::Tz::UTC)
}

async fn create(test: &TestEngine, task: &str, plan: Plan) -> Schedule {
    test.engine.schedules.create(task, plan, "ann").await.unwrap()
}

async fn fire(test: &TestEngine, schedule: &Schedule, seconds_ago: i64) {
    set_due(test, &schedule.id, -seconds_ago).await;
    nudge(test).await;
}

async fn find(test: &TestEngine, id: &str) -> Schedule {
    test.engine.schedules.find(id).await.unwrap().unwrap()
}

async fn detail(test: &TestEngine, run: &RunSummary) -> RunDetail {
    test.engine.runs.find(&run.run_id).await.unwrap().unwrap()
}

/// Waits until a schedule has so many runs, in whatever state; oldest first.
async fn runs_of(test: &TestEngine, schedule: &str, count: usize) -> Vec<RunSummary> {
    let waiting = async {
        loop {
            let page = test.engine.runs.list(&RunFilter::default(), 100).await.unwrap();
            let mut runs = page.runs;
            runs.retain(|run| run.schedule_id.as_deref() == Some(schedule));
            if runs.len() >= count {
                runs.reverse();
                return runs;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), waiting)
        .await
        .expect("so many runs")
}

/// A calendar that is in force now and for an hour and more.
async fn around_now(test: &TestEngine) -> String {
    let (from, until) = (Utc::now() - TimeDelta::hours(2), Utc::now() + TimeDelta::hours(2));
    let line = format!("{} to {} Move", from.format("%F %H:%M"), until.format("%F %H:%M"));
    test.engine
        .calendars
        .save(None, "Holidays", &line, "ann")
        .await
        .unwrap()
}

fn closed(calendar: &str, closed: Closed) -> Plan {
    Plan {
        policy: Policy {
            calendars: vec![calendar.to_owned()],
            closed,
            ..Policy::default()
        },
        ..hourly()
    }
}

#[tokio::test]
async fn on_a_day_of_its_calendar_a_schedule_does_not_run_and_says_why() {
    let test = start(&[("t", &job("return {}"))]).await;
    let calendar = around_now(&test).await;
    let schedule = create(&test, "t", closed(&calendar, Closed::Skip)).await;
    fire(&test, &schedule, 2).await;
    let runs = wait_for_runs(&test, 1).await;
    assert_eq!(runs[0].status, RunStatus::Skipped);
    assert_eq!(
        runs[0].error_message.as_deref(),
        Some("Not run: Move, by the calendar Holidays.")
    );
    assert!(find(&test, &schedule.id).await.next_run_at.is_some());
    let refused = test.engine.calendars.delete(&calendar).await.unwrap_err();
    assert_eq!(refused.to_string(), "It is used by schedules of t");
}

#[tokio::test]
async fn or_it_runs_once_when_the_calendar_s_time_is_over() {
    let test = start(&[("t", &job("return {}"))]).await;
    let calendar = around_now(&test).await;
    let schedule = create(&test, "t", closed(&calendar, Closed::After)).await;
    fire(&test, &schedule, 9).await;
    let first = runs_of(&test, &schedule.id, 1).await.remove(0);
    let waiting = detail(&test, &first).await;
    assert_eq!(waiting.summary.status, RunStatus::Queued);
    let wait = waiting.not_before.unwrap() - Utc::now();
    assert!(
        wait > TimeDelta::minutes(118) && wait < TimeDelta::minutes(121),
        "{wait}"
    );
    fire(&test, &schedule, 6).await;
    let second = runs_of(&test, &schedule.id, 2).await.remove(1);
    assert_eq!(second.status, RunStatus::Skipped);
    assert!(second.error_message.unwrap().contains("was waiting already"));
}

#[tokio::test]
async fn a_calendar_is_checked_when_it_is_saved() {
    let test = start(&[]).await;
    let calendars = &test.engine.calendars;
    let save = async |id: Option<&str>, name: &str, content: &str| {
        calendars
            .save(id, name, content, "ann")
            .await
            .map_err(|error| error.to_string())
    };
    let id = save(None, " Holidays ", "every Sunday").await.unwrap();
    assert_eq!(
        save(None, "holidays", "").await.unwrap_err(),
        "There is already a calendar with this name"
    );
    assert_eq!(save(None, " ", "").await.unwrap_err(), "Enter a name");
    let lines = "x\ny\nz\nw\nevery Monday";
    let refused = save(Some(&id), "Holidays", lines).await.unwrap_err();
    assert!(
        refused.starts_with("Line 1: begin with a date") && refused.ends_with("And 1 more"),
        "{refused}"
    );
    save(Some(&id), "Holidays", "every Monday").await.unwrap();
    let kept = calendars.find(&id).await.unwrap().unwrap();
    assert_eq!(
        (kept.name.as_str(), kept.content.as_str()),
        ("Holidays", "every Monday")
    );
    calendars.delete(&id).await.unwrap();
    assert_eq!(
        save(Some(&id), "Holidays", "").await.unwrap_err(),
        "This calendar was deleted"
    );
}

#[tokio::test]
async fn what_passes_while_a_schedule_is_paused_is_one_row_that_says_so() {
    let test = start(&[("t", &job("return {}"))]).await;
    let schedule = create(&test, "t", Plan::new(Rule::EveryMinutes(1), chrono_tz::Tz::UTC)).await;
    let schedules = &test.engine.schedules;
    schedules.pause(&schedule.id).await.unwrap();
    let long_ago = crate::database::in_seconds(-3600);
    let sql = format!("UPDATE schedules SET paused_at = {long_ago}, anchor = {long_ago} WHERE id = ?");
    crate::database::change(&test, &sql, &[&schedule.id]).await;
    schedules.resume(&schedule.id).await.unwrap();
    let runs = wait_for_runs(&test, 1).await;
    let sentence = runs[0].error_message.as_deref().unwrap();
    assert!(
        sentence.starts_with("Paused: 60 runs did not happen, from "),
        "{sentence}"
    );
    let since = Utc::now() - TimeDelta::days(7);
    let kept = schedules.kept_since("t", since).await.unwrap();
    let kept = kept.get(&schedule.id).copied().unwrap();
    assert_eq!((kept.due, kept.ran), (60, 0));
    schedules.pause(&schedule.id).await.unwrap();
    schedules.resume(&schedule.id).await.unwrap();
    assert_eq!(wait_for_runs(&test, 1).await.len(), 1, "nothing passed meanwhile");
}

#[tokio::test]
async fn f53_a_single_run_happens_once_ever_and_again_only_for_another_time() {
    let test = start(&[("t", &job("return {}"))]).await;
    let tomorrow = (Utc::now() + TimeDelta::days(1))
        .naive_utc()
        .with_second(0)
        .unwrap()
        .with_nanosecond(0)
        .unwrap();
    let plan = Plan::new(Rule::Once(tomorrow), chrono_tz::Tz::UTC);
    let schedule = create(&test, "t", plan.clone()).await;
    assert_eq!(schedule.next_run_at.unwrap().day(), tomorrow.day());
    fire(&test, &schedule, 2).await;
    assert_eq!(wait_for_runs(&test, 1).await[0].status, RunStatus::Success);
    // The clock was turned here, so its time is still to come; it is over for a real one.
    let past = Plan::new(Rule::Once(tomorrow - TimeDelta::days(2)), chrono_tz::Tz::UTC);
    test.engine
        .schedules
        .update(&schedule.id, past, "ann")
        .await
        .unwrap();
    let over = find(&test, &schedule.id).await;
    assert!(over.next_run_at.is_none() && !over.paused);
    test.engine
        .schedules
        .update(&schedule.id, plan, "ann")
        .await
        .unwrap();
    assert!(find(&test, &schedule.id).await.next_run_at.is_some());
}

#[tokio::test]
async fn a_schedule_runs_after_another_has_succeeded_and_only_then() {
    let fails = job("if os.path.exists('/proc/self/cwd/../../fail'):\n    raise ValueError('no')\nreturn {}");
    let test = start(&[("t", &fails), ("next", &job("return {}"))]).await;
    let first = create(&test, "t", hourly()).await;
    let follower = create(
        &test,
        "next",
        Plan::new(Rule::After(first.id.clone()), chrono_tz::Tz::UTC),
    )
    .await;
    assert_eq!(follower.next_run_at, None);
    let flag = test.folder.path().join("data/fail");
    std::fs::write(&flag, "").unwrap();
    fire(&test, &first, 9).await;
    assert_eq!(wait_for_runs(&test, 1).await[0].status, RunStatus::Failed);
    std::fs::remove_file(&flag).unwrap();
    fire(&test, &first, 6).await;
    let runs = wait_for_runs(&test, 3).await;
    let after: Vec<_> = runs.iter().filter(|run| run.task_name == "next").collect();
    assert_eq!(
        (runs.len(), after.len(), after[0].status),
        (3, 1, RunStatus::Success)
    );
    let predecessor = runs_of(&test, &first.id, 2).await.remove(1);
    assert_eq!(
        detail(&test, after[0]).await.scheduled_for,
        predecessor.completed_at
    );
}

#[tokio::test]
async fn schedules_do_not_follow_each_other_in_a_circle_and_what_is_followed_stays() {
    let test = start(&[("t", &job("return {}"))]).await;
    let after = |id: &str| Plan::new(Rule::After(id.to_owned()), chrono_tz::Tz::UTC);
    let first = create(&test, "t", hourly()).await;
    let second = create(&test, "t", after(&first.id)).await;
    let third = create(&test, "t", after(&second.id)).await;
    let schedules = &test.engine.schedules;
    for predecessor in [&first.id, &third.id] {
        let refused = schedules
            .update(&first.id, after(predecessor), "ann")
            .await
            .unwrap_err();
        assert!(matches!(refused, ScheduleError::Circle), "{refused}");
    }
    let refused = schedules.create("t", after("gone"), "ann").await.unwrap_err();
    assert!(matches!(refused, ScheduleError::PredecessorGone), "{refused}");
    let refused = schedules.delete(&first.id).await.unwrap_err();
    assert!(
        refused
            .to_string()
            .starts_with("Schedules of t come after this one")
    );
    for id in [&third.id, &second.id, &first.id] {
        schedules.delete(id).await.unwrap();
    }
}

#[tokio::test]
async fn a_schedule_s_own_values_reach_its_runs_and_their_retries_and_no_other() {
    let code = job("print(self.params)\nreturn {}").replace(
        "OPTIONAL_PARAMS = [",
        "REQUIRED_PARAMS = ['who']\n    OPTIONAL_PARAMS = ['greeting', ",
    );
    let test = start(&[("t", &code)]).await;
    test.save("t", &[("who", "Ann"), ("greeting", "Hello")]).await;
    let mut plan = hourly();
    plan.params.insert("who".into(), json!("Bob"));
    plan.params.insert("greeting".into(), json!(null));
    let own = create(&test, "t", plan).await;
    let usual = create(&test, "t", hourly()).await;
    fire(&test, &own, 4).await;
    fire(&test, &usual, 2).await;
    let shown = async |schedule: &Schedule| {
        let run = runs_of(&test, &schedule.id, 1).await.remove(0);
        let params = detail(&test, &run).await.params;
        let mut texts: Vec<String> = params
            .into_iter()
            .filter_map(|(name, value)| match value {
                ParamShown::Value(value) => Some(format!("{name}={value}")),
                _ => None,
            })
            .collect();
        texts.sort();
        texts
    };
    assert_eq!(shown(&own).await, ["who=\"Bob\""]);
    assert_eq!(shown(&usual).await, ["greeting=\"Hello\"", "who=\"Ann\""]);
    let saved = find(&test, &own.id).await.params;
    assert_eq!(saved.get("who"), Some(&json!("Bob")));
}

#[tokio::test]
async fn f61_a_short_run_that_matters_goes_ahead_and_the_others_still_come() {
    let until_told =
        job("while not os.path.exists('/proc/self/cwd/../../go'):\n    await asyncio.sleep(0.05)\nreturn {}");
    let tasks = [("long", until_told.as_str()), ("short", &job("return {}"))];
    let test = start_with(&tasks, |config| config.concurrency = 2).await;
    for index in 0..10 {
        test.engine
            .runs
            .start_now("long", "ann", &format!("key-{index}"))
            .await
            .unwrap();
    }
    let mut plan = hourly();
    plan.policy.priority = Priority::High;
    let urgent = create(&test, "short", plan).await;
    fire(&test, &urgent, 2).await;
    runs_of(&test, &urgent.id, 1).await;
    std::fs::write(test.folder.path().join("data/go"), "").unwrap();
    let runs = wait_for_runs(&test, 11).await;
    let started = |run: &RunSummary| run.started_at.unwrap();
    let short = runs.iter().find(|run| run.task_name == "short").unwrap();
    let later = runs
        .iter()
        .filter(|run| run.task_name == "long" && started(run) > started(short))
        .count();
    assert!(later >= 7, "only {later} of the ten that waited came after it");
    assert!(runs.iter().all(|run| run.status == RunStatus::Success));
}

#[tokio::test]
async fn the_start_is_spread_by_the_same_time_each_time() {
    let test = start(&[("t", &job("return {}"))]).await;
    let mut plan = hourly();
    plan.policy.spread = Some(600);
    let schedule = create(&test, "t", plan).await;
    let mut delays = Vec::new();
    for (index, seconds_ago) in [9, 6].into_iter().enumerate() {
        fire(&test, &schedule, seconds_ago).await;
        let run = runs_of(&test, &schedule.id, index + 1).await.remove(index);
        let run = detail(&test, &run).await;
        delays.extend(run.not_before.map(|at| at - run.scheduled_for.unwrap()));
    }
    assert_eq!(delays.first(), Some(&schedule.policy.delay(&schedule.id)));
}
