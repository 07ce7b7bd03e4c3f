//! Schedules that fire, wait, skip and survive.

use std::time::Duration;

use crate::common::{TestEngine, job, start};
use domain::run::{FailureReason, RunStatus, Trigger};
use domain::schedule::{Plan, Rule};
use engine::runs::{RunFilter, RunSummary};
use engine::scheduler::Schedule;
use tokio_util::sync::CancellationToken;

/// Sets a schedule's next run; the clock is the one thing a test may not wait for.
pub(crate) async fn set_due(test: &TestEngine, schedule: &str, in_seconds: i64) {
    let at = crate::database::in_seconds(in_seconds);
    let sql = format!("UPDATE schedules SET next_run_at = {at} WHERE id = ?");
    crate::database::change(test, &sql, &[schedule]).await;
}

pub(crate) async fn hourly(test: &TestEngine) -> Schedule {
    let schedules = &test.engine.schedules;
    schedules
        .create("t", Plan::new(Rule::EveryHours(1), chrono_tz::Tz::UTC), "ann")
        .await
        .unwrap()
}

/// Makes the loop look by an ordinary change: a second schedule, far away.
pub(crate) async fn nudge(test: &TestEngine) {
    test.engine
        .schedules
        .create("t", Plan::new(Rule::EveryHours(8000), chrono_tz::Tz::UTC), "ann")
        .await
        .unwrap();
}

pub(crate) async fn wait_for_runs(test: &TestEngine, count: usize) -> Vec<RunSummary> {
    let waiting = async {
        loop {
            let runs = test
                .engine
                .runs
                .list(&RunFilter::default(), 100)
                .await
                .unwrap()
                .runs;
            if runs.len() >= count && runs.iter().all(|run| run.status.is_final()) {
                return runs;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting)
        .await
        .expect("the runs did not come")
}

#[tokio::test]
async fn a_due_schedule_runs_once_and_moves_on() {
    let test = start(&[("t", &job("return {}"))]).await;
    let schedule = hourly(&test).await;
    assert!(schedule.next_run_at.unwrap() > schedule.created_at);
    set_due(&test, &schedule.id, -1).await;
    nudge(&test).await;
    let runs = wait_for_runs(&test, 1).await;
    assert_eq!(
        (runs.len(), runs[0].status, runs[0].trigger),
        (1, RunStatus::Success, Trigger::Scheduler)
    );
    let next = test
        .engine
        .schedules
        .find(&schedule.id)
        .await
        .unwrap()
        .unwrap()
        .next_run_at
        .unwrap();
    assert!(
        next > chrono::Utc::now() - chrono::TimeDelta::seconds(1),
        "{next}"
    );
}

#[tokio::test]
async fn f58_after_three_days_down_an_hourly_schedule_runs_once() {
    let test = start(&[("t", &job("return {}"))]).await;
    let schedule = hourly(&test).await;
    let config = crate::common::config(&test.folder);
    set_due(&test, &schedule.id, -3 * 86_400).await;
    let test = crate::common::start_in(test.stop().await, config).await;
    assert_eq!(wait_for_runs(&test, 1).await.len(), 1);
}

#[tokio::test]
async fn f59_while_the_previous_run_goes_the_next_is_skipped_and_says_so() {
    let body = "print('up')\nwhile not os.path.exists('/proc/self/cwd/../../stop'):\n    await asyncio.sleep(0.05)\nreturn {}";
    let test = start(&[("t", &job(body))]).await;
    let schedule = hourly(&test).await;
    set_due(&test, &schedule.id, -2).await;
    nudge(&test).await;
    let first = loop {
        if let Some(run) = test
            .engine
            .runs
            .list(&RunFilter::default(), 1)
            .await
            .unwrap()
            .runs
            .pop()
        {
            break run;
        }
        tokio::task::yield_now().await;
    };
    test.wait_for_log(&first.run_id, "up").await;
    set_due(&test, &schedule.id, -1).await;
    nudge(&test).await;
    let skipped = loop {
        let filter = RunFilter {
            status: Some(RunStatus::Skipped),
            ..RunFilter::default()
        };
        if let Some(run) = test.engine.runs.list(&filter, 1).await.unwrap().runs.pop() {
            break run;
        }
        tokio::task::yield_now().await;
    };
    assert!(skipped.error_message.unwrap().contains("still going"));
    std::fs::write(test.folder.path().join("data/stop"), "").unwrap();
    assert_eq!(wait_for_runs(&test, 2).await.len(), 2);
}

#[tokio::test]
async fn a_paused_schedule_has_no_next_run_and_goes_on_when_resumed() {
    let test = start(&[("t", &job("return {}"))]).await;
    let schedules = &test.engine.schedules;
    let id = schedules
        .create(
            "t",
            Plan::new(Rule::EveryHours(1), chrono_tz::Europe::Paris),
            "ann",
        )
        .await
        .unwrap()
        .id;
    schedules.pause(&id).await.unwrap();
    let paused = schedules.find(&id).await.unwrap().unwrap();
    assert!(paused.paused && paused.next_run_at.is_none());
    schedules.resume(&id).await.unwrap();
    assert!(schedules.find(&id).await.unwrap().unwrap().next_run_at.unwrap() > chrono::Utc::now());
    schedules.delete(&id).await.unwrap();
    assert_eq!(schedules.list_for_task("t").await.unwrap(), []);
}

#[tokio::test]
async fn f06_stopping_the_server_closes_what_still_runs_as_interrupted() {
    let test = start(&[("t", &job("print('up')\nawait asyncio.sleep(600)"))]).await;
    let run_id = test.engine.runs.start_now("t", "ann", "k").await.unwrap();
    test.wait_for_log(&run_id, "up").await;
    let config = crate::common::config(&test.folder);
    test.running.stop(Duration::ZERO, CancellationToken::new()).await;
    let test = crate::common::start_in(test.folder, config).await;
    let run = test.engine.runs.find(&run_id).await.unwrap().unwrap();
    assert_eq!(run.summary.failure_reason, Some(FailureReason::Interrupted));
}

#[tokio::test]
async fn two_servers_on_one_data_folder_are_refused() {
    let test = start(&[]).await;
    let second = engine::Engine::open(crate::common::config(&test.folder))
        .await
        .unwrap();
    let refused = second.start().await.err().unwrap().to_string();
    assert!(refused.contains("already running"), "{refused}");
}
