//! The list of all tasks, kept in step with the disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Instant;

use tokio::sync::watch;

use super::known::Known;
use super::scan::Candidate;
use super::snapshot::Snapshots;
use super::{TaskFolder, TaskState};
use crate::Config;
use crate::environments::Environments;
use crate::runner::Interpreter;
use crate::signals::Signals;

/// The tasks folder as last read; cheap to clone.
#[derive(Clone)]
pub struct Catalog {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) root: PathBuf,
    /// The only task of interest.
    pub(super) only: Option<String>,
    pub(super) interpreter: Interpreter,
    pub(super) environments: Environments,
    pub(super) snapshots: Arc<Snapshots>,
    pub(super) signals: Signals,
    list: RwLock<List>,
    changes: watch::Sender<u64>,
    /// One look at a time; since when the folder has been empty.
    pub(super) looking: tokio::sync::Mutex<Option<Instant>>,
}

#[derive(Default)]
pub(super) struct List {
    pub(super) tasks: BTreeMap<String, Known>,
    helpers: Vec<String>,
    /// Why the root cannot be read.
    pub(super) problem: Option<String>,
    /// There was a look, and all it found was described.
    is_complete: bool,
}

impl Catalog {
    pub(crate) fn new(
        config: &Config,
        interpreter: Interpreter,
        environments: Environments,
        signals: Signals,
    ) -> Self {
        let snapshots = Snapshots::new(&config.data_dir, config.task_user.is_some());
        Self {
            inner: Arc::new(Inner {
                root: config.tasks_dir.clone(),
                only: config.only_task.clone(),
                interpreter,
                environments,
                snapshots: Arc::new(snapshots),
                signals,
                list: RwLock::default(),
                changes: watch::Sender::new(0),
                looking: tokio::sync::Mutex::default(),
            }),
        }
    }

    /// The tasks folder.
    pub fn root(&self) -> &Path {
        &self.inner.root
    }

    /// Why the tasks folder cannot be read at the moment, if so. The tasks known before stay.
    pub fn root_problem(&self) -> Option<String> {
        self.read().problem.clone()
    }

    /// All tasks by name, those with problems too.
    pub fn list(&self) -> Vec<Arc<TaskFolder>> {
        let list = self.read();
        list.tasks
            .values()
            .map(|known| known.shown(&self.inner.environments))
            .collect()
    }

    /// One task.
    pub fn find(&self, name: &str) -> Option<Arc<TaskFolder>> {
        let list = self.read();
        list.tasks
            .get(name)
            .map(|known| known.shown(&self.inner.environments))
    }

    /// What people call each task, by name.
    pub fn titles(&self) -> BTreeMap<String, String> {
        let title = |folder: Arc<TaskFolder>| (folder.name.clone(), folder.title().to_owned());
        self.list().into_iter().map(title).collect()
    }

    /// What people call a task; its name when its folder is gone.
    pub fn title_of(&self, name: &str) -> String {
        let folder = self.find(name);
        folder.map_or_else(|| name.to_owned(), |folder| folder.title().to_owned())
    }

    /// Python files in the tasks folder itself that are not tasks: others import them. By name, with `.py`.
    pub fn helpers(&self) -> Vec<String> {
        self.read().helpers.clone()
    }

    /// A number that moves whenever the list changes.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// The author's file of a task.
    pub fn job_file(&self, name: &str) -> PathBuf {
        let known = self.find(name).map(|folder| folder.job_file.clone());
        known.unwrap_or_else(|| self.inner.root.join(name).join("job.py"))
    }

    /// Looks at the folder and describes what is new or changed. Each task appears as soon as it is described, so one
    /// that hangs does not hold back the others. Packages are installed beside this.
    pub async fn rescan(&self) {
        self.look(true).await;
    }

    /// Describes a task again now, changed or not, or all of them, and tries failed packages again.
    pub async fn check_again(&self, name: Option<&str>) {
        for (found, known) in &mut self.write().tasks {
            if name.is_none_or(|name| name == found) {
                known.check_again(&self.inner.environments);
            }
        }
        self.look(true).await;
    }

    /// Describes a task again at the next look, which comes at once, changed or not: an installed package can mend it.
    pub fn forget(&self, name: &str) {
        if let Some(known) = self.write().tasks.get_mut(name) {
            known.check_again(&self.inner.environments);
        }
        self.inner.signals.catalog().notify_one();
    }

    /// Waits for the end of the first look.
    pub(crate) async fn wait_until_read(&self) {
        let mut changes = self.changes();
        loop {
            changes.borrow_and_update();
            // The sender lives as long as this.
            if self.read().is_complete || changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// A task as soon as it can run or is known not to: waits for the first look after the start, and while its packages
    /// are being installed, of which `on_line` hears.
    pub(crate) async fn find_prepared(
        &self,
        name: &str,
        on_line: impl Fn(String),
    ) -> Option<Arc<TaskFolder>> {
        if self.find(name).is_none() {
            self.wait_until_read().await;
        }
        loop {
            let task = self.find(name)?;
            let (TaskState::Preparing, Some(requirements)) = (task.state(), &task.requirements) else {
                return Some(task);
            };
            let mut changes = self.changes();
            // Whether it worked shows when the task is looked at again.
            let _ = self.inner.environments.python_for(requirements, &on_line).await;
            self.rescan().await;
            if self
                .find(name)
                .is_some_and(|task| task.state() == TaskState::Preparing)
            {
                // Its files are being written, or not there at the moment.
                changes.changed().await.ok()?;
            }
        }
    }

    pub(super) fn remove_all_but(&self, stays: impl Fn(&String) -> bool, helpers: Vec<String>) {
        let mut list = self.write();
        let names: Vec<String> = list.tasks.keys().filter(|name| !stays(name)).cloned().collect();
        let gone: Vec<_> = names.iter().filter_map(|name| list.tasks.remove(name)).collect();
        let helpers_before = std::mem::replace(&mut list.helpers, helpers);
        let is_changed = !gone.is_empty() || list.helpers != helpers_before;
        // First the lock, then what was removed: that may remove files.
        drop(list);
        drop(gone);
        if is_changed {
            self.changed();
        }
    }

    pub(super) fn put(&self, name: String, known: Known) {
        let is_news = self
            .read()
            .tasks
            .get(&name)
            .is_none_or(|old| old.folder != known.folder);
        // The old one goes after the lock is free: it may remove files.
        let _old = self.write().tasks.insert(name, known);
        if is_news {
            self.changed();
        }
    }

    pub(super) fn mark_complete(&self) {
        if !std::mem::replace(&mut self.write().is_complete, true) {
            self.changed();
        }
    }

    pub(super) fn changed(&self) {
        self.inner.changes.send_modify(|count| *count += 1);
    }

    pub(super) fn is_current(&self, name: &str, candidate: &Candidate) -> bool {
        self.read().is_current(name, candidate, &self.inner.environments)
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, List> {
        self.inner.list.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, List> {
        self.inner.list.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl List {
    pub(super) fn is_current(&self, name: &str, candidate: &Candidate, environments: &Environments) -> bool {
        self.tasks
            .get(name)
            .is_some_and(|known| known.is_current(candidate, environments))
    }
}
