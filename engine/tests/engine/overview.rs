//! What Home and the list of tasks ask.

use chrono::{TimeDelta, Utc};
use domain::run::RunStatus;
use engine::runs::RunFilter;

use crate::common::{job, start};

#[tokio::test]
async fn a_task_is_failing_until_it_succeeds_again() {
    let flaky =
        job("if os.path.exists('/proc/self/cwd/../../go'):\n    return {}\nraise ValueError('closed')");
    let test = start(&[("flaky", &flaky), ("good", &job("return {}"))]).await;
    for task in ["good", "flaky", "flaky"] {
        test.run(task).await;
    }
    let failing = test.engine.runs.list_failing(10).await.unwrap();
    assert_eq!(failing.len(), 1);
    assert_eq!(
        (failing[0].task_name.as_str(), failing[0].status),
        ("flaky", RunStatus::Failed)
    );
    let newest = test
        .engine
        .runs
        .list(&RunFilter::default(), 1)
        .await
        .unwrap()
        .runs;
    assert_eq!(failing[0].run_id, newest[0].run_id);

    std::fs::write(test.folder.path().join("data/go"), "").unwrap();
    test.run("flaky").await;
    assert!(test.engine.runs.list_failing(10).await.unwrap().is_empty());
    let tasks = ["flaky".to_owned(), "good".to_owned(), "none".to_owned()];
    let last = test.engine.runs.last_by_task(&tasks, 2).await.unwrap();
    let statuses = |task: &str| last[task].iter().map(|mark| mark.status).collect::<Vec<_>>();
    assert_eq!(
        statuses("flaky"),
        [RunStatus::Failed, RunStatus::Success],
        "oldest first, the last two"
    );
    assert_eq!(statuses("good"), [RunStatus::Success]);
    assert!(!last.contains_key("none"));
    assert_eq!(test.engine.runs.count_waiting().await.unwrap(), 0);
    assert!(
        test.engine
            .runs
            .list_not_run(Utc::now() - TimeDelta::days(1))
            .await
            .unwrap()
            .is_empty()
    );
    test.stop().await;
}
