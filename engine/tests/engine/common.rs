//! A real engine on a folder of its own, with real Python tasks.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use domain::params::{FieldError, Typed, validate};
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
        database_url: crate::database::url_for(folder.path()),
        key_file: None,
        files_dir: None,
        role: engine::Role::All,
        tasks_dir: folder.path().join("tasks"),
        python: python(),
        zone: chrono_tz::Tz::UTC,
        concurrency: 4,
        time_limit: Duration::from_mins(1),
        describe_limit: Duration::from_secs(10),
        stop_grace: Duration::from_secs(2),
        limits: domain::task::TaskLimits::default(),
        tag_limits: std::collections::BTreeMap::new(),
        labels: std::collections::BTreeSet::new(),
        private_networks: Vec::new(),
        task_user: None,
        log_mb: Some(5),
        task_env: Vec::new(),
        environments: engine::EnvironmentPolicy::Build,
        wheels: None,
        packages_dir: None,
        only_task: None,
        uv: PathBuf::from("uv"),
        task_settings: vec![("data_database_url", Secret::new("sqlite:///data.db"))],
    }
}

/// The interpreter itself: what `python3` names may be a script of a version manager that sets variables of its own and
/// takes a while.
fn python() -> PathBuf {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    let find = || {
        let asked = std::process::Command::new("python3")
            .args(["-c", "import sys; print(sys.executable)"])
            .output()
            .unwrap();
        PathBuf::from(String::from_utf8(asked.stdout).unwrap().trim())
    };
    FOUND.get_or_init(find).clone()
}

/// Starts an engine with these tasks: folder name and `job.py`.
pub(crate) async fn start(tasks: &[(&str, &str)]) -> TestEngine {
    start_with(tasks, |_| {}).await
}

/// Starts an engine with these tasks that differs from the usual one.
pub(crate) async fn start_with(tasks: &[(&str, &str)], change: impl FnOnce(&mut Config)) -> TestEngine {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("tasks")).unwrap();
    for (name, code) in tasks {
        write_task(&folder, name, code);
    }
    let mut config = config(&folder);
    change(&mut config);
    start_in(folder, config).await
}

/// Starts an engine with a task for each of these `job.py`: `t0`, `t1` and so on.
pub(crate) async fn start_all(codes: impl IntoIterator<Item = String>) -> TestEngine {
    let codes: Vec<(String, String)> = codes
        .into_iter()
        .enumerate()
        .map(|(index, code)| (format!("t{index}"), code))
        .collect();
    let tasks: Vec<(&str, &str)> = codes
        .iter()
        .map(|(name, code)| (name.as_str(), code.as_str()))
        .collect();
    start(&tasks).await
}

/// Starts an engine on a folder that may have been used before.
pub(crate) async fn start_in(folder: TempDir, config: Config) -> TestEngine {
    let engine = Engine::open(config).await.unwrap();
    let running = engine.start().await.unwrap();
    // The start waits for slow tasks, but not for ever.
    engine.catalog.rescan().await;
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

/// Searches every file of the data folder, and the database wherever it is, for texts that must not be there.
pub(crate) async fn assert_nowhere(folder: &TempDir, needles: &[&str]) {
    crate::database::assert_not_stored(folder, needles).await;
    let mut waiting = vec![folder.path().join("data")];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).unwrap();
            waiting.extend(entries.map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for needle in needles {
            let found = bytes.windows(needle.len()).any(|part| part == needle.as_bytes());
            assert!(!found, "{needle} in {}", path.display());
        }
    }
}

/// A job.py whose `execute` is a plain function with this body.
pub(crate) fn plain_job(body: &str) -> String {
    job(body).replace("async def", "def")
}

/// How many processes have this run in their environment.
pub(crate) fn processes_of(run_id: &str) -> usize {
    let mark = format!("INSIGHTMESH_RUN_ID={run_id}");
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    entries
        .filter_map(|entry| std::fs::read(entry.path().join("environ")).ok())
        .filter(|bytes| bytes.windows(mark.len()).any(|part| part == mark.as_bytes()))
        .count()
}

impl TestEngine {
    /// Fills in the form of a task and saves it.
    pub(crate) async fn save(&self, task: &str, values: &[(&str, &str)]) {
        let mut typed = Typed::default();
        for (name, text) in values {
            typed.set(name, text);
        }
        self.save_form(task, &typed).await.unwrap();
    }

    /// Saves a form, or answers what is wrong with it.
    pub(crate) async fn save_form(&self, task: &str, typed: &Typed) -> Result<(), Vec<FieldError>> {
        let engine = &self.engine;
        let folder = engine.catalog.find(task).unwrap();
        let saved = engine.settings.find(task).await.unwrap();
        let specs = engine.choices.resolve(&folder, saved.as_ref()).await;
        let groups = &folder.found.as_ref().unwrap().groups;
        let names = saved.map(|saved| saved.saved_names()).unwrap_or_default();
        let accepted = validate(&specs, groups, typed, &names, engine.zone)?;
        engine.settings.save(task, accepted, "ann").await.unwrap();
        Ok(())
    }

    /// Starts a run.
    pub(crate) async fn begin(&self, task: &str) -> String {
        let form = uuid::Uuid::new_v4().to_string();
        self.engine.runs.start_now(task, "ann", &form).await.unwrap()
    }

    /// Starts a run and waits for its end.
    pub(crate) async fn run(&self, task: &str) -> RunDetail {
        let run_id = self.begin(task).await;
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

    /// Cancels a run and waits for its end.
    pub(crate) async fn cancel(&self, run_id: &str) -> RunDetail {
        self.engine.runs.cancel(run_id, "bob").await.unwrap();
        self.wait_until(run_id, |run| run.summary.status.is_final()).await
    }

    /// Waits until a run's log holds a text.
    pub(crate) async fn wait_for_log(&self, run_id: &str, text: &str) {
        let mut news = self.engine.runs.watch(run_id);
        let waiting = async {
            loop {
                news.borrow_and_update();
                let run = self.engine.runs.find(run_id).await.unwrap().unwrap();
                let log = self.log(run_id).await;
                if log.contains(text) {
                    return;
                }
                assert!(!run.summary.status.is_final(), "{run:?}\n{log}");
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
