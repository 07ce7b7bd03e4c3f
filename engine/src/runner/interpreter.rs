//! Starting the harness: which Python, which files, which environment.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::secret::Secret;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::Command;

use super::environment;
use super::process::{Pipes, Process};
use super::python_side;
use crate::{Config, Error};

/// A description larger than this is a mistake.
const MAX_ANSWER: u64 = 4 * 1024 * 1024;

/// How to run the harness; cheap to clone.
#[derive(Clone)]
pub(crate) struct Interpreter {
    inner: Arc<Inner>,
}

struct Inner {
    python: PathBuf,
    harness: PathBuf,
    tasks_dir: PathBuf,
    describe_limit: Duration,
}

/// What came of asking the harness one thing.
pub(crate) enum OneAnswer {
    /// Its first event.
    Said(String),
    /// Nothing within the limit.
    TimedOut(Duration),
    /// It ended without a word; how it ended.
    Silent(String),
}

impl Interpreter {
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        let harness = python_side::lay_out(&config.data_dir, &config.python)?.join("harness.py");
        Ok(Self {
            inner: Arc::new(Inner {
                python: config.python.clone(),
                harness,
                tasks_dir: config.tasks_dir.clone(),
                describe_limit: config.describe_limit,
            }),
        })
    }

    /// Starts the harness in a folder with a request.
    pub(super) async fn start(
        &self,
        request: &Secret,
        run_id: Option<&str>,
        folder: &Path,
    ) -> io::Result<(Process, Pipes)> {
        let mut command = Command::new(&self.inner.python);
        // -I: neither the environment nor the current folder changes what is imported. -B: task folders may be
        // read-only. -u: what a task prints is seen as it prints.
        command
            .args(["-I", "-B", "-u", "-X", "utf8"])
            .arg(&self.inner.harness)
            .current_dir(folder);
        environment::set(&mut command, run_id, &self.inner.tasks_dir, folder);
        Process::start(command, request).await
    }

    /// Asks for one event, then ends the process.
    pub(crate) async fn ask(&self, request: &Value) -> io::Result<OneAnswer> {
        let limit = self.inner.describe_limit;
        let (mut process, pipes) = self
            .start(&Secret::new(request.to_string()), None, &std::env::temp_dir())
            .await?;
        let Pipes {
            events,
            stdout,
            stderr,
        } = pipes;
        // What a task prints while it is described interests nobody, but a full pipe would block it.
        let drains = [tokio::spawn(drain(stdout)), tokio::spawn(drain(stderr))];
        let mut answer = String::new();
        let mut events = BufReader::new(events.take(MAX_ANSWER));
        let read = tokio::time::timeout(limit, events.read_line(&mut answer)).await;
        let said = match read {
            Err(_) => OneAnswer::TimedOut(limit),
            Ok(Ok(bytes)) if bytes > 0 && answer.ends_with('\n') => OneAnswer::Said(answer),
            Ok(_) => match tokio::time::timeout(limit, process.wait()).await {
                Ok(status) => OneAnswer::Silent(format!("Python ended with {}", status?)),
                Err(_) => OneAnswer::TimedOut(limit),
            },
        };
        process.kill();
        process.wait().await?;
        drains.iter().for_each(tokio::task::JoinHandle::abort);
        Ok(said)
    }
}

async fn drain(mut pipe: impl AsyncReadExt + Unpin) {
    // Its content and its end are of no interest.
    let _ = tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await;
}
