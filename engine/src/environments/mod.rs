//! Python environments: what a task's `requirements.txt` names, installed by uv.
//!
//! An environment lies in `<data folder>/environments/<key>`; the key is a hash over the requirements, the interpreter and
//! the platform, so tasks with equal requirements share one. The file `complete` in it is written last: a build that was
//! killed left none and is done again.

mod base;
mod build;
mod message;
mod requirements;
mod store;
mod uv;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::task::{LoadProblem, ProblemKind};
use tokio::sync::{OnceCell, Semaphore, watch};
use tokio_util::sync::CancellationToken;

use crate::signals::Signals;
use crate::{Config, EnvironmentPolicy};
use base::Base;
use uv::Uv;

pub use requirements::Requirements;
pub(crate) use requirements::{Contents, FILE_NAME, files};
pub use store::EnvironmentInfo;

/// A build that failed is tried again after this long: the network may be back.
const TRY_AGAIN: Duration = Duration::from_mins(10);
/// A build is given up after this long.
const LIMIT: Duration = Duration::from_mins(15);

/// All environments; cheap to clone.
#[derive(Clone)]
pub struct Environments {
    inner: Arc<Inner>,
}

struct Inner {
    policy: EnvironmentPolicy,
    folder: PathBuf,
    /// Others than the server's own user run tasks.
    is_shared: bool,
    python: PathBuf,
    base: OnceCell<Base>,
    uv: Uv,
    wheels: Option<PathBuf>,
    builds: Mutex<HashMap<String, watch::Receiver<Progress>>>,
    /// One build at a time: two would only share one network and one disk.
    turn: Semaphore,
    signals: Signals,
    stop: CancellationToken,
}

/// How far a build is.
#[derive(Debug, Clone, Default)]
struct Progress {
    line: String,
    ended: Option<(Instant, Result<PathBuf, PackagesFailed>)>,
}

/// Why packages could not be installed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PackagesFailed {
    /// uv's own last words, or ours.
    pub message: String,
    /// The line of `requirements.txt` they are about, if one is.
    pub line: Option<u32>,
    /// All that uv said, for the developer.
    pub output: String,
}

impl PackagesFailed {
    fn plain(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            line: None,
            output: String::new(),
        }
    }
}

impl From<PackagesFailed> for LoadProblem {
    fn from(failed: PackagesFailed) -> Self {
        let file = (!failed.output.is_empty()).then(|| FILE_NAME.to_owned());
        Self {
            file,
            line: failed.line,
            traceback: Some(failed.output).filter(|output| !output.is_empty()),
            ..Self::plain(ProblemKind::PackagesFailed, failed.message)
        }
    }
}

/// What there is for some requirements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvironmentState {
    /// Its interpreter, which has the packages.
    Ready(PathBuf),
    /// Being built; uv's last line, empty at first.
    Building(String),
    /// It could not be built.
    Failed(PackagesFailed),
}

impl Environments {
    pub(crate) fn new(config: &Config, signals: Signals) -> Self {
        let kept = config.packages_dir.clone();
        let folder = kept.unwrap_or_else(|| config.data_dir.join("environments"));
        let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        // A name is looked up in PATH; a path would be looked for in each task's folder.
        let is_path = config.uv.components().count() > 1;
        let program = if is_path {
            absolute(&config.uv)
        } else {
            config.uv.clone()
        };
        Self {
            inner: Arc::new(Inner {
                policy: config.environments,
                is_shared: config.task_user.is_some(),
                python: config.python.clone(),
                base: OnceCell::new(),
                uv: Uv {
                    program,
                    cache: folder.join(".cache"),
                },
                wheels: config.wheels.as_ref().map(absolute),
                builds: Mutex::default(),
                turn: Semaphore::new(1),
                signals,
                stop: CancellationToken::new(),
                folder,
            }),
        }
    }

    /// The interpreter of tasks without requirements.
    pub(crate) fn base_python(&self) -> &Path {
        &self.inner.python
    }

    /// What a task's files ask for. None if that needs no environment.
    pub(crate) async fn requirements(
        &self,
        contents: Option<Contents>,
    ) -> Result<Option<Requirements>, PackagesFailed> {
        let Some(contents) = contents.filter(|_| self.inner.policy == EnvironmentPolicy::Build) else {
            return Ok(None);
        };
        let python = &self.inner.python;
        let base = self
            .inner
            .base
            .get_or_try_init(|| async { Base::ask(python).await.map_err(PackagesFailed::plain) })
            .await?;
        Ok(Some(contents.on(base)))
    }

