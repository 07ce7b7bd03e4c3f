//! Whoever waits is told what for.

use engine::runs::{Obstacle, Waiting};

use crate::common::{TestEngine, job, start_with};

const UNTIL_TOLD: &str =
    "while not os.path.exists('/proc/self/cwd/../../go'):\n    await asyncio.sleep(0.05)\nreturn {}";

async fn waiting(test: &TestEngine, run_id: &str) -> Option<Waiting> {
    let run = test.engine.runs.find(run_id).await.unwrap().unwrap();
    test.engine.find_waiting(&run.summary).await.unwrap()
}

/// Starts a run and waits until it is going.
async fn going(test: &TestEngine, task: &str) -> String {
    let run_id = test.begin(task).await;
    test.wait_until(&run_id, |run| run.summary.started_at.is_some())
        .await;
    run_id
}

#[tokio::test]
async fn f61_a_run_that_waits_says_how_many_are_ahead_of_it() {
    let test = start_with(&[("t", &job(UNTIL_TOLD))], |config| config.concurrency = 1).await;
    let first = going(&test, "t").await;
    let mut runs = Vec::new();
    for _ in 1..=3 {
        runs.push(test.begin("t").await);
    }
    assert_eq!(waiting(&test, &first).await, None);
    for (ahead, run_id) in runs.iter().enumerate() {
        assert_eq!(waiting(&test, run_id).await, Some(Waiting::InLine(ahead)));
    }
    test.engine.runs.cancel(&runs[0], "ann").await.unwrap();
    assert_eq!(waiting(&test, &runs[2]).await, Some(Waiting::InLine(1)));
    assert_eq!(waiting(&test, &runs[0]).await, None);
    std::fs::write(test.folder.path().join("data/go"), "").unwrap();
    test.stop().await;
}

#[tokio::test]
async fn a_run_that_may_not_start_says_which_rule_holds_it_back() {
    let declared =
        |line: &str| job(UNTIL_TOLD).replace("JOB_NAME = 'Test'", &format!("JOB_NAME = 'Test'\n    {line}"));
    let tasks = [
        ("one", declared("LIMITS = {'runs': 1}")),
        ("tagged", declared("TAGS = ['reports']")),
        ("needy", declared("NEEDS = ['gpu', 'eu']")),
    ];
    let tasks: Vec<(&str, &str)> = tasks.iter().map(|(name, code)| (*name, code.as_str())).collect();
    let test = start_with(&tasks, |config| {
        config.tag_limits.insert("reports".into(), 1);
        config.labels.insert("eu".into());
    })
    .await;
    for task in ["one", "tagged"] {
        going(&test, task).await;
    }
    let mut found = Vec::new();
    for task in ["one", "tagged", "needy"] {
        found.push(waiting(&test, &test.begin(task).await).await);
    }
    let tag = Obstacle::TagIsFull {
        tag: "reports".into(),
        most: 1,
    };
    let expected = [Obstacle::TaskIsFull(1), tag, Obstacle::Labels(vec!["gpu".into()])];
    assert_eq!(found, expected.map(|obstacle| Some(Waiting::Task(obstacle))));
    std::fs::write(test.folder.path().join("data/go"), "").unwrap();
    test.stop().await;
}
