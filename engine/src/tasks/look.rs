//! Looking at the disk: what is new, changed or gone, once it has stopped changing.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use futures::{StreamExt, stream};

use super::catalog::Catalog;
use super::known::Known;
use super::scan::{self, Scan};

/// Files that do not change for this long are not being written (fault case F74).
pub(super) const SETTLE: Duration = Duration::from_millis(300);
/// A tasks folder that is suddenly empty is believed after this long: until then it may be unmounted (fault case F75).
const EMPTY_BELIEVED: Duration = Duration::from_secs(30);
/// Python processes describing tasks at the same time. More than there are processors, because some just hang.
const AT_ONCE: usize = 4;

/// What a look at the disk came to.
#[derive(Default)]
pub(super) struct Looked {
    /// Something is being written: worth another look soon.
    pub(super) is_moving: bool,
    /// The folders to watch.
    pub(super) folders: Vec<PathBuf>,
}

impl Catalog {
    /// The first look of a server: clears away what a dead one left, and takes files as they are.
    pub(crate) async fn look_first(&self) {
        self.inner.snapshots.remove_left_behind();
        self.look(false).await;
    }

    /// `settles`: takes only files that have stopped changing.
    pub(super) async fn look(&self, settles: bool) -> Looked {
        let mut empty_since = self.inner.looking.lock().await;
        let Some((scan, moving)) = self.scan_settled(settles).await else {
            self.mark_complete();
            return Looked::default();
        };
        let is_known_empty = scan.candidates.is_empty() && !self.read().tasks.is_empty();
        if !is_believed(is_known_empty, &mut empty_since, Instant::now()) {
            return Looked {
                is_moving: false,
                folders: scan.folders,
            };
        }
        let Scan {
            candidates,
            helpers,
            folders,
            real_root,
        } = scan;
        self.remove_all_but(
            |name| candidates.contains_key(name) || moving.contains(name),
            helpers,
        );
        let changed: Vec<_> = candidates
            .into_iter()
            .filter(|(name, candidate)| !moving.contains(name) && !self.is_current(name, candidate))
            .collect();
        let is_moving = stream::iter(changed)
            .map(|(name, seen)| {
                let real_root = &real_root;
                async move {
                    let old = self.read().tasks.get(&name).map(Known::past);
                    let known = self.inner.examine(&name, seen, real_root, old).await;
                    let is_moving = known.is_none();
                    if let Some(known) = known {
                        self.put(name, known);
                    }
                    is_moving
                }
            })
            .buffer_unordered(AT_ONCE)
            .fold(
                !moving.is_empty(),
                |any, is_moving| async move { any || is_moving },
            )
            .await;
        self.mark_complete();
        Looked { is_moving, folders }
    }

    /// The root as it is, with the names of what is being written just now.
    async fn scan_settled(&self, settles: bool) -> Option<(Scan, BTreeSet<String>)> {
        let first = self.scan().await?;
        let is_gone = |scan: &Scan, name: &String| !scan.candidates.contains_key(name);
        let is_fresh = {
            let list = self.read();
            let is_new = |(name, candidate): (&String, &scan::Candidate)| {
                !candidate.files.are_settled() && !list.is_current(name, candidate, &self.inner.environments)
            };
            list.tasks.keys().any(|name| is_gone(&first, name)) || first.candidates.iter().any(is_new)
        };
        if !settles || !is_fresh {
            return Some((first, BTreeSet::new()));
        }
        tokio::time::sleep(SETTLE).await;
        let second = self.scan().await?;
        let list = self.read();
        let mut moving: BTreeSet<String> = second
            .candidates
            .iter()
            .filter(|(name, now)| {
                // A data file that grows all the time must not hold back an edit.
                let is_edited = list.tasks.get(*name).is_none_or(|known| !known.is_of_code(now));
                !first
                    .candidates
                    .get(*name)
                    .is_some_and(|before| before.is_same(now) || (is_edited && before.is_same_code(now)))
            })
            .map(|(name, _)| name.clone())
            .collect();
        let just_gone = |name: &&String| is_gone(&second, name) && !is_gone(&first, name);
        moving.extend(list.tasks.keys().filter(just_gone).cloned());
        drop(list);
        Some((second, moving))
    }

    /// None if the root cannot be read: an unmounted folder is not the same as deleted tasks (fault case F75).
    async fn scan(&self) -> Option<Scan> {
        let root = self.inner.root.clone();
        let single_files: BTreeSet<String> = {
            let list = self.read();
            let single = list.tasks.iter().filter(|(_, known)| known.is_single_file());
            single.map(|(name, _)| name.clone()).collect()
        };
        let scanned =
            tokio::task::spawn_blocking(move || scan::scan(&root, |name| single_files.contains(name)));
        let (problem, scan) = match scanned.await.ok()? {
            Ok(mut scan) => {
                let only = self.inner.only.as_ref();
                scan.candidates
                    .retain(|name, _| only.is_none_or(|only| only == name));
                (None, Some(scan))
            }
            Err(error) => (Some(error.to_string()), None),
        };
        let before = std::mem::replace(&mut self.write().problem, problem.clone());
        if let Some(problem) = problem.filter(|problem| before.as_ref() != Some(problem)) {
            tracing::warn!(target: "external_task_loader", "external_task_loader: cannot read {}: {problem}", self.inner.root.display());
            self.changed();
        }
        scan
    }
}

/// Whether to go by what was found; an empty folder must stay so for a while.
fn is_believed(is_empty: bool, since: &mut Option<Instant>, now: Instant) -> bool {
    if !is_empty {
        *since = None;
        return true;
    }
    now.duration_since(*since.get_or_insert(now)) >= EMPTY_BELIEVED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f75_a_folder_that_is_suddenly_empty_is_believed_after_half_a_minute() {
        let start = Instant::now();
        let mut since = None;
        assert!(is_believed(false, &mut since, start));
        assert!(!is_believed(true, &mut since, start));
        assert!(!is_believed(true, &mut since, start + Duration::from_secs(29)));
        assert!(is_believed(true, &mut since, start + Duration::from_secs(30)));
        assert!(is_believed(false, &mut since, start + Duration::from_secs(31)));
        assert!(!is_believed(true, &mut since, start + Duration::from_secs(62)));
    }
}
