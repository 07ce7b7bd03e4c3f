//! A harness process: its pipes, and the signals to its group.

use std::io;
use std::os::fd::OwnedFd;
use std::process::{ExitStatus, Stdio};

use command_fds::CommandFdExt;
use command_fds::FdMapping;
use domain::secret::Secret;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncWriteExt;
use tokio::net::unix::pipe;
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

/// Where the harness writes its events.
const EVENTS_FD: i32 = 3;

/// A running harness, leader of its own process group.
pub(super) struct Process {
    child: Child,
    /// Kept open while the process runs: its end tells the harness that the server died.
    stdin: ChildStdin,
    group: Pid,
}

/// The reading ends of a harness.
pub(super) struct Pipes {
    pub(super) events: pipe::Receiver,
    pub(super) stdout: ChildStdout,
    pub(super) stderr: ChildStderr,
}

impl Process {
    /// Starts the command with an events pipe and gives it its request.
    pub(super) async fn start(mut command: Command, request: &Secret) -> io::Result<(Self, Pipes)> {
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
        let mut child = command.spawn()?;
        // The writing end lives in the command; while it is open here, the pipe would never end.
        drop(command);
        let events = pipe::Receiver::from_owned_fd(OwnedFd::from(reader))?;
        let missing = || io::Error::other("a pipe of the child is missing");
        let group = child
            .id()
            .and_then(|id| Pid::from_raw(id.cast_signed()))
            .ok_or_else(missing)?;
        let stdout = child.stdout.take().ok_or_else(missing)?;
        let stderr = child.stderr.take().ok_or_else(missing)?;
        let mut stdin = child.stdin.take().ok_or_else(missing)?;
        // A child that died before reading shows itself by its exit status, which says more than a broken pipe.
        if stdin.write_all(request.expose().as_bytes()).await.is_ok() {
            let _ = stdin.write_all(b"\n").await;
        }
        Ok((
            Self { child, stdin, group },
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
        self.child.wait().await
    }

    /// Asks the group to stop.
    pub(super) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Kills whatever is left of the group.
    pub(super) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    fn signal(&self, signal: Signal) {
        // An empty group is the wished-for state, not a failure.
        let _ = kill_process_group(self.group, signal);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = &self.stdin;
        self.kill();
    }
}
