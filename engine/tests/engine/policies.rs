//! What becomes of a run when something is in the way, as its schedule says.

use domain::run::{FailureReason, RunStatus};
use domain::schedule::{Outage, Overlap, Plan, Policy, Retry, Rule};
use engine::Role;
use engine::runs::{RunDetail, RunFilter, RunSummary};
use engine::scheduler::{Kept, Schedule};

use crate::common::{TestEngine, config, job, start, start_in, start_with};
use crate::database;
use crate::schedules::{nudge, set_due, wait_for_runs};

/// Goes on until there is a file.
const UNTIL_TOLD: &str = "print('up', flush=True)\nwhile not os.path.exists('/proc/self/cwd/../../go'):\n    await asyncio.sleep(0.05)\nreturn {}";

async fn hourly(test: &TestEngine, policy: Policy) -> Schedule {
    let plan = Plan {
        policy,
        ..Plan::new(Rule::EveryHours(1), chrono_tz::Tz::UTC)
    };
    test.engine.schedules.create("t", plan, "ann").await.unwrap()
}

fn on_overlap(overlap: Overlap) -> Policy {
    Policy {
        overlap,
        ..Policy::default()
    }
}

fn after_outage(outage: Outage) -> Policy {
    Policy {
        outage,
        ..Policy::default()
    }
}

async fn list(test: &TestEngine) -> Vec<RunSummary> {
    let page = test.engine.runs.list(&RunFilter::default(), 100).await.unwrap();
    page.runs
}

