//! Runs of real tasks in real processes.

use crate::common::{job, start};
use domain::run::{FailureReason, Records, RunStatus};
use engine::runs::{ParamShown, RunFilter};
use sqlx::Row;

const README_SAMPLE: &str = include_str!("../../../external_tasks/my_task/job.py");

#[tokio::test]
async fn the_readme_sample_runs_unchanged_and_reports_a_hundred_records() {
    let test = start(&[("my_task", README_SAMPLE)]).await;
    let folder = test.engine.catalog.find("my_task").unwrap();
    assert_eq!(folder.title(), "My Custom Task");
    test.save("my_task", &[("api_key", "CANARY-5f3a"), ("batch_size", "100")])
        .await;
    let run = test.run("my_task").await;
    assert_eq!(run.summary.status, RunStatus::Success, "{run:?}");
    assert_eq!(
        run.summary.records,
        Records {
            processed: Some(100),
            success: Some(100),
            failed: Some(0)
        }
    );
    assert_eq!(
        run.result.unwrap()["details"],
        "Custom task completed successfully"
    );
    assert_eq!(
        run.params,
        [
            ("api_key".into(), ParamShown::Saved),
            ("batch_size".into(), ParamShown::Value(100.into()))
        ]
    );
    assert_eq!(run.code_hash.as_deref(), Some(folder.code_hash.as_str()));
    assert!(
        test.log(&run.summary.run_id)
            .await
            .contains("Starting my custom task (batch_size=100)")
    );
}

#[tokio::test]
async fn f60_one_form_sent_twice_is_one_run() {
    let test = start(&[("t", &job("return {}"))]).await;
    let first = test.engine.runs.start_now("t", "ann", "form-1").await.unwrap();
    let second = test.engine.runs.start_now("t", "ann", "form-1").await.unwrap();
    assert_eq!(first, second);
    test.wait_until(&first, |run| run.summary.status.is_final()).await;
    assert_eq!(
        test.engine
            .runs
            .list(&RunFilter::default(), 10)
            .await
            .unwrap()
            .runs
            .len(),
        1
    );
}

#[tokio::test]
async fn a_run_without_its_required_settings_says_which_one() {
    let test = start(&[("my_task", README_SAMPLE)]).await;
    let run = test.run("my_task").await;
    assert_eq!(run.summary.failure_reason, Some(FailureReason::BadParams));
    assert_eq!(
        run.summary.error_message.as_deref(),
        Some("\"API Key\" is new and must be filled in.")
    );
}

#[tokio::test]
async fn lists_are_newest_first_and_can_be_paged_and_narrowed() {
    let test = start(&[("good", &job("return {}")), ("bad", &job("raise ValueError()"))]).await;
    for task in ["good", "bad", "good"] {
        test.run(task).await;
    }
    let page = test.engine.runs.list(&RunFilter::default(), 2).await.unwrap();
    assert_eq!(
        page.runs
            .iter()
            .map(|run| run.task_name.as_str())
            .collect::<Vec<_>>(),
        ["good", "bad"]
    );
    let older = RunFilter {
        before: page.older,
        ..RunFilter::default()
    };
    let rest = test.engine.runs.list(&older, 2).await.unwrap();
    assert_eq!((rest.runs.len(), rest.older), (1, None));
    let failed = RunFilter {
        status: Some(RunStatus::Failed),
        task: Some("bad".into()),
        ..RunFilter::default()
    };
    assert_eq!(test.engine.runs.list(&failed, 10).await.unwrap().runs.len(), 1);
    let tasks = ["good".to_owned(), "bad".to_owned()];
    let latest = test.engine.runs.last_by_task(&tasks, 1).await.unwrap();
    assert_eq!((latest.len(), latest["bad"][0].status), (2, RunStatus::Failed));
    assert_eq!(latest["good"][0].run_id, page.runs[0].run_id);
}

#[tokio::test]
async fn the_readmes_sql_finds_failed_runs_in_the_database() {
    let contract = include_str!("../../../docs/contract/external_tasks-README.md");
    let sql = contract
        .split("```sql\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    let test = start(&[
        ("good", &job("return {}")),
        ("bad", &job("raise ValueError('no such month')")),
    ])
    .await;
    for task in ["good", "bad", "bad"] {
        test.run(task).await;
    }
    let sql = format!(
        "SELECT {} AS started, error_message, duration_seconds FROM ({}) AS found ORDER BY started DESC",
        crate::database::as_text("started_at"),
        sql.trim().trim_end_matches(';')
    );
    let rows = crate::database::read(&test, &sql).await;
    assert_eq!(rows.len(), 2);
    let started: Vec<String> = rows.iter().map(|row| row.get("started")).collect();
    assert!(
        started[0] > started[1] && started[0].starts_with("20"),
        "{started:?}"
    );
    assert_eq!(
        rows[0].get::<String, _>("error_message"),
        "ValueError: no such month"
    );
    assert!(rows[0].get::<f64, _>("duration_seconds") > 0.0);
}

#[tokio::test]
async fn f72_a_parameter_that_vanished_stops_runs_until_the_form_is_saved_again() {
    let test = start(&[("t", &job("return {}"))]).await;
    test.save("t", &[("key", "CANARY-1b")]).await;
    crate::common::write_task(&test.folder, "t", &job("return {}").replace("'key'", "'other'"));
    test.engine.catalog.rescan().await;
    let run = test.run("t").await;
    assert_eq!(run.summary.failure_reason, Some(FailureReason::BadParams));
    assert_eq!(
        run.summary.error_message.as_deref(),
        Some("The task no longer asks for \"key\". Save the form to confirm.")
    );
    test.save("t", &[("other", "CANARY-2b")]).await;
    assert_eq!(test.run("t").await.summary.status, RunStatus::Success);
}
