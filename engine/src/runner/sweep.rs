//! No process survives its run (INV6), however it leaves the process group of its run.
//!
//! The harness adopts what the task's processes leave behind, and this server adopts what the harness leaves behind.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, WaitOptions, geteuid, getpgrp, getpid, kill_process,
    set_child_subreaper, waitid, waitpid,
};

use super::children::{self, Known};
use super::processes::{self, Row};

/// Killing what is left of a run takes at most this long; what resists is met again by the next sweep.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two rounds: a killed process needs a moment to be gone.
const BETWEEN: Duration = Duration::from_millis(5);
/// How often one round looks for what was forked while its parents were being stopped.
const LOOKS: usize = 20;

/// Makes this process the parent of orphans below it, in place of the system's first process.
pub(crate) fn adopt_orphans() -> io::Result<()> {
    Ok(set_child_subreaper(Some(getpid()))?)
}

/// Kills and reaps what ended runs left behind.
pub(crate) async fn sweep() {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    // The usual case between runs, without a look at every process of the machine.
    while has_children() {
        let found = tokio::task::spawn_blocking(sweep_once).await.unwrap_or_default();
        if found == 0 {
            return;
        }
        if tokio::time::Instant::now() > deadline {
            tracing::warn!("{found} processes of ended runs do not go away");
            return;
        }
        tokio::time::sleep(BETWEEN).await;
    }
}

fn has_children() -> bool {
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    !matches!(waitid(WaitId::All, look), Err(Errno::CHILD))
}

/// Kills a child of ours with all that is below it.
pub(super) fn kill_tree(child: Pid) {
    kill_all(|rows| {
        let is_it = |row: &&Row| row.pid == child.as_raw_nonzero().get();
        rows.iter().filter(is_it).map(|row| row.pid).collect()
    });
}

/// One round of [`sweep`]; how many processes it found.
fn sweep_once() -> usize {
    // Held throughout, so that nothing of ours is started meanwhile and looks like an orphan.
    let known = children::known();
    let mut orphans = BTreeSet::new();
    let found = kill_all(|rows| {
        orphans = orphans_among(rows, &known);
        orphans.clone()
    });
    for orphan in orphans.into_iter().filter_map(Pid::from_raw) {
        // Most are gone by the next round only; those that ended by themselves are reaped here.
        let _ = waitpid(Some(orphan), WaitOptions::NOHANG);
    }
    found
}

/// Stops what hangs below the chosen processes until nothing new turns up, then kills it all: something that forks
/// without end would outrun a kill one by one (fault case F19).
fn kill_all(mut choose: impl FnMut(&[Row]) -> BTreeSet<i32>) -> usize {
    let mut stopped = BTreeSet::new();
    for _ in 0..LOOKS {
        let rows = processes::all();
        let found = processes::with_descendants(choose(&rows), &rows);
        let fresh: Vec<i32> = found.difference(&stopped).copied().collect();
        if fresh.is_empty() {
            break;
        }
        signal(&fresh, Signal::STOP);
        stopped.extend(fresh);
    }
    signal(&stopped, Signal::KILL);
    stopped.len()
}

fn signal<'a>(pids: impl IntoIterator<Item = &'a i32>, signal: Signal) {
    for pid in pids.into_iter().filter_map(|pid| Pid::from_raw(*pid)) {
        // Gone already is the wished-for state.
        let _ = kill_process(pid, signal);
    }
}

fn orphans_among(rows: &[Row], known: &Known) -> BTreeSet<i32> {
    let me = getpid().as_raw_nonzero().get();
    let group = getpgrp().as_raw_nonzero().get();
    rows.iter()
        .filter(|row| row.parent == me && !known.has(row.pid))
        // What this program starts without a group of its own is no task's, unless it is another user's.
        .filter(|row| row.group != group || !is_of_our_user(row.pid))
        .map(|row| row.pid)
        .collect()
}

fn is_of_our_user(pid: i32) -> bool {
    fs::metadata(format!("/proc/{pid}")).is_ok_and(|entry| entry.uid() == geteuid().as_raw())
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};

    use super::*;

    /// Starts a shell that leaves a process behind, and returns that process' number.
    fn leave_behind(command: &str) -> String {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &format!("setsid {command} > /dev/null & echo $!")])
            .process_group(0)
            .stdout(Stdio::piped());
        let spawn = || shell.spawn().map(|child| (Some(child.id()), child));
        let (child, _started) = children::start(spawn).unwrap();
        let said = child.wait_with_output().unwrap().stdout;
        String::from_utf8(said).unwrap().trim().to_owned()
    }

    #[tokio::test]
    async fn f11_orphans_are_killed_and_those_that_ended_by_themselves_are_reaped() {
        adopt_orphans().unwrap();
        let mut own = Command::new("sleep").arg("600").spawn().unwrap();
        for command in ["sleep 600", "true"] {
            let orphan = leave_behind(command);
            sweep().await;
            let left = fs::read_to_string(format!("/proc/{orphan}/stat"));
            assert!(left.is_err(), "{command}: {left:?}");
        }
        // What this program started itself, in its own group, is nobody's orphan.
        assert!(own.try_wait().unwrap().is_none());
        own.kill().unwrap();
        own.wait().unwrap();
    }
}
