//! A harness process: its pipes, and the signals to its group.

use std::io;
use std::os::fd::OwnedFd;
use std::process::{ExitStatus, Stdio};

use command_fds::CommandFdExt;
use command_fds::FdMapping;
use domain::secret::Secret;
use domain::task::TaskLimits;
use rustix::process::{Signal, kill_process_group};
use tokio::io::AsyncWriteExt;
use tokio::net::unix::pipe;
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

use super::children::{self, Started};
use super::{limits, sweep};

/// Where the harness writes its events.
const EVENTS_FD: i32 = 3;

/// A running harness, leader of its own process group.
pub(super) struct Process {
    child: Child,
    /// Kept open while the process runs: its end tells the harness that the server died.
    stdin: ChildStdin,
    /// The main process was waited for, so its number may come to belong to another.
    has_ended: bool,
    /// Its process group has the same number.
    started: Started,
}

/// The reading ends of a harness.
pub(super) struct Pipes {
    pub(super) events: pipe::Receiver,
    pub(super) stdout: ChildStdout,
    pub(super) stderr: ChildStderr,
}

impl Process {
    /// Starts the command with an events pipe, limits it unless it limits itself, and gives it its request.
    pub(super) async fn start(
        mut command: Command,
        limits: Option<TaskLimits>,
        request: &Secret,
    ) -> io::Result<(Self, Pipes)> {
        let (reader, writer) = io::pipe()?;
        command
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .fd_mappings(vec![FdMapping {
                parent_fd: writer.into(),
                child_fd: EVENTS_FD,
            }])
            .map_err(io::Error::other)?;
        let (mut child, started) = children::start(|| command.spawn().map(|child| (child.id(), child)))?;
        // The writing end lives in the command; while it is open here, the pipe would never end.
        drop(command);
        let events = pipe::Receiver::from_owned_fd(OwnedFd::from(reader))?;
        let missing = || io::Error::other("a pipe of the child is missing");
        let stdout = child.stdout.take().ok_or_else(missing)?;
        let stderr = child.stderr.take().ok_or_else(missing)?;
        let mut stdin = child.stdin.take().ok_or_else(missing)?;
        if let Some(limits) = limits {
            limits::apply(started.pid(), limits)?;
        }
        limits::let_go_first(started.pid());
        // A child that died before reading shows itself by its exit status, which says more than a broken pipe.
        if stdin.write_all(request.expose().as_bytes()).await.is_ok() {
            let _ = stdin.write_all(b"\n").await;
        }
        Ok((
            Self {
                child,
                stdin,
                has_ended: false,
                started,
            },
            Pipes {
                events,
                stdout,
                stderr,
            },
        ))
    }

    /// Waits for the main process, whatever its descendants do.
    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        // `Child::wait` closes a stdin it still holds; ours was taken out and stays open.
        let status = self.child.wait().await?;
        self.has_ended = true;
        Ok(status)
    }

    /// Asks the group to stop.
    pub(super) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Kills the group and whatever left it, while it is still known who descends from whom.
    pub(super) async fn kill(&self) {
        self.signal(Signal::KILL);
        if self.has_ended {
            return;
        }
        let main = self.started.pid();
        if tokio::task::spawn_blocking(move || sweep::kill_tree(main))
            .await
            .is_err()
        {
            tracing::error!("a process tree was not killed");
        }
    }

    /// After the main process ended: kills what it left in its group and elsewhere.
    pub(super) async fn clean_up(&self) {
        self.signal(Signal::KILL);
        sweep::sweep().await;
    }

    fn signal(&self, signal: Signal) {
        // An empty group is the wished-for state, not a failure.
        let _ = kill_process_group(self.started.pid(), signal);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = &self.stdin;
        if !self.has_ended {
            self.signal(Signal::KILL);
        }
    }
}
