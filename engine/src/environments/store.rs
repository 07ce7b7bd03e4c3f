//! Environments on disk: what marks one as complete, when it was last used, which ones go.

use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};

use super::{Environments, Requirements};
use crate::tasks::TaskFolder;

/// Written last. Its time is that of the last use.
const COMPLETE: &str = "complete";
/// A use is written down when the last one is older than this.
const TOUCH_EVERY: Duration = Duration::from_hours(1);
/// What no task uses goes after this long.
const UNUSED: Duration = Duration::from_hours(7 * 24);

/// An environment, for whoever looks after the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentInfo {
    /// Name of its folder in `<data folder>/environments`.
    pub key: String,
    /// Bytes on disk. Files that several environments hold count for each, though they share them.
    pub size: u64,
    /// Names of the tasks that use it, in order.
    pub used_by: Vec<String>,
    /// When a task last used it, to the hour; none if its build was not finished.
    pub last_used: Option<DateTime<Utc>>,
}

impl Environments {
    /// All of them, the most recently used first. Reads the sizes of all files, so it takes a while.
    pub async fn list(&self, tasks: &[std::sync::Arc<TaskFolder>]) -> Vec<EnvironmentInfo> {
        let users: Vec<(String, String)> = tasks
            .iter()
            .filter_map(|task| Some((task.requirements.as_ref()?.key().to_owned(), task.name.clone())))
            .collect();
        let folder = self.inner.folder.clone();
        tokio::task::spawn_blocking(move || {
            let mut all: Vec<EnvironmentInfo> = folders(&folder)
                .map(|(key, path)| EnvironmentInfo {
                    size: size(&path),
                    used_by: users
                        .iter()
                        .filter(|(used, _)| *used == key)
                        .map(|(_, task)| task.clone())
                        .collect(),
                    last_used: last_used(&path).map(Into::into),
                    key,
                })
                .collect();
            all.sort_by(|one, other| (other.last_used, &one.key).cmp(&(one.last_used, &other.key)));
            all
        })
        .await
        .unwrap_or_default()
    }

    /// Removes what none of these tasks uses and what was last used more than 7 days ago. Returns how many went.
    pub async fn remove_unused(&self, tasks: &[std::sync::Arc<TaskFolder>]) -> usize {
        let used: BTreeSet<String> = tasks
            .iter()
            .filter_map(|task| Some(task.requirements.as_ref()?.key().to_owned()))
            .collect();
        let folder = self.inner.folder.clone();
        let removed = tokio::task::spawn_blocking(move || remove_unused(&folder, &used)).await;
        match removed {
            Ok(Ok(removed)) => {
                if removed > 0 {
                    self.prune_cache().await;
                }
                removed
            }
            Ok(Err(error)) => {
                tracing::warn!("unused environments not removed: {error}");
                0
            }
            Err(_) => 0,
        }
    }

    /// The files of removed environments are still in uv's cache.
    async fn prune_cache(&self) {
        let arguments = ["cache", "prune", "--ci"].map(std::ffi::OsStr::new);
        let pruned = self.inner.uv.run(&arguments, &self.inner.folder, |_| ()).await;
        if let Err(error) = pruned {
            tracing::warn!("uv's cache not cleared: {error:?}");
        }
    }
}

fn remove_unused(folder: &Path, used: &BTreeSet<String>) -> io::Result<usize> {
    if !folder.is_dir() {
        return Ok(0);
    }
    let lock = lock_file(folder)?;
    if lock.try_lock().is_err() {
        // A build is going on: tomorrow is another day.
        return Ok(0);
    }
    let mut removed = 0;
    for (key, path) in folders(folder) {
        if used.contains(&key) {
            touch(&path);
            continue;
        }
        let age = last_used(&path).and_then(|at| at.elapsed().ok());
        if age.is_none_or(|age| age > UNUSED) {
            remove(&path)?;
            tracing::info!(environment = %key, "removed packages that no task has used for a week");
            removed += 1;
        }
    }
    Ok(removed)
}

/// The environment's interpreter, if the environment is complete.
pub(super) fn find(environment: &Path) -> Option<PathBuf> {
    let python = python(environment);
    let is_there = environment.join(COMPLETE).is_file() && python.is_file();
    is_there.then(|| {
        touch(environment);
        python
    })
}

pub(super) fn python(environment: &Path) -> PathBuf {
    environment.join("bin/python")
}

/// Marks an environment as complete.
pub(super) fn complete(environment: &Path, requirements: &Requirements) -> io::Result<()> {
    // A power cut must not leave the mark of files that were never written.
    rustix::fs::syncfs(File::open(environment)?)?;
    let text = format!("Installed for {}\n", requirements.folder().display());
    fs::write(environment.join(COMPLETE), text)
}

/// Removes an environment, its mark first: whoever is interrupted here leaves nothing that looks usable.
pub(super) fn remove(environment: &Path) -> io::Result<()> {
    for removed in [
        fs::remove_file(environment.join(COMPLETE)),
        fs::remove_dir_all(environment),
    ] {
        if let Err(error) = removed
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error);
        }
    }
    Ok(())
}

/// The folder of all environments; others may read it if others run tasks.
pub(super) fn create(folder: &Path, is_shared: bool) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mode = if is_shared { 0o755 } else { 0o700 };
    fs::set_permissions(folder, Permissions::from_mode(mode))
}

/// Held while anything in the folder is built or removed.
pub(super) fn lock_file(folder: &Path) -> io::Result<File> {
    File::create(folder.join(".lock"))
}

fn touch(environment: &Path) {
    let is_old = |at: SystemTime| at.elapsed().is_ok_and(|age| age > TOUCH_EVERY);
    if last_used(environment).is_some_and(is_old) {
        // At worst it is removed and built again.
        let _ = File::options()
            .write(true)
            .open(environment.join(COMPLETE))
            .and_then(|file| file.set_modified(SystemTime::now()));
    }
}

fn last_used(environment: &Path) -> Option<SystemTime> {
    fs::metadata(environment.join(COMPLETE)).ok()?.modified().ok()
}

/// Name and path of each environment.
fn folders(folder: &Path) -> impl Iterator<Item = (String, PathBuf)> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let key = entry.file_name().into_string().ok()?;
            let is_environment = !key.starts_with('.') && entry.path().is_dir();
            is_environment.then(|| (key, entry.path()))
        })
}

fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match fs::symlink_metadata(entry.path()) {
            Ok(meta) if meta.is_dir() => size(&entry.path()),
            Ok(meta) => meta.blocks() * 512,
            Err(_) => 0,
        })
        .sum()
}
