//! A schedule keeps what it was before each change.

use domain::schedule::{Plan, Rule};
use engine::runs::RunFilter;

use crate::common::{job, start};

fn every(hours: u32) -> Plan {
    Plan::new(Rule::EveryHours(hours), chrono_tz::Tz::Europe__Paris)
}

#[tokio::test]
async fn each_change_can_be_taken_back_as_it_was() {
    let test = start(&[("t", &job("return {}"))]).await;
    let schedules = &test.engine.schedules;
    let schedule = schedules.create("t", every(1), "ann").await.unwrap();
    assert!(schedules.list_changes(&schedule.id).await.unwrap().is_empty());
    let mut plan = every(2);
    plan.params.insert("who".into(), "Bob".into());
    plan.policy.time_limit = Some(5);
    schedules.update(&schedule.id, plan.clone(), "bob").await.unwrap();
    schedules.update(&schedule.id, every(3), "eve").await.unwrap();
    let changes = schedules.list_changes(&schedule.id).await.unwrap();
    let told: Vec<_> = changes
        .iter()
        .map(|change| (change.by.as_str(), &change.before))
        .collect();
    assert_eq!(told, [("eve", &plan), ("bob", &every(1))], "newest first");

    schedules
        .update(&schedule.id, changes[0].before.clone(), "ann")
        .await
        .unwrap();
    let now = schedules.find(&schedule.id).await.unwrap().unwrap();
    assert_eq!(
        (now.timetable.rule, now.policy, now.params),
        (plan.rule, plan.policy, plan.params)
    );
    assert_eq!(schedules.list_changes(&schedule.id).await.unwrap().len(), 3);
    schedules.delete(&schedule.id).await.unwrap();
    assert!(schedules.list_changes(&schedule.id).await.unwrap().is_empty());
    test.stop().await;
}

#[tokio::test]
async fn a_schedule_made_paused_runs_nothing_and_makes_up_for_nothing_when_it_is_started() {
    let test = start(&[("t", &job("return {}"))]).await;
    let schedules = &test.engine.schedules;
    let schedule = schedules.create_paused("t", every(1), "ann").await.unwrap();
    let found = schedules.find(&schedule.id).await.unwrap().unwrap();
    assert_eq!(
        (found.paused, found.paused_at, found.next_run_at),
        (true, None, None)
    );
    schedules.resume(&schedule.id).await.unwrap();
    let found = schedules.find(&schedule.id).await.unwrap().unwrap();
    assert!(!found.paused && found.next_run_at.is_some());
    let runs = test
        .engine
        .runs
        .list(&RunFilter::default(), 10)
        .await
        .unwrap()
        .runs;
    assert!(runs.is_empty(), "{runs:?}");
    test.stop().await;
}
