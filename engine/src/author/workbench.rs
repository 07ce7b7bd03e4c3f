//! An engine for one command: the same code as the server's, on a data folder that is thrown away.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;
use domain::params::Accepted;
use domain::run::{LogLevel, LogStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::AuthorError;
use crate::runs::{Artifact, Progress, RunDetail};
use crate::settings::CheckOutcome;
use crate::tasks::TaskFolder;
use crate::{Config, Engine, Error, Role, Running};

/// Log lines read at a time.
const PART: u32 = 500;
/// Who runs a task here, as its run says.
const AUTHOR: &str = "you";

/// Loads, checks and runs tasks of a folder.
pub struct Workbench {
    engine: Engine,
    running: Running,
    folder: PathBuf,
}

/// What there is to tell while a task runs.
pub enum Said {
    /// A line of its log.
    Line(LogStream, LogLevel, String),
    /// How far it is.
    Progress(Progress),
}

impl Workbench {
    /// Opens a bench for one task, or for all. Packages that were installed once are kept for the next time.
    pub async fn open(config: Config, only: Option<&str>) -> Result<Self, AuthorError> {
        let kept = cache_dir(&config.data_dir);
        let folder = kept.join("benches").join(Uuid::now_v7().to_string());
        let config = Config {
            data_dir: folder.clone(),
            database_url: None,
            key_file: None,
            files_dir: None,
            role: Role::All,
            packages_dir: Some(kept.join("environments")),
            only_task: only.map(str::to_owned),
            ..config
        };
        let engine = Engine::open(config).await?;
        let running = engine.start().await?;
        Ok(Self {
            engine,
            running,
            folder,
        })
    }

    /// The folder of the tasks.
    pub fn tasks_dir(&self) -> &Path {
        self.engine.catalog.root()
    }

    /// The zone in which dates and times without one are meant.
    pub fn zone(&self) -> Tz {
        self.engine.zone
    }

    /// The names of all tasks there are.
    pub fn names(&self) -> Vec<String> {
        let folders = self.engine.catalog.list();
        folders.iter().map(|folder| folder.name.clone()).collect()
    }

    /// A task as its files are now. `on_line` hears how its packages are installed.
    pub async fn load(&self, name: &str, on_line: impl Fn(String)) -> Option<Arc<TaskFolder>> {
        self.engine.catalog.find_prepared(name, on_line).await
    }

    /// Tries settings out with the task's `check()`.
    pub async fn try_settings(
        &self,
        task: &TaskFolder,
        accepted: Accepted,
    ) -> Result<CheckOutcome, AuthorError> {
        self.save(task, accepted).await?;
        Ok(self.engine.try_settings(task).await?)
    }

    /// Runs a task with these settings to its end; `stop` asks it to stop. `say` hears its log as it is written.
    pub async fn run(
        &self,
        task: &TaskFolder,
        accepted: Accepted,
        stop: CancellationToken,
        mut say: impl FnMut(Said),
    ) -> Result<RunDetail, AuthorError> {
        self.save(task, accepted).await?;
        let runs = &self.engine.runs;
        let key = Uuid::now_v7().to_string();
        let run_id = runs.start_now(&task.name, AUTHOR, &key).await?;
        let mut news = runs.watch(&run_id);
        let mut told = Told::default();
        loop {
            news.borrow_and_update();
            let run = self.tell(&run_id, &mut told, &mut say).await?;
            if run.summary.status.is_final() {
                return Ok(run);
            }
            self.wait_for_news(&mut news, &run_id, &stop).await?;
        }
    }

    async fn wait_for_news(
        &self,
        news: &mut watch::Receiver<u64>,
        run_id: &str,
        stop: &CancellationToken,
    ) -> Result<(), AuthorError> {
        tokio::select! {
            // The sender lives as long as the run; a closed channel means that it ended.
            _ = news.changed() => {}
            () = stop.cancelled() => {
                self.engine.runs.cancel(run_id, AUTHOR).await?;
                let _ = news.changed().await;
            }
        }
        Ok(())
    }

    async fn tell(
        &self,
        run_id: &str,
        told: &mut Told,
        say: &mut impl FnMut(Said),
    ) -> Result<RunDetail, AuthorError> {
        // The run before its lines: of a run that is over by then, all lines are there.
        let run = self.engine.runs.find(run_id).await?;
        let run = run.ok_or_else(|| Error::Stored("the run is gone".to_owned()))?;
        loop {
            let lines = self.engine.logs.after(run_id, told.line, PART).await?;
            let Some(last) = lines.last() else { break };
            told.line = last.seq;
            for line in lines {
                say(Said::Line(line.stream, line.level, line.text));
            }
        }
        if run.summary.progress != told.progress {
            told.progress.clone_from(&run.summary.progress);
            if let Some(progress) = run.summary.progress.clone() {
                say(Said::Progress(progress));
            }
        }
        Ok(run)
    }

    /// The files that a run handed over, copied into a folder. Their paths.
    pub async fn copy_files(&self, run_id: &str, to: &Path) -> Result<Vec<PathBuf>, AuthorError> {
        let mut copied = Vec::new();
        for artifact in self.files(run_id).await? {
            let Some(mut opened) = self.engine.artifacts.open(run_id, artifact.seq).await? else {
                continue;
            };
            fs::create_dir_all(to).map_err(AuthorError::file(to))?;
            let path = to.join(artifact.name.replace('/', "_"));
            let mut copy = tokio::fs::File::create(&path)
                .await
                .map_err(AuthorError::file(&path))?;
            tokio::io::copy(&mut opened.file, &mut copy)
                .await
                .map_err(AuthorError::file(&path))?;
            copied.push(path);
        }
        Ok(copied)
    }

    /// The files that a run handed over.
    pub async fn files(&self, run_id: &str) -> Result<Vec<Artifact>, AuthorError> {
        Ok(self.engine.artifacts.list(run_id).await?)
    }

    /// Ends everything and throws the data folder away.
    pub async fn close(self) {
        self.running.stop(Duration::ZERO, CancellationToken::new()).await;
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            tracing::warn!("{} not removed: {error}", self.folder.display());
        }
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }
}

/// How much of a run was told.
#[derive(Default)]
struct Told {
    line: i64,
    progress: Option<Progress>,
}

/// Where an author's benches and packages are: for the author alone, and not in the server's data folder.
fn cache_dir(data_dir: &Path) -> PathBuf {
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"));
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(home);
    let name = "insightmesh-tasks-author";
    cache.map_or_else(|| data_dir.join(name), |cache| cache.join(name))
}
