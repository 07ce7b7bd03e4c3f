//! Starting the harness: which Python, which files, which environment.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::secret::Secret;
use domain::task::TaskLimits;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::Command;
use uuid::Uuid;

use super::environment::{self, Variables};
use super::process::{Pipes, Process};
use super::redact::Redactor;
use super::user::TaskUser;
use super::{folder, limits, python_side, secrets};
use crate::{Config, Error};

/// A description larger than this is a mistake.
const MAX_ANSWER: u64 = 4 * 1024 * 1024;

/// Events that other events follow.
const ON_THE_WAY: &[&str] = &["log", "progress", "artifact", "checkpoint", "reload"];

/// How to run the harness; cheap to clone.
#[derive(Clone)]
pub(crate) struct Interpreter {
    inner: Arc<Inner>,
}

struct Inner {
    harness: PathBuf,
    tasks_dir: PathBuf,
    /// Where working folders are.
    folders: PathBuf,
    describe_limit: Duration,
    limits: TaskLimits,
    user: Option<TaskUser>,
    variables: Variables,
    /// Secrets that any task may meet.
    secrets: Vec<Secret>,
}

/// What a process is started for, and where.
pub(crate) struct Errand<'a> {
    /// The task's name.
    pub(crate) task: &'a str,
    /// The interpreter that has its packages.
    pub(crate) python: &'a Path,
    /// None for questions.
    pub(crate) run_id: Option<&'a str>,
    /// Its working folder, made for it alone.
    pub(crate) folder: &'a Path,
    /// What the task says of its limits; the server's options fill in the rest.
    pub(crate) limits: TaskLimits,
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
        let user = TaskUser::find(config)?;
        folder::lay_out(&config.data_dir, user.as_ref())?;
        let harness = python_side::lay_out(&config.data_dir, &config.python)?.join("harness.py");
        if let Some(user) = &user {
            user.try_out(&config.python, &harness)?;
        }
        let variables = Variables::read(config);
        Ok(Self {
            inner: Arc::new(Inner {
                harness,
                tasks_dir: config.tasks_dir.clone(),
                folders: folder::all(&config.data_dir),
                describe_limit: config.describe_limit,
                limits: config.limits,
                user,
                secrets: secrets::of_server(config, &variables),
                variables,
            }),
        })
    }

    /// Secrets of the server's own settings that a task may meet, whatever its parameters.
    pub(super) fn secrets(&self) -> &[Secret] {
        &self.inner.secrets
    }

    /// A file of the Python side.
    pub(crate) fn beside_harness(&self, name: &str) -> PathBuf {
        self.inner.harness.with_file_name(name)
    }

    /// The user number that the files of a task have.
    pub(super) fn owner(&self) -> u32 {
        let ours = || rustix::process::geteuid().as_raw();
        self.inner.user.as_ref().map_or_else(ours, TaskUser::uid)
    }

    /// Starts the harness with a request.
    pub(super) async fn start(&self, request: &Secret, errand: &Errand<'_>) -> io::Result<(Process, Pipes)> {
        let Inner {
            harness,
            tasks_dir,
            user,
            variables,
            limits,
            ..
        } = &*self.inner;
        let mut command = Command::new(errand.python);
        // -I: neither the environment nor the current folder changes what is imported. -B: task folders may be
        // read-only. -u: what a task prints is seen as it prints.
        command
            .args(["-I", "-B", "-u", "-X", "utf8"])
            .arg(harness)
            .current_dir(errand.folder);
        environment::set(&mut command, variables, errand.task, user.as_ref(), errand.folder);
        command.env("EXTERNAL_TASKS_PATH", tasks_dir);
        if let Some(run_id) = errand.run_id {
            command.env("INSIGHTMESH_RUN_ID", run_id);
        }
        let limits = errand.limits.or(*limits);
        let Some(user) = user else {
            return Process::start(command, Some(limits), request).await;
        };
        user.give(errand.folder)?;
        user.run(command.as_std_mut());
        command.args(limits::as_arguments(limits));
        Process::start(command, None, request).await
    }

    /// Asks for one event in a folder made for it, then ends the process. The request names the task.
    pub(crate) async fn ask(&self, python: &Path, request: &Value) -> io::Result<OneAnswer> {
        let folder = self.inner.folders.join(Uuid::now_v7().to_string());
        folder::create(&folder).map_err(io::Error::other)?;
        let errand = Errand {
            task: request["name"].as_str().unwrap_or_default(),
            python,
            run_id: None,
            folder: &folder,
            limits: TaskLimits::default(),
        };
        let request = Secret::new(request.to_string());
        let answer = self.ask_in(&request, &errand, self.inner.describe_limit).await;
        folder::remove(folder).await;
        answer
    }

    /// Asks for one event within a time limit, then ends the process. The server's own secrets are taken out of a
    /// failure; those in the request are the caller's concern.
    pub(crate) async fn ask_in(
        &self,
        request: &Secret,
        errand: &Errand<'_>,
        limit: Duration,
    ) -> io::Result<OneAnswer> {
        let (mut process, pipes) = self.start(request, errand).await?;
        let Pipes {
            events,
            stdout,
            stderr,
        } = pipes;
        // What a task prints while it is asked interests nobody, but a full pipe would block it.
        let drains = [tokio::spawn(drain(stdout)), tokio::spawn(drain(stderr))];
        let said = match tokio::time::timeout(limit, final_event(events)).await {
            Err(_) => OneAnswer::TimedOut(limit),
            Ok(Some(answer)) => OneAnswer::Said(self.without_secrets(answer)),
            Ok(None) => match tokio::time::timeout(limit, process.wait()).await {
                Ok(status) => OneAnswer::Silent(format!("Python ended with {}", status?)),
                Err(_) => OneAnswer::TimedOut(limit),
            },
        };
        process.kill().await;
        process.wait().await?;
        process.clean_up().await;
        drains.iter().for_each(tokio::task::JoinHandle::abort);
        Ok(said)
    }

    /// Of a failure only: elsewhere a password that is an ordinary word would spoil what the task declares.
    fn without_secrets(&self, answer: String) -> String {
        let Ok(Value::Object(mut event)) = serde_json::from_str(&answer) else {
            return answer;
        };
        if self.inner.secrets.is_empty() || !event.contains_key("traceback") {
            return answer;
        }
        let redactor = Redactor::new(&self.inner.secrets);
        for key in ["message", "traceback"] {
            if let Some(text) = event.get_mut(key) {
                *text = redactor.value(text.take());
            }
        }
        Value::Object(event).to_string()
    }
}

/// The first whole event that is not said on the way.
async fn final_event(events: impl AsyncRead + Unpin) -> Option<String> {
    let mut lines = BufReader::new(events.take(MAX_ANSWER)).lines();
    loop {
        let line = lines.next_line().await.ok().flatten()?;
        let event: Value = serde_json::from_str(&line).ok()?;
        let kind = event.get("event").and_then(Value::as_str).unwrap_or_default();
        if !ON_THE_WAY.contains(&kind) {
            return Some(line);
        }
    }
}

async fn drain(mut pipe: impl AsyncReadExt + Unpin) {
    // Its content and its end are of no interest.
    let _ = tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await;
}
