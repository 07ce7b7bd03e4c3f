//! All task folders, kept in step with the disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::scan::{self, Candidate};
use super::{TaskFolder, describe};
use crate::runner::Interpreter;
use crate::signals::Signals;

/// How often the folder is looked at. Looking is a handful of `stat` calls, works on every kind of mount, and a new
/// task is there before its author has changed windows.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Python processes describing tasks at the same time.
const AT_ONCE: usize = 2;

/// The tasks folder as last read; cheap to clone.
#[derive(Clone)]
pub struct Catalog {
    root: Arc<PathBuf>,
    interpreter: Interpreter,
    signals: Signals,
    known: Arc<RwLock<BTreeMap<String, Known>>>,
    /// One scan at a time.
    scanning: Arc<tokio::sync::Mutex<()>>,
}

struct Known {
    seen: Candidate,
    folder: Arc<TaskFolder>,
}

impl Catalog {
    pub(crate) fn new(root: PathBuf, interpreter: Interpreter, signals: Signals) -> Self {
        Self {
            root: Arc::new(root),
            interpreter,
            signals,
            known: Arc::default(),
            scanning: Arc::default(),
        }
    }

    /// The tasks folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// All folders by name, those with problems too.
    pub fn list(&self) -> Vec<Arc<TaskFolder>> {
        self.read()
            .values()
            .map(|known| Arc::clone(&known.folder))
            .collect()
    }

    /// One folder.
    pub fn find(&self, name: &str) -> Option<Arc<TaskFolder>> {
        self.read().get(name).map(|known| Arc::clone(&known.folder))
    }

    /// Where a task's `job.py` is.
    pub(crate) fn job_file(&self, name: &str) -> PathBuf {
        self.root.join(name).join("job.py")
    }

    /// Looks at the folder and describes what is new or changed. Each task appears as soon as it is described, so one
    /// that hangs does not hold back the others.
    pub async fn rescan(&self) {
        let _one_at_a_time = self.scanning.lock().await;
        let root = Arc::clone(&self.root);
        let found = match tokio::task::spawn_blocking(move || scan::candidates(&root)).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                // An unmounted folder is not the same as deleted tasks: what is known stays (fault case F75).
                tracing::warn!(target: "external_task_loader", "external_task_loader: cannot read {}: {error}", self.root.display());
                return;
            }
            Err(_) => return,
        };
        self.write().retain(|name, _| found.contains_key(name));
        let changed = found
            .into_iter()
            .filter(|(name, candidate)| !self.is_known(name, candidate));
        stream::iter(changed)
            .for_each_concurrent(AT_ONCE, |(name, seen)| async move {
                let folder = describe::describe(&self.interpreter, name.clone(), &seen.path).await;
                self.write().insert(
                    name,
                    Known {
                        seen,
                        folder: Arc::new(folder),
                    },
                );
            })
            .await;
    }

    /// Describes everything again at the next look, changed or not: an installed package can mend a task.
    pub fn forget(&self, name: &str) {
        if let Some(known) = self.write().get_mut(name) {
            known.seen.fingerprint = known.seen.fingerprint.wrapping_add(1);
        }
        self.signals.catalog().notify_one();
    }

    /// Keeps in step until told to stop.
    pub(crate) async fn keep_watching(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = self.signals.catalog().notified() => {}
            }
            self.rescan().await;
        }
    }

    fn is_known(&self, name: &str, candidate: &Candidate) -> bool {
        self.read()
            .get(name)
            .is_some_and(|known| known.seen == *candidate)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<String, Known>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, BTreeMap<String, Known>> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}
