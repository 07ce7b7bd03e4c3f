//! Tasks whose parameters changed since their settings were saved (fault case F72).

use crate::common::{TestEngine, start, write_task};
use crate::schedules::{hourly, nudge, set_due, wait_for_runs};
use crate::values::task;
use domain::run::{FailureReason, RunStatus};
use domain::schedule::Plan;
use engine::runs::RunSummary;

/// What the page of the task says.
async fn sentences(test: &TestEngine) -> Vec<String> {
    let folder = test.engine.catalog.find("t").unwrap();
    // As the page of one task loads them, and as the list of all does.
    let saved = test.engine.settings.find("t").await.unwrap();
    let all = test.engine.settings.list().await.unwrap();
    assert_eq!(all.get("t"), saved.as_ref());
    let attention = saved.map(|saved| saved.attention(&folder)).unwrap_or_default();
    attention.into_iter().map(|each| each.sentence).collect()
}

/// Lets one occurrence come due and returns the run it led to.
async fn occurrence(test: &TestEngine, schedule: &str, so_far: usize) -> RunSummary {
    set_due(test, schedule, -1).await;
    nudge(test).await;
    wait_for_runs(test, so_far + 1).await.remove(0)
}

fn required(param: &str) -> String {
    task("", "return {}").replace("OPTIONAL_PARAMS = []", &format!("REQUIRED_PARAMS = [{param}]"))
}

#[tokio::test]
async fn f72_a_new_required_parameter_skips_occurrences_until_the_form_is_saved_again() {
    let test = start(&[("t", &task("'note'", "return {}"))]).await;
    test.save("t", &[("note", "x")]).await;
    let schedule = hourly(&test).await;
    assert_eq!(
        occurrence(&test, &schedule.id, 0).await.status,
        RunStatus::Success
    );

    write_task(&test.folder, "t", &required("'note', 'region'"));
    test.engine.catalog.rescan().await;
    assert_eq!(
        sentences(&test).await,
        ["\"Region\" is new and must be filled in."]
    );
    let skipped = occurrence(&test, &schedule.id, 1).await;
    assert_eq!(skipped.status, RunStatus::Skipped);
    assert_eq!(
        skipped.error_message.as_deref(),
        Some("Not run: it needs attention. \"Region\" is new and must be filled in.")
    );
    let by_hand = test.run("t").await.summary;
    assert_eq!(by_hand.failure_reason, Some(FailureReason::BadParams));
    assert_eq!(
        by_hand.error_message.as_deref(),
        Some("\"Region\" is new and must be filled in.")
    );

    test.save("t", &[("note", "x"), ("region", "eu")]).await;
    assert_eq!(sentences(&test).await, Vec::<String>::new());
    assert_eq!(
        occurrence(&test, &schedule.id, 3).await.status,
        RunStatus::Success
    );
}

#[tokio::test]
async fn f72_a_parameter_that_vanished_or_changed_its_type_never_reaches_the_task() {
    let test = start(&[(
        "t",
        &task("'note', {'name': 'count', 'type': 'text'}", "return {}"),
    )])
    .await;
    test.save("t", &[("note", "x"), ("count", "many")]).await;
    let schedule = hourly(&test).await;
    for (params, named) in [
        ("'count'", "\"note\""),
        ("'note', {'name': 'count', 'type': 'number'}", "\"Count\""),
        ("'note', {'name': 'count', 'type': 'password'}", "\"Count\""),
        (
            "'note', {'name': 'count', 'type': 'select', 'options': ['few']}",
            "\"Count\"",
        ),
    ] {
        write_task(
            &test.folder,
            "t",
            &task(params, "raise SystemError('must not run')"),
        );
        test.engine.catalog.rescan().await;
        let said = sentences(&test).await;
        assert!(
            said.len() == 1 && said[0].to_lowercase().contains(&named.to_lowercase()),
            "{params}: {said:?}"
        );
        let run = test.run("t").await.summary;
        assert_eq!(
            (run.failure_reason, run.error_message.as_deref()),
            (Some(FailureReason::BadParams), Some(said[0].as_str())),
            "{params}"
        );
    }
    let so_far = wait_for_runs(&test, 4).await.len();
    assert_eq!(
        occurrence(&test, &schedule.id, so_far).await.status,
        RunStatus::Skipped
    );
    write_task(&test.folder, "t", &task("'other'", "return {}"));
    test.engine.catalog.rescan().await;
    test.save("t", &[]).await;
    assert_eq!(test.run("t").await.summary.status, RunStatus::Success);
}

#[tokio::test]
async fn f72_all_schedules_of_a_task_are_skipped_and_those_of_others_go_on() {
    let test = start(&[("t", &required("'region'")), ("fine", &task("", "return {}"))]).await;
    let schedules = &test.engine.schedules;
    let mut ids = Vec::new();
    for name in ["t", "t", "fine"] {
        let rule = domain::schedule::Rule::EveryHours(8000);
        let schedule = schedules
            .create(name, Plan::new(rule, chrono_tz::Tz::UTC), "ann")
            .await
            .unwrap();
        ids.push(schedule.id);
    }
    for id in &ids {
        set_due(&test, id, -1).await;
    }
    nudge(&test).await;
    let runs = wait_for_runs(&test, 3).await;
    let mut ends: Vec<(&str, RunStatus)> = runs
        .iter()
        .map(|run| (run.task_name.as_str(), run.status))
        .collect();
    ends.sort_by_key(|(name, _)| *name);
    assert_eq!(
        ends,
        [
            ("fine", RunStatus::Success),
            ("t", RunStatus::Skipped),
            ("t", RunStatus::Skipped)
        ]
    );
}

#[tokio::test]
async fn a_task_that_does_not_load_is_tried_all_the_same_and_says_why() {
    let test = start(&[("t", "def broken(:\n")]).await;
    let schedule = hourly(&test).await;
    assert_eq!(sentences(&test).await, Vec::<String>::new());
    let run = occurrence(&test, &schedule.id, 0).await;
    assert_eq!(run.failure_reason, Some(FailureReason::LoadError));
}