    /// The finished environment's interpreter, if it is there. Counts as a use.
    pub fn find(&self, requirements: &Requirements) -> Option<PathBuf> {
        store::find(&self.inner.folder.join(requirements.key()))
    }

    /// What there is; what is not there is being built from now on.
    pub(crate) fn find_or_build(&self, requirements: &Requirements) -> EnvironmentState {
        if let Some(python) = self.find(requirements) {
            self.builds().remove(requirements.key());
            return EnvironmentState::Ready(python);
        }
        match self.state(requirements) {
            Some(state) => state,
            None => {
                let progress = self.build_in_background(requirements);
                let line = progress.borrow().line.clone();
                EnvironmentState::Building(line)
            }
        }
    }

    /// What is going on about these requirements since the server started. None also when a failure is so old that a new
    /// attempt is due.
    pub fn state(&self, requirements: &Requirements) -> Option<EnvironmentState> {
        let builds = self.builds();
        let build = builds.get(requirements.key())?;
        let progress = build.borrow();
        match &progress.ended {
            None if build.has_changed().is_ok() => Some(EnvironmentState::Building(progress.line.clone())),
            // Its builder is gone without a word, or done.
            None | Some((_, Ok(_))) => None,
            Some((at, Err(failed))) => {
                (at.elapsed() < TRY_AGAIN).then(|| EnvironmentState::Failed(failed.clone()))
            }
        }
    }

    /// The next look tries again what has failed.
    pub(crate) fn forget_failure(&self, requirements: &Requirements) {
        if matches!(self.state(requirements), Some(EnvironmentState::Failed(_))) {
            self.builds().remove(requirements.key());
        }
    }

    /// The interpreter for these requirements, built first if it is not there. `on_line` hears how far it is; it is
    /// never called when nothing has to be built. The build goes on if this future is dropped.
    pub async fn python_for(
        &self,
        requirements: &Requirements,
        on_line: impl Fn(String),
    ) -> Result<PathBuf, PackagesFailed> {
        if let Some(python) = self.find(requirements) {
            return Ok(python);
        }
        let mut progress = self.build_in_background(requirements);
        let mut told = String::new();
        loop {
            let now = progress.borrow_and_update().clone();
            if now.line != told {
                told.clone_from(&now.line);
                on_line(now.line);
            }
            if let Some((_, ended)) = now.ended {
                return ended;
            }
            if progress.changed().await.is_err() {
                return Err(PackagesFailed::plain("Installing the packages was broken off."));
            }
        }
    }

    /// Ends the build that is going on.
    pub(crate) fn stop(&self) {
        self.inner.stop.cancel();
    }

    fn build_in_background(&self, requirements: &Requirements) -> watch::Receiver<Progress> {
        let mut builds = self.builds();
        if let Some(going) = builds.get(requirements.key())
            && going.borrow().ended.is_none()
            && going.has_changed().is_ok()
        {
            return going.clone();
        }
        let (sender, receiver) = watch::channel(Progress::default());
        builds.insert(requirements.key().to_owned(), receiver.clone());
        drop(builds);
        let (this, requirements) = (self.clone(), requirements.clone());
        tokio::spawn(async move {
            let tell = |line: String| sender.send_modify(|progress| progress.line = line);
            let ended = tokio::select! {
                built = this.build_in_turn(&requirements, &tell) => built,
                () = this.inner.stop.cancelled() => Err(PackagesFailed::plain("The server is stopping.")),
            };
            if let Err(failed) = &ended {
                tracing::warn!("packages not installed: {failed}");
            }
            sender.send_modify(|progress| progress.ended = Some((Instant::now(), ended)));
            this.inner.signals.catalog().notify_one();
        });
        receiver
    }

    async fn build_in_turn(
        &self,
        requirements: &Requirements,
        tell: &(impl Fn(String) + Sync),
    ) -> Result<PathBuf, PackagesFailed> {
        let closed = || PackagesFailed::plain("The server is stopping.");
        let _turn = self.inner.turn.acquire().await.map_err(|_| closed())?;
        tokio::time::timeout(LIMIT, self.build(requirements, tell))
            .await
            .unwrap_or_else(|_| {
                Err(PackagesFailed::plain(format!(
                    "Installing the packages took longer than {} minutes.",
                    LIMIT.as_secs() / 60
                )))
            })
    }

    fn builds(&self) -> MutexGuard<'_, HashMap<String, watch::Receiver<Progress>>> {
        self.inner.builds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
