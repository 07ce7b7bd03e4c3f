//! How many runs go at the same time, and where.

use std::time::Duration;

use domain::run::RunStatus;
use engine::runs::{RunFilter, RunSummary};
use tokio_util::sync::CancellationToken;

use crate::common::{TestEngine, job, start, start_with};
use crate::servers::{first, second};

/// Goes on until there is a file `go`.
const UNTIL_TOLD: &str =
    "while not os.path.exists(os.environ['GO']):\n    await asyncio.sleep(0.05)\nreturn {}";

/// A job that waits for a file in the tasks folder, which all servers share.
fn waits(declared: &str) -> String {
    let go = "os.environ['GO'] = os.path.join(os.path.dirname(os.path.dirname(__file__)), 'go')";
    job(UNTIL_TOLD)
        .replace("class TestJob", &format!("{go}\nclass TestJob"))
        .replace("JOB_NAME = 'Test'", &format!("JOB_NAME = 'Test'\n    {declared}"))
}

async fn begin(test: &TestEngine, task: &str, count: usize) {
    for index in 0..count {
        let key = format!("{task}-{index}");
        test.engine.runs.start_now(task, "ann", &key).await.unwrap();
    }
}

async fn all(test: &TestEngine) -> Vec<RunSummary> {
    test.engine
        .runs
        .list(&RunFilter::default(), 100)
        .await
        .unwrap()
        .runs
}

fn running(runs: &[RunSummary], task: &str) -> usize {
    let is_such = |run: &&RunSummary| run.task_name == task && run.status == RunStatus::Running;
    runs.iter().filter(is_such).count()
}

async fn until(test: &TestEngine, what: &str, is_so: impl Fn(&[RunSummary]) -> bool) -> Vec<RunSummary> {
    let waiting = async {
        loop {
            let runs = all(test).await;
            if is_so(&runs) {
                return runs;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), waiting)
        .await
        .unwrap_or_else(|_| panic!("{what}"))
}

fn let_go(test: &TestEngine) {
    std::fs::write(test.folder.path().join("tasks/go"), "").unwrap();
}

/// The most runs of these tasks that overlapped, from their own times.
fn most_at_once(runs: &[RunSummary], tasks: &[&str]) -> usize {
    let of: Vec<_> = runs
        .iter()
        .filter(|run| tasks.contains(&run.task_name.as_str()))
        .collect();
    let at = |moment| {
        of.iter()
            .filter(|run| run.started_at <= moment && run.completed_at > moment)
            .count()
    };
    of.iter().map(|run| at(run.started_at)).max().unwrap_or(0)
}

#[tokio::test]
async fn a_task_goes_as_often_at_once_as_it_says_and_others_pass_it() {
    let limited = waits("LIMITS = {'runs': 1}");
    let test = start(&[("one", &limited), ("free", &job("return {}"))]).await;
    begin(&test, "one", 6).await;
    begin(&test, "free", 1).await;
    let runs = until(&test, "the other task passes", |runs| {
        runs.iter()
            .any(|run| run.task_name == "free" && run.status == RunStatus::Success)
    })
    .await;
    assert!(running(&runs, "one") <= 1);
    until(&test, "one goes", |runs| running(runs, "one") == 1).await;
    let_go(&test);
    let runs = until(&test, "all end", |runs| {
        runs.iter().all(|run| run.status.is_final())
    })
    .await;
    assert_eq!(most_at_once(&runs, &["one"]), 1);
    assert!(
        runs.iter().all(|run| run.status == RunStatus::Success),
        "{runs:?}"
    );
}

#[tokio::test]
async fn tasks_with_a_tag_share_its_limit() {
    let tagged = waits("TAGS = ['reports']");
    let tasks = [("a", tagged.as_str()), ("b", &tagged), ("c", &job("return {}"))];
    let test = start_with(&tasks, |config| {
        config.tag_limits.insert("reports".into(), 2);
        config.concurrency = 8;
    })
    .await;
    begin(&test, "a", 3).await;
    begin(&test, "b", 3).await;
    begin(&test, "c", 1).await;
    let both = |runs: &[RunSummary]| running(runs, "a") + running(runs, "b");
    let runs = until(&test, "two of them and the third task go", |runs| {
        both(runs) == 2 && runs.iter().any(|run| run.status == RunStatus::Success)
    })
    .await;
    assert_eq!(both(&runs), 2);
    let_go(&test);
    let runs = until(&test, "all end", |runs| {
        runs.iter().all(|run| run.status.is_final())
    })
    .await;
    assert_eq!(most_at_once(&runs, &["a", "b"]), 2);
}

#[tokio::test]
async fn a_task_waits_for_a_server_that_has_what_it_needs() {
    let needy = job("return {}").replace("JOB_NAME = 'Test'", "JOB_NAME = 'Test'\n    NEEDS = ['gpu']");
    let test = start(&[("needy", &needy), ("t", &job("return {}"))]).await;
    begin(&test, "needy", 1).await;
    begin(&test, "t", 1).await;
    let runs = until(&test, "the other task runs", |runs| {
        runs.iter()
            .any(|run| run.task_name == "t" && run.status == RunStatus::Success)
    })
    .await;
    let waiting = runs.iter().find(|run| run.task_name == "needy").unwrap();
    assert_eq!(waiting.status, RunStatus::Queued);
    let mut config = crate::common::config(&test.folder);
    config.labels.insert("gpu".into());
    let test = crate::common::start_in(test.stop().await, config).await;
    until(&test, "it runs", |runs| {
        runs.iter().all(|run| run.status == RunStatus::Success)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_hold_over_all_servers_of_a_database() {
    let code = waits("LIMITS = {'runs': 2}");
    let Some(test) = first(&code, |_| {}).await else {
        return;
    };
    let other = second(&test, |_| {}).await;
    begin(&test, "t", 12).await;
    until(&test, "two go", |runs| running(runs, "t") == 2).await;
    let_go(&test);
    let runs = until(&test, "all end", |runs| {
        runs.iter().all(|run| run.status.is_final())
    })
    .await;
    assert!(most_at_once(&runs, &["t"]) <= 2, "{runs:?}");
    other.running.stop(Duration::ZERO, CancellationToken::new()).await;
}
