//! The operating-system user that runs tasks, if it is not the server's own.

use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::unistd::User;
use rustix::process::geteuid;

use super::children;
use crate::{Config, Error};

/// `TASK_USER`, found.
#[derive(Debug, Clone)]
pub(crate) struct TaskUser {
    name: String,
    uid: u32,
    gid: u32,
}

impl TaskUser {
    /// The user that the settings name; none means the server's own.
    pub(super) fn find(config: &Config) -> Result<Option<Self>, Error> {
        let Some(name) = &config.task_user else {
            return Ok(None);
        };
        let found = User::from_name(name).map_err(|errno| Error::Io {
            what: format!("look up the user {name}"),
            source: errno.into(),
        })?;
        let user = found.ok_or_else(|| {
            Error::Config(format!(
                "TASK_USER is \"{name}\", but this computer has no user of that name. Create it, for example with \
                 useradd --system {name}, or leave TASK_USER empty."
            ))
        })?;
        if !geteuid().is_root() {
            return Err(Error::Config(format!(
                "TASK_USER is \"{name}\", but only a server that is run by root can start tasks as another user. Run \
                 it by root, or leave TASK_USER empty."
            )));
        }
        if user.uid.is_root() {
            return Err(Error::Config(format!(
                "TASK_USER is \"{name}\", which is root. Name a user without rights of its own."
            )));
        }
        Ok(Some(Self {
            name: user.name,
            uid: user.uid.as_raw(),
            gid: user.gid.as_raw(),
        }))
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Its number.
    pub(super) fn uid(&self) -> u32 {
        self.uid
    }

    /// Makes a command run as this user. The standard library drops root's further groups with it.
    pub(super) fn run(&self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    /// Gives a folder that only we have written to so far to this user, with all that is in it.
    pub(super) fn give(&self, folder: &Path) -> io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                self.give(&entry.path())?;
            } else {
                chown(entry.path(), Some(self.uid), Some(self.gid))?;
            }
        }
        chown(folder, Some(self.uid), Some(self.gid))
    }

    /// Starts Python once as this user, so that a server that could not run a single task says so when it starts.
    pub(super) fn try_out(&self, python: &Path, harness: &Path) -> Result<(), Error> {
        let mut command = Command::new(python);
        command
            .args(["-I", "-c", "import sys; open(sys.argv[1]).close()"])
            .arg(harness)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        self.run(&mut command);
        let refused = |why: String| {
            Error::Config(format!(
                "TASK_USER is \"{}\", but no task can run as that user: {why}. It needs to reach {} and {}.",
                self.name,
                python.display(),
                harness.display(),
            ))
        };
        let spawn = || command.spawn().map(|child| (Some(child.id()), child));
        let (child, _started) = children::start(spawn).map_err(|error| refused(error.to_string()))?;
        let output = child
            .wait_with_output()
            .map_err(|error| refused(error.to_string()))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(refused(said.lines().last().unwrap_or("Python failed").to_owned()))
    }
}
