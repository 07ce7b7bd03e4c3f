//! Many schedules at once, and occurrences that nobody remembers.

use domain::run::RunStatus;
use domain::schedule::{Plan, Rule};
use engine::Role;

use crate::common::{job, start, start_with};
use crate::database;
use crate::schedules::{hourly, nudge, set_due, wait_for_runs};
use crate::servers::until;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f57_three_hundred_schedules_that_are_due_at_once_are_all_queued_once() {
    let test = start_with(&[("t", &job("return {}"))], |config| {
        config.role = Role::Scheduler;
    })
    .await;
    for _ in 0..300 {
        let plan = Plan::new(Rule::EveryHours(1), chrono_tz::Tz::UTC);
        test.engine.schedules.create("t", plan, "ann").await.unwrap();
    }
    let due = format!("UPDATE schedules SET next_run_at = {}", database::in_seconds(-1));
    database::change(&test, &due, &[]).await;
    nudge(&test).await;
    let counts = async || {
        let sql = "SELECT COUNT(*), COUNT(DISTINCT schedule_id) FROM task_runs WHERE status = 'queued'";
        let row = database::read(&test, sql).await.remove(0);
        (
            sqlx::Row::get::<i64, _>(&row, 0),
            sqlx::Row::get::<i64, _>(&row, 1),
        )
    };
    until("all are queued", async || (counts().await.1 == 300).then_some(())).await;
    nudge(&test).await;
    assert_eq!(counts().await, (300, 300), "each of them once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f62_an_occurrence_whose_run_was_deleted_does_not_happen_again() {
    let test = start(&[("t", &job("return {}"))]).await;
    let schedule = hourly(&test).await;
    set_due(&test, &schedule.id, -1).await;
    nudge(&test).await;
    wait_for_runs(&test, 1).await;
    database::change(&test, "DELETE FROM task_runs", &[]).await;
    // Another that is due shows that all were looked at since, by this server and after a start.
    let mut test = test;
    for round in 1..=2 {
        let due = hourly(&test).await;
        set_due(&test, &due.id, -1).await;
        nudge(&test).await;
        let runs = wait_for_runs(&test, round).await;
        assert_eq!(runs[0].status, RunStatus::Success);
        assert_eq!(runs[0].schedule_id, Some(due.id));
        assert_eq!(runs.len(), round);
        let config = crate::common::config(&test.folder);
        test = crate::common::start_in(test.stop().await, config).await;
    }
}
