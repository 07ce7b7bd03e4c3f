//! A real engine on a folder of its own, with real Python tasks.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use domain::params::{Typed, validate};
use domain::secret::Secret;
use engine::runs::RunDetail;
use engine::{Config, Engine, Running};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// An engine with its folders; everything goes when it is dropped.
pub(crate) struct TestEngine {
    pub(crate) engine: Engine,
    pub(crate) running: Running,
    pub(crate) folder: TempDir,
}

/// How an engine under test differs from the usual one.
pub(crate) fn config(folder: &TempDir) -> Config {
    Config {
        data_dir: folder.path().join("data"),
        database_url: None,
        tasks_dir: folder.path().join("tasks"),
        python: PathBuf::from("python3"),
        zone: chrono_tz::Tz::UTC,
        concurrency: 4,
        time_limit: Duration::from_mins(1),
        describe_limit: Duration::from_secs(10),
        stop_grace: Duration::from_secs(2),
        task_settings: vec![("data_database_url", Secret::new("sqlite:///data.db"))],
    }
}

/// Starts an engine with these tasks: folder name and `job.py`.
pub(crate) async fn start(tasks: &[(&str, &str)]) -> TestEngine {
    let folder = tempfile::tempdir().unwrap();
    for (name, code) in tasks {
        write_task(&folder, name, code);
    }
    std::fs::create_dir_all(folder.path().join("tasks")).unwrap();
    let config = config(&folder);
    start_in(folder, config).await
}

/// Starts an engine on a folder that may have been used before.
pub(crate) async fn start_in(folder: TempDir, config: Config) -> TestEngine {
    let engine = Engine::open(config).await.unwrap();
    let running = engine.start().await.unwrap();
    TestEngine {
        engine,
        running,
        folder,
    }
}

/// Writes a task's `job.py`.
pub(crate) fn write_task(folder: &TempDir, name: &str, code: &str) {
    let path = folder.path().join("tasks").join(name);
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join("job.py"), code).unwrap();
}

/// A job.py whose `execute` has this body (four spaces are added).
pub(crate) fn job(body: &str) -> String {
    let body = body.replace('\n', "\n        ");
    format!(
        "import asyncio, logging, os, sys, time\nfrom jobs.base_job import BaseJob\n\
         class TestJob(BaseJob):\n    JOB_NAME = 'Test'\n    OPTIONAL_PARAMS = [{{'name': 'key', 'type': 'password'}}]\n    \
         async def execute(self):\n        {body}\nJob = TestJob\n"
    )
}

impl TestEngine {
    /// Fills in the form of a task and saves it.
    pub(crate) async fn save(&self, task: &str, values: &[(&str, &str)]) {
        let folder = self.engine.catalog.find(task).unwrap();
        let mut typed = Typed::default();
        for (name, text) in values {
            typed.set(name, text);
        }
        let specs = &folder.found.as_ref().unwrap().params;
        let accepted = validate(specs, &typed, &BTreeSet::new()).ok().unwrap();
        self.engine.settings.save(task, accepted, "ann").await.unwrap();
    }

    /// Starts a run and waits for its end.
    pub(crate) async fn run(&self, task: &str) -> RunDetail {
        let run_id = self
            .engine
            .runs
            .start_now(task, "ann", &uuid::Uuid::new_v4().to_string())
            .await
            .unwrap();
        self.wait_until(&run_id, |run| run.summary.status.is_final())
            .await
    }

    /// Waits until a run is as described; fails after 30 s.
    pub(crate) async fn wait_until(&self, run_id: &str, is_so: impl Fn(&RunDetail) -> bool) -> RunDetail {
        let mut news = self.engine.runs.watch(run_id);
        let waiting = async {
            loop {
                news.borrow_and_update();
                let run = self.engine.runs.find(run_id).await.unwrap().unwrap();
                if is_so(&run) {
                    return run;
                }
                news.changed().await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(30), waiting)
            .await
            .expect("the run did not get there")
    }

    /// Waits until a run's log holds a text.
    pub(crate) async fn wait_for_log(&self, run_id: &str, text: &str) {
        let mut news = self.engine.runs.watch(run_id);
        let waiting = async {
            while !self.log(run_id).await.contains(text) {
                news.changed().await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(30), waiting)
            .await
            .expect("the line did not come");
    }

    /// The whole log, a line each.
    pub(crate) async fn log(&self, run_id: &str) -> String {
        let lines = self.engine.logs.tail(run_id, 10_000).await.unwrap().lines;
        lines.into_iter().map(|line| line.text + "\n").collect()
    }

    /// Stops the engine and gives its folder back.
    pub(crate) async fn stop(self) -> TempDir {
        self.running
            .stop(Duration::from_secs(10), CancellationToken::new())
            .await;
        self.folder
    }
}
