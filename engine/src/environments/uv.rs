//! Running uv: which environment it gets, what it says meanwhile.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::net::unix::pipe;
use tokio::process::Command;

use crate::runner::{Lines, children};

/// What uv and the build scripts of packages need of the server's environment: programs, certificates, proxies.
const PASSED_ON: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NETRC",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
];
/// Variables of uv that say where to install or which Python to take, which is for us to say.
const OURS: &[&str] = &[
    "UV_PYTHON",
    "UV_SYSTEM_PYTHON",
    "UV_PROJECT",
    "UV_VENV",
    "UV_WORKING_DIR",
    "UV_CACHE_DIR",
    "UV_TARGET",
    "UV_PREFIX",
];
/// pip's settings that many machines have, and uv's names for them.
const FROM_PIP: &[(&str, &str)] = &[
    ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"),
    ("PIP_EXTRA_INDEX_URL", "UV_EXTRA_INDEX_URL"),
    ("PIP_FIND_LINKS", "UV_FIND_LINKS"),
    ("PIP_TRUSTED_HOST", "UV_INSECURE_HOST"),
    ("PIP_NO_INDEX", "UV_NO_INDEX"),
    ("PIP_CERT", "SSL_CERT_FILE"),
];
/// Lines of output that are kept for whoever asks why: the end says it.
const MAX_LINES: usize = 500;
/// Longer lines arrive in pieces.
const MAX_LINE: usize = 8 * 1024;
/// How the shell says that it did not find the program.
const NOT_FOUND: i32 = 127;

/// The program and what it is always told.
#[derive(Debug, Clone)]
pub(super) struct Uv {
    pub(super) program: PathBuf,
    pub(super) cache: PathBuf,
}

/// Why a command of uv came to nothing.
#[derive(Debug)]
pub(super) enum Failed {
    /// There is no such program.
    NotFound,
    /// It could not be started.
    Io(io::Error),
    /// It ended with an error; what it said.
    Said(String),
}

impl Uv {
    /// Runs uv in a folder; `on_line` hears each line. Ends with this future, together with all it started.
    pub(super) async fn run(
        &self,
        arguments: &[&OsStr],
        folder: &Path,
        mut on_line: impl FnMut(&str),
    ) -> Result<(), Failed> {
        let (reader, writer) = io::pipe().map_err(Failed::Io)?;
        let mut command = self.command(arguments, folder);
        command
            .stdout(writer.try_clone().map_err(Failed::Io)?)
            .stderr(writer);
        let spawn = || command.spawn().map(|child| (child.id(), child));
        let (mut child, started) = children::start(spawn).map_err(Failed::Io)?;
        // The writing ends live in the command; while they are open here, the pipe would never end.
        drop(command);
        let _group = Group(started.pid());
        let reader = pipe::Receiver::from_owned_fd(OwnedFd::from(reader)).map_err(Failed::Io)?;
        let mut lines = Lines::new(reader, MAX_LINE);
        let mut output = VecDeque::new();
        while let Some(line) = lines.next().await {
            on_line(&line);
            output.push_back(line);
            if output.len() > MAX_LINES {
                output.pop_front();
            }
        }
        let status = child.wait().await.map_err(Failed::Io)?;
        match status.code() {
            Some(0) => Ok(()),
            Some(NOT_FOUND) => Err(Failed::NotFound),
            _ => {
                if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
                    output.push_back(format!("error: uv was ended by signal {signal}"));
                }
                Err(Failed::Said(Vec::from(output).join("\n")))
            }
        }
    }

    fn command(&self, arguments: &[&OsStr], folder: &Path) -> Command {
        let mut command = Command::new("/bin/sh");
        command
            // What is installed may be read by the tasks' own user, whatever the server's mask is.
            .args(["-c", "umask 022; exec \"$@\"", "sh"])
            .arg(&self.program)
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .process_group(0)
            .kill_on_drop(true)
            .env_clear();
        for (name, value) in variables(&std::env::vars_os().collect::<Vec<_>>()) {
            command.env(name, value);
        }
        command
            .env("LANG", "C.UTF-8")
            .env("NO_COLOR", "1")
            .env("UV_NO_PROGRESS", "1")
            .env("UV_PYTHON_DOWNLOADS", "never")
            .env("UV_CACHE_DIR", &self.cache);
        command
    }
}

/// What of the server's environment uv gets.
fn variables(server: &[(OsString, OsString)]) -> Vec<(OsString, OsString)> {
    let of = |wanted: &str| {
        server
            .iter()
            .find(|(name, value)| name == wanted && !value.is_empty())
            .map(|(_, value)| value.clone())
    };
    let from_pip = FROM_PIP
        .iter()
        .filter(|(_, uvs)| of(uvs).is_none() && !(*uvs == "UV_DEFAULT_INDEX" && of("UV_INDEX_URL").is_some()))
        .filter_map(|(pips, uvs)| Some((OsString::from(uvs), translated(uvs, &of(pips)?))))
        .filter(|(_, value)| !value.is_empty());
    let passed_on = server.iter().filter(|(name, _)| {
        let name = name.to_string_lossy();
        PASSED_ON.contains(&&*name)
            || (name.starts_with("UV_") && !OURS.iter().any(|ours| name.starts_with(ours)))
    });
    passed_on.cloned().chain(from_pip).collect()
}

/// pip separates by spaces and passes over folders that are not there; uv separates links by commas, and insists.
fn translated(uvs: &str, value: &OsStr) -> OsString {
    if uvs != "UV_FIND_LINKS" {
        return value.to_owned();
    }
    let links: Vec<_> = value
        .to_str()
        .unwrap_or_default()
        .split_whitespace()
        .filter(|link| link.contains("://") || Path::new(link).exists())
        .collect();
    links.join(",").into()
}

/// A process group that does not outlive this value.
struct Group(Pid);

impl Drop for Group {
    fn drop(&mut self) {
        // An empty group is the wished-for state, not a failure.
        let _ = kill_process_group(self.0, Signal::KILL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uv_gets_index_settings_and_proxies_and_nothing_secret() {
        let server = [
            ("PATH", "/bin"),
            ("TASK_DATABASE_URL", "sqlite:secret"),
            ("SECRET_KEY", "x"),
            ("HTTPS_PROXY", "http://proxy"),
            ("PIP_INDEX_URL", "https://index.example/simple"),
            ("PIP_FIND_LINKS", "/ /no/such/folder https://links.example"),
            ("PIP_TRUSTED_HOST", "index.example"),
            ("UV_INSECURE_HOST", "other.example"),
            ("UV_HTTP_TIMEOUT", "5"),
            ("UV_PYTHON_PREFERENCE", "managed"),
            ("UV_SYSTEM_PYTHON", "1"),
        ];
        let given = variables(server.map(|(name, value)| (name.into(), value.into())).as_slice());
        let mut given: Vec<_> = given
            .iter()
            .map(|(name, value)| format!("{}={}", name.display(), value.display()))
            .collect();
        given.sort();
        assert_eq!(
            given,
            [
                "HTTPS_PROXY=http://proxy",
                "PATH=/bin",
                "UV_DEFAULT_INDEX=https://index.example/simple",
                "UV_FIND_LINKS=/,https://links.example",
                "UV_HTTP_TIMEOUT=5",
                "UV_INSECURE_HOST=other.example",
            ]
        );
    }
}
