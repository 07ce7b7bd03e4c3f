//! Which processes this server started itself. Every other child it has is an orphan: the system makes it the parent
//! of whatever its tasks leave behind.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::Pid;

/// One list for the whole process, since its children are those of all engines in it.
static STARTED: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

/// A child of our own, until this is dropped. Drop it after the child was waited for.
pub(crate) struct Started(Pid);

/// The list, held: nothing is started meanwhile.
pub(super) struct Known(MutexGuard<'static, BTreeSet<i32>>);

/// Starts a child that is not to be taken for an orphan. Whatever has a process group or a user of its own must be
/// started this way. `spawn` answers with the child's number beside the child.
pub(crate) fn start<C>(spawn: impl FnOnce() -> io::Result<(Option<u32>, C)>) -> io::Result<(C, Started)> {
    // Held until the number is in the list, so that a sweep in between does not meet a stranger.
    let mut known = known().0;
    let (id, child) = spawn()?;
    let pid = id
        .and_then(|id| Pid::from_raw(id.cast_signed()))
        .ok_or_else(|| io::Error::other("the child has no number"))?;
    known.insert(pid.as_raw_nonzero().get());
    Ok((child, Started(pid)))
}

/// Holds the list.
pub(super) fn known() -> Known {
    Known(STARTED.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Known {
    pub(super) fn has(&self, pid: i32) -> bool {
        self.0.contains(&pid)
    }
}

impl Started {
    /// The child's number.
    pub(crate) fn pid(&self) -> Pid {
        self.0
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        known().0.remove(&self.0.as_raw_nonzero().get());
    }
}
