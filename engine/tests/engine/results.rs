//! What a returned value means, from the task's `return` to the stored run.

use crate::common::{TestEngine, job, start_all};
use domain::run::{FailureReason, RunStatus};

/// Starts an engine with a task for each value: `t0`, `t1` and so on.
async fn tasks_returning(values: &[&str]) -> TestEngine {
    start_all(values.iter().map(|value| job(&format!("return {value}")))).await
}

#[tokio::test]
async fn f29_what_is_no_result_fails_the_run_and_says_what_is_wrong_with_it() {
    let cases = [
        ("None", "nothing"),
        ("'done'", "str"),
        ("[1]", "list"),
        ("{'records_processed': '3'}", "records_processed"),
        ("{'records_processed': -1}", "records_processed"),
        ("{'records_success': 1.5}", "records_success"),
        ("{'records_failed': True}", "records_failed"),
        ("{'records_processed': 10 ** 30}", "records_processed"),
        ("{'rate': float('nan')}", "rate"),
        ("{'rate': float('inf')}", "rate"),
        ("{'raw': b'bytes'}", "raw"),
        ("{'at': __import__('datetime').datetime.now()}", "at"),
        ("(lambda d: d.update(me=d) or d)({})", "Circular"),
    ];
    let values: Vec<&str> = cases.iter().map(|(value, _)| *value).collect();
    let test = tasks_returning(&values).await;
    for (index, (value, text)) in cases.iter().enumerate() {
        let summary = test.run(&format!("t{index}")).await.summary;
        assert_eq!(
            (summary.status, summary.failure_reason),
            (RunStatus::Failed, Some(FailureReason::InvalidResult)),
            "{value}: {:?}",
            summary.error_message
        );
        let message = summary.error_message.unwrap();
        assert!(message.contains(text), "{value}: {message}");
    }
}

#[tokio::test]
async fn f29_odd_but_usable_results_succeed() {
    let test = tasks_returning(&[
        "{}",
        "{'records_processed': None, 'more': {'of': ['my', 'own']}}",
        "{'records_processed': 5, 'records_success': 1, 'records_failed': 1}",
        "{'records_processed': 2 ** 63 - 1}",
    ])
    .await;
    for (index, processed) in [None, None, Some(5), Some(i64::MAX)].into_iter().enumerate() {
        let run = test.run(&format!("t{index}")).await;
        assert_eq!(run.summary.status, RunStatus::Success, "{run:?}");
        assert_eq!(run.summary.records.processed, processed);
        assert!(run.result.is_some());
    }
}

#[tokio::test]
async fn f29_huge_details_are_cut_with_a_note_and_the_database_stays_small() {
    let test = tasks_returning(&[
        "{'records_processed': 1, 'details': 'x' * 3_000_000}",
        "{'records_processed': 1, 'details': 'x' * 50_000_000}",
    ])
    .await;
    for task in ["t0", "t1"] {
        let run = test.run(task).await;
        assert_eq!(run.summary.status, RunStatus::Success, "{:?}", run.summary);
        assert_eq!(run.summary.records.processed, Some(1));
        let result = serde_json::to_string(&run.result).unwrap();
        assert!(
            result.contains("not kept") && result.len() < 70_000,
            "{}",
            result.len()
        );
    }
    if crate::database::server().is_none() {
        let database = test.folder.path().join("data/insightmesh.db");
        assert!(std::fs::metadata(database).unwrap().len() < 1_000_000);
    }
}
