//! What the system lets a child use, set from outside before it is told what to do.

use std::io;
use std::time::Duration;

use domain::task::TaskLimits;
use rustix::io::Errno;
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

const MIB: u64 = 1024 * 1024;
/// Below these Python itself does not start, and a run would fail without a word on why.
const LEAST_MEMORY_MB: u64 = 64;
const LEAST_OPEN_FILES: u64 = 32;
/// The highest `oom_score_adj`.
const FIRST_TO_GO: &str = "1000";

/// Limits a child that waits for its request, so that no code of a task ever runs without them.
pub(super) fn apply(child: Pid, limits: TaskLimits) -> io::Result<()> {
    for (resource, _, limit) in each(limits) {
        let new = Rlimit {
            current: Some(limit),
            maximum: Some(limit),
        };
        match prlimit(Some(child), resource, new) {
            // A child that died at once shows itself by its exit status.
            Ok(_) | Err(Errno::SRCH) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The limits for a harness that sets them itself: processes of another user are out of reach for `prlimit`, unless
/// this server has `CAP_SYS_RESOURCE`, which containers usually lack.
pub(super) fn as_arguments(limits: TaskLimits) -> impl Iterator<Item = String> {
    each(limits).map(|(_, name, limit)| format!("{name}={limit}"))
}

/// Lets the system end this child before anything else when memory runs out, the server above all.
pub(super) fn let_go_first(child: Pid) {
    let path = format!("/proc/{}/oom_score_adj", child.as_raw_nonzero());
    // Without it a run still works; some containers mount /proc read-only.
    if let Err(error) = std::fs::write(path, FIRST_TO_GO) {
        tracing::debug!("oom_score_adj not set: {error}");
    }
}

/// Memory is `RLIMIT_DATA`, not `RLIMIT_AS`: allocators, runtimes and numeric libraries reserve far more address space
/// than they ever use.
fn each(limits: TaskLimits) -> impl Iterator<Item = (Resource, &'static str, u64)> {
    let memory = limits.memory_mb.map(|mb| mb.max(LEAST_MEMORY_MB));
    let files = limits.open_files.map(|files| files.max(LEAST_OPEN_FILES));
    let bytes = |mb: u64| mb.saturating_mul(MIB);
    let each = [
        (Resource::Data, "RLIMIT_DATA", memory.map(bytes)),
        (Resource::Nproc, "RLIMIT_NPROC", limits.processes),
        (Resource::Fsize, "RLIMIT_FSIZE", limits.file_mb.map(bytes)),
        (Resource::Nofile, "RLIMIT_NOFILE", files),
        // A memory dump would leave the passwords of a task on the disk.
        (Resource::Core, "RLIMIT_CORE", Some(0)),
    ];
    each.into_iter().filter_map(|(resource, name, limit)| {
        // Nobody but root may go above what the server itself was given.
        let most = getrlimit(resource).maximum.unwrap_or(u64::MAX);
        Some((resource, name, limit?.min(most)))
    })
}

/// How long a run may take: its task's own limit, or the usual one.
pub(super) fn time(limits: TaskLimits, usual: Duration) -> Duration {
    limits
        .time_minutes
        .map_or(usual, |minutes| Duration::from_secs(minutes.saturating_mul(60)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f18_limits_under_which_python_would_not_start_are_raised() {
        let tiny = TaskLimits {
            memory_mb: Some(1),
            open_files: Some(3),
            ..TaskLimits::default()
        };
        let arguments: Vec<String> = as_arguments(tiny).collect();
        assert_eq!(
            arguments,
            ["RLIMIT_DATA=67108864", "RLIMIT_NOFILE=32", "RLIMIT_CORE=0"]
        );
    }

    #[test]
    fn f13_a_task_may_have_a_time_limit_of_its_own() {
        let own = TaskLimits {
            time_minutes: Some(90),
            ..TaskLimits::default()
        };
        let usual = Duration::from_secs(7);
        assert_eq!(time(own, usual), Duration::from_mins(90));
        assert_eq!(time(TaskLimits::default(), usual), usual);
        let endless = TaskLimits {
            time_minutes: Some(u64::MAX),
            ..own
        };
        assert!(time(endless, usual) > Duration::from_hours(24));
    }
}
