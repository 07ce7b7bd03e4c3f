//! Noticing that something changed: the system tells (inotify), and a look now and then finds what it does not tell.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::catalog::Catalog;
use super::look::SETTLE;

/// How often the folder is looked at where the system tells of changes: it may have missed one.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// How often where it does not: on network drives and in some containers. A look is a handful of `stat` calls.
const LOOK_EVERY_UNTOLD: Duration = Duration::from_secs(2);
/// Kinds of file systems that change without this machine being told: NFS, SMB, CIFS, 9p, FUSE, Ceph (statfs(2)).
const UNTOLD: &[u64] = &[
    0x6969,
    0xfe53_4d42,
    0xff53_4d42,
    0x0102_1997,
    0x6573_5546,
    0x00c3_6400,
];

impl Catalog {
    /// Keeps in step until told to stop.
    pub(crate) async fn keep_watching(self, stop: CancellationToken) {
        let mut watcher = Watcher::start();
        loop {
            let looked = self.look(true).await;
            let followed = watcher.follow(&looked.folders);
            let pause = match followed {
                // What changed between the look and the watching was not told.
                Followed::More => SETTLE,
                _ if looked.is_moving => SETTLE,
                Followed::Same if is_told(self.root()) => LOOK_EVERY,
                Followed::Same | Followed::NotAll => LOOK_EVERY_UNTOLD,
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
                () = self.inner.signals.catalog().notified() => {}
                // A save is several changes, and a checkout thousands: gathered, they cost one look.
                () = watcher.stirred() => tokio::time::sleep(SETTLE).await,
            }
        }
    }
}

/// Watches folders, each by itself: a folder of data below a task would cost a watch for each of its own.
struct Watcher {
    system: Option<RecommendedWatcher>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Watched, as far as anybody knows.
    watched: Mutex<HashSet<PathBuf>>,
    stirred: Notify,
}

/// What came of watching.
#[derive(Debug, PartialEq, Eq)]
enum Followed {
    /// All of them were being watched already.
    Same,
    /// Some are watched from now on.
    More,
    /// Some cannot be watched.
    NotAll,
}

impl Watcher {
    fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let told = Arc::clone(&shared);
        let system = notify::recommended_watcher(move |event| told.hear(event));
        if let Err(error) = &system {
            tracing::warn!("changes in the tasks folder are found by looking only: {error}");
        }
        Self {
            system: system.ok(),
            shared,
        }
    }

    /// Watches these folders and no others.
    fn follow(&mut self, folders: &[PathBuf]) -> Followed {
        let Some(system) = &mut self.system else {
            return Followed::NotAll;
        };
        let wanted: HashSet<&PathBuf> = folders.iter().collect();
        let (old, new): (Vec<_>, Vec<_>) = {
            let watched = self.shared.watched();
            let old = watched.iter().filter(|folder| !wanted.contains(folder));
            let new = wanted.iter().filter(|folder| !watched.contains(**folder));
            (
                old.cloned().collect(),
                new.map(|folder| (*folder).clone()).collect(),
            )
        };
        for folder in old {
            // Gone folders are not watched any more anyway.
            let _ = system.unwatch(&folder);
            self.shared.watched().remove(&folder);
        }
        let mut followed = if folders.is_empty() {
            Followed::NotAll
        } else {
            Followed::Same
        };
        for folder in new {
            // A folder that was replaced by another of its name is still known by its old self.
            let _ = system.unwatch(&folder);
            if let Err(error) = system.watch(&folder, RecursiveMode::NonRecursive) {
                tracing::debug!("{} is not watched: {error}", folder.display());
                followed = Followed::NotAll;
                continue;
            }
            self.shared.watched().insert(folder);
            if followed == Followed::Same {
                followed = Followed::More;
            }
        }
        followed
    }

    async fn stirred(&self) {
        self.shared.stirred.notified().await;
    }
}

impl Shared {
    /// Called by the system's thread for each change.
    fn hear(&self, event: notify::Result<Event>) {
        if let Ok(event) = event {
            if let EventKind::Access(access) = event.kind
                && access != AccessKind::Close(AccessMode::Write)
            {
                return; // our own looks are such events
            }
            let mut watched = self.watched();
            for path in &event.paths {
                // It may be another folder by now, or none.
                watched.remove(path);
            }
        }
        self.stirred.notify_one();
    }

    fn watched(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the system tells of all changes in a folder.
fn is_told(folder: &Path) -> bool {
    let kind = rustix::fs::statfs(folder).map(|stat| u64::try_from(stat.f_type).unwrap_or_default());
    kind.is_ok_and(|kind| !UNTOLD.contains(&kind))
}