/// Waits until there are so many runs; oldest first.
async fn runs(test: &TestEngine, count: usize) -> Vec<RunSummary> {
    let waiting = async {
        loop {
            let mut runs = list(test).await;
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

/// Makes the next occurrence due. The first second belongs to the first run, and so on: occurrences differ.
async fn fire(test: &TestEngine, schedule: &Schedule, seconds_ago: i64) {
    set_due(test, &schedule.id, -seconds_ago).await;
    nudge(test).await;
}

/// The first run of the schedule goes on, and the next is due.
async fn while_one_goes(overlap: Overlap) -> (TestEngine, Schedule, RunSummary) {
    let test = start(&[("t", &job(UNTIL_TOLD))]).await;
    let schedule = hourly(&test, on_overlap(overlap)).await;
    fire(&test, &schedule, 9).await;
    let first = runs(&test, 1).await.remove(0);
    test.wait_for_log(&first.run_id, "up").await;
    fire(&test, &schedule, 6).await;
    (test, schedule, first)
}

fn let_go(test: &TestEngine) {
    std::fs::write(test.folder.path().join("data/go"), "").unwrap();
}

#[tokio::test]
async fn f59_a_run_may_wait_for_the_one_before_it_but_only_one_does() {
    let (test, schedule, first) = while_one_goes(Overlap::Wait).await;
    let second = runs(&test, 2).await.remove(1);
    fire(&test, &schedule, 3).await;
    let third = runs(&test, 3).await.remove(2);
    assert_eq!(third.status, RunStatus::Skipped);
    assert!(third.error_message.unwrap().contains("was waiting already"));
    let waiting = test.engine.runs.find(&second.run_id).await.unwrap().unwrap();
    assert_eq!(waiting.summary.status, RunStatus::Queued);
    let_go(&test);
    let is_done = |run: &RunDetail| run.summary.status.is_final();
    let first = test.wait_until(&first.run_id, is_done).await.summary;
    let second = test.wait_until(&second.run_id, is_done).await.summary;
    assert_eq!(
        (first.status, second.status),
        (RunStatus::Success, RunStatus::Success)
    );
    assert!(second.started_at >= first.completed_at, "one after the other");
}

#[tokio::test]
async fn f59_a_run_may_take_the_place_of_the_one_before_it() {
    let (test, _, first) = while_one_goes(Overlap::Replace).await;
    let second = runs(&test, 2).await.remove(1);
    let first = test
        .wait_until(&first.run_id, |run| run.summary.status.is_final())
        .await;
    assert_eq!(first.summary.status, RunStatus::Cancelled);
    assert_eq!(
        first.cancel_requested_by.as_deref(),
        Some("its schedule, for the next run")
    );
    test.wait_for_log(&second.run_id, "up").await;
    let second = test
        .engine
        .runs
        .find(&second.run_id)
        .await
        .unwrap()
        .unwrap()
        .summary;
    assert!(second.started_at >= first.summary.completed_at);
    let_go(&test);
    test.wait_until(&second.run_id, |run| run.summary.status == RunStatus::Success)
        .await;
}

#[tokio::test]
async fn f59_two_runs_of_a_schedule_may_go_on_at_the_same_time() {
    let (test, _, first) = while_one_goes(Overlap::Allow).await;
    let second = runs(&test, 2).await.remove(1);
    test.wait_for_log(&second.run_id, "up").await;
    let first = test.engine.runs.find(&first.run_id).await.unwrap().unwrap();
    assert_eq!(first.summary.status, RunStatus::Running);
    let_go(&test);
    assert_eq!(wait_for_runs(&test, 2).await.len(), 2);
}

#[tokio::test]
async fn f58_the_ledger_says_what_was_made_up_for_after_an_outage_and_what_was_not() {
    // No loop over schedules yet: the outage.
    let test = start_with(&[("t", &job("return {}"))], |config| config.role = Role::Web).await;
    let some = hourly(&test, after_outage(Outage::Every(2))).await;
    let none = hourly(&test, after_outage(Outage::Skip)).await;
    let config = config(&test.folder);
    for schedule in [&some, &none] {
        // Five hours and a bit: due at six full steps since then.
        set_due(&test, &schedule.id, -5 * 3600 - 120).await;
        let anchor = format!(
            "UPDATE schedules SET anchor = {} WHERE id = ?",
            database::in_seconds(-5 * 3600 - 120)
        );
        database::change(&test, &anchor, &[&schedule.id]).await;
    }
    let test = start_in(test.stop().await, config).await;
    let of = |runs: &[RunSummary], schedule: &Schedule| -> Vec<RunSummary> {
        let own = runs
            .iter()
            .filter(|run| run.schedule_id.as_ref() == Some(&schedule.id));
        own.cloned().collect()
    };
    let all = wait_for_runs(&test, 4).await;
    let made_up = of(&all, &some);
    let ended: Vec<_> = made_up.iter().rev().map(|run| run.status).collect();
    assert_eq!(
        ended,
        [RunStatus::Skipped, RunStatus::Success, RunStatus::Success]
    );
    assert!(
        made_up[0].started_at >= made_up[1].completed_at,
        "one after the other"
    );
    let sentence = made_up[2].error_message.as_deref().unwrap();
    assert!(
        sentence.starts_with("Missed 4 runs: no server was at work from "),
        "{sentence}"
    );
    let skipped = of(&all, &none);
    assert_eq!(skipped.len(), 1);
    let sentence = skipped[0].error_message.as_deref().unwrap();
    assert!(sentence.contains("not made up for"), "{sentence}");
    let since = chrono::Utc::now() - chrono::TimeDelta::days(7);
    let kept = test.engine.schedules.kept_since("t", since).await.unwrap();
    assert_eq!(kept[&some.id], Kept { due: 6, ran: 2 });
    assert_eq!(kept[&none.id], Kept { due: 6, ran: 0 });
}

#[tokio::test]
async fn a_run_that_failed_is_tried_again_as_often_as_the_schedule_says() {
    let body = "marks = '/proc/self/cwd/../../marks'\nopen(marks, 'a').write('x')\n\
                if len(open(marks).read()) < 3:\n    raise ValueError('not yet')\nreturn {}";
    let test = start(&[("t", &job(body)), ("other", &job("return {}"))]).await;
    let policy = Policy {
        retry: Some(Retry { times: 2, after: 5 }),
        ..Policy::default()
    };
    let schedule = hourly(&test, policy).await;
    fire(&test, &schedule, 1).await;
    for (attempt, expected_wait) in [(2, 5), (3, 10)] {
        let run = until_attempt(&test, attempt).await;
        assert_eq!(run.summary.status, RunStatus::Queued);
        let failed = test.engine.runs.find(run.retry_of.as_ref().unwrap()).await;
        let failed = failed.unwrap().unwrap();
        assert_eq!(failed.retried_by.as_ref(), Some(&run.summary.run_id));
        assert_eq!(failed.summary.failure_reason, Some(FailureReason::Error));
        let wait = run.not_before.unwrap() - failed.summary.completed_at.unwrap();
        assert_eq!(wait.num_minutes(), expected_wait);
        let now = database::in_seconds(-1);
        let now = format!("UPDATE task_runs SET not_before = {now} WHERE run_id = ?");
        database::change(&test, &now, &[&run.summary.run_id]).await;
        // A run of another task makes the worker look.
        test.run("other").await;
        test.wait_until(&run.summary.run_id, |run| run.summary.status.is_final())
            .await;
    }
    let last = until_attempt(&test, 3).await;
    assert_eq!(last.summary.status, RunStatus::Success);
}

async fn until_attempt(test: &TestEngine, attempt: i64) -> RunDetail {
    let waiting = async {
        loop {
            for run in list(test).await.iter().filter(|run| run.task_name == "t") {
                let run = test.engine.runs.find(&run.run_id).await.unwrap().unwrap();
                if run.attempt == attempt {
                    return run;
                }
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), waiting)
        .await
        .expect("a try")
}

#[tokio::test]
async fn what_only_a_person_can_mend_is_not_tried_again() {
    let test = start(&[("t", "this is no Python")]).await;
    let retry = Some(Retry { times: 3, after: 1 });
    let schedule = hourly(
        &test,
        Policy {
            retry,
            ..Policy::default()
        },
    )
    .await;
    fire(&test, &schedule, 1).await;
    let run = wait_for_runs(&test, 1).await.remove(0);
    assert_eq!(run.failure_reason, Some(FailureReason::LoadError));
    let run = test.engine.runs.find(&run.run_id).await.unwrap().unwrap();
    assert_eq!(run.retried_by, None);
    assert_eq!(list(&test).await.len(), 1);
}

#[tokio::test]
async fn f54_what_was_due_under_a_rule_that_was_changed_does_not_happen() {
    // No loop over schedules yet, so that the change comes first.
    let test = start_with(&[("t", &job("return {}"))], |config| config.role = Role::Web).await;
    let config = config(&test.folder);
    let changed = hourly(&test, Policy::default()).await;
    let paused = hourly(&test, Policy::default()).await;
    let kept = hourly(&test, Policy::default()).await;
    for schedule in [&changed, &paused, &kept] {
        set_due(&test, &schedule.id, -2).await;
    }
    let plan = Plan {
        policy: on_overlap(Overlap::Wait),
        ..Plan::new(Rule::EveryMinutes(30), chrono_tz::Europe::Paris)
    };
    test.engine
        .schedules
        .update(&changed.id, plan.clone(), "ann")
        .await
        .unwrap();
    test.engine.schedules.pause(&paused.id).await.unwrap();
    test.engine
        .schedules
        .update(&paused.id, plan, "ann")
        .await
        .unwrap();
    let test = start_in(test.stop().await, config).await;
    let ran = wait_for_runs(&test, 1).await;
    assert_eq!(ran.len(), 1);
    assert_eq!(ran[0].schedule_id.as_ref(), Some(&kept.id));
    let find = async |id: &str| test.engine.schedules.find(id).await.unwrap().unwrap();
    let after = find(&changed.id).await;
    assert_eq!(
        (after.timetable.rule, after.timetable.zone, after.policy.overlap),
        (Rule::EveryMinutes(30), chrono_tz::Europe::Paris, Overlap::Wait)
    );
    assert!(after.next_run_at.unwrap() > chrono::Utc::now());
    assert_eq!(find(&paused.id).await.next_run_at, None);
}

#[tokio::test]
async fn f52_a_schedule_in_a_zone_that_is_gone_is_held_with_a_sentence_and_the_others_go_on() {
    let test = start(&[("t", &job("return {}"))]).await;
    let lost = hourly(&test, Policy::default()).await;
    let fine = hourly(&test, Policy::default()).await;
    let gone = "UPDATE schedules SET zone = 'Mars/Olympus' WHERE id = ?";
    database::change(&test, gone, &[&lost.id]).await;
    set_due(&test, &lost.id, -2).await;
    fire(&test, &fine, 1).await;
    let all = wait_for_runs(&test, 2).await;
    let of = |id: &str| {
        all.iter()
            .find(|run| run.schedule_id.as_deref() == Some(id))
            .unwrap()
    };
    assert_eq!(of(&fine.id).status, RunStatus::Success);
    assert_eq!(of(&lost.id).status, RunStatus::Skipped);
    let sentence = of(&lost.id).error_message.as_deref().unwrap();
    assert!(sentence.contains("Mars/Olympus"), "{sentence}");
    let schedules = &test.engine.schedules;
    schedules.resume(&lost.id).await.unwrap();
    let held = schedules.find(&lost.id).await.unwrap().unwrap();
    assert!(held.paused && held.next_run_at.is_none() && held.problem.is_some());
    let plan = Plan::new(Rule::EveryHours(1), chrono_tz::Europe::Paris);
    schedules.update(&lost.id, plan, "ann").await.unwrap();
    schedules.resume(&lost.id).await.unwrap();
    let mended = schedules.find(&lost.id).await.unwrap().unwrap();
    assert!(!mended.paused && mended.next_run_at.is_some() && mended.problem.is_none());
}
