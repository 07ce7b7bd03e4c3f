//! Asking a task's code something outside of its runs: which choices a parameter has, whether its settings work.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::secret::Secret;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::ending::{MAX_MESSAGE, explained, head};
use super::folder;
use super::interpreter::{Errand, Interpreter, OneAnswer};
use super::prepare::task_settings;
use super::redact::Redactor;
use super::supervise::in_words;
use super::values::{OpenError, Opened, Recipient, Values};
use crate::tasks::TaskFolder;
use crate::{Config, Error};

/// Asks; cheap to clone.
#[derive(Clone)]
pub(crate) struct Questions {
    pub(crate) config: Arc<Config>,
    pub(crate) interpreter: Interpreter,
    pub(crate) values: Values,
}

/// What is asked.
pub(crate) struct Question<'a> {
    /// Whom.
    pub(crate) task: &'a TaskFolder,
    /// The harness' mode.
    pub(crate) mode: &'static str,
    /// What the mode needs besides the usual.
    pub(crate) more: Map<String, Value>,
    /// The task's settings as a run's snapshot has them.
    pub(crate) saved: Map<String, Value>,
    /// How long it may take.
    pub(crate) limit: Duration,
    /// Secrets of fewer bytes are left in an answer that is no failure.
    pub(crate) shortest: usize,
}

/// What came back, without secrets.
pub(crate) enum Reply {
    /// The harness' event.
    Said(Map<String, Value>),
    /// The words of the task's exception, or a sentence of ours.
    Failed(String),
    /// It said nothing; why, as the rest of a sentence.
    Nothing(String),
}

impl Questions {
    /// How long a question may take that a page waits for.
    pub(crate) fn describe_limit(&self) -> Duration {
        self.config.describe_limit
    }

    /// Starts a process as a run would, with the settings opened, and waits for its one answer.
    pub(crate) async fn ask(&self, question: Question<'_>) -> Result<Reply, Error> {
        let folder = WorkingFolder::create(&self.config.data_dir)?;
        let task = question.task;
        let recipient = Recipient {
            task: &task.name,
            specs: task.params(),
            folder: &folder.0,
        };
        let Opened {
            params,
            secrets,
            suspects,
        } = match self.values.open(&recipient, question.saved).await {
            Ok(opened) => opened,
            Err(OpenError::Gone(sentence) | OpenError::NotConnected(sentence)) => {
                return Ok(Reply::Failed(sentence));
            }
            Err(OpenError::Failed(error)) => return Err(error),
        };
        let mut request = question.more;
        request.extend([
            ("mode".to_owned(), json!(question.mode)),
            ("name".to_owned(), json!(task.name)),
            ("job_file".to_owned(), json!(task.job_file.to_string_lossy())),
            (
                "code".to_owned(),
                json!(task.code.folder().map(Path::to_string_lossy)),
            ),
            ("folder".to_owned(), json!(folder.0)),
            ("settings".to_owned(), Value::Object(task_settings(&self.config))),
            ("params".to_owned(), Value::Object(params)),
        ]);
        let request = Secret::new(Value::Object(request).to_string());
        let errand = Errand {
            task: &task.name,
            python: &task.python,
            run_id: None,
            folder: &folder.0,
            limits: task.found.as_ref().map(|info| info.limits).unwrap_or_default(),
        };
        let answer = self
            .interpreter
            .ask_in(&request, &errand, question.limit)
            .await
            .map_err(Error::io("start Python"))?;
        let secrets = || secrets.iter().chain(self.interpreter.secrets());
        Ok(match read(answer) {
            Reply::Said(event) => {
                let is_long = |secret: &&Secret| secret.expose().len() >= question.shortest;
                let redactor = Redactor::new(secrets().filter(is_long));
                let clean = event.into_iter().map(|(key, value)| (key, redactor.value(value)));
                Reply::Said(clean.collect())
            }
            Reply::Failed(said) => {
                let said = Redactor::new(secrets()).text(said);
                Reply::Failed(explained(&suspects, &head(said, MAX_MESSAGE)))
            }
            nothing @ Reply::Nothing(_) => nothing,
        })
    }
}

fn read(answer: OneAnswer) -> Reply {
    let line = match answer {
        OneAnswer::Said(line) => line,
        OneAnswer::TimedOut(limit) => {
            return Reply::Nothing(format!("it took longer than {}", in_words(limit)));
        }
        OneAnswer::Silent(how) => return Reply::Nothing(how),
    };
    let Ok(event) = serde_json::from_str::<Map<String, Value>>(&line) else {
        return Reply::Nothing("its answer cannot be read".into());
    };
    let text = |key: &str| event.get(key).and_then(Value::as_str).unwrap_or_default();
    match (text("event"), text("exception"), text("message")) {
        ("error" | "load_error", exception, "") => Reply::Failed(exception.to_owned()),
        ("error" | "load_error", "", message) => Reply::Failed(message.to_owned()),
        ("error" | "load_error", exception, message) => Reply::Failed(format!("{exception}: {message}")),
        _ => Reply::Said(event),
    }
}

/// Removed with all that is in it when it is dropped, so also when a page is left before the answer came.
struct WorkingFolder(PathBuf);

impl WorkingFolder {
    fn create(data_dir: &Path) -> Result<Self, Error> {
        let path = folder::all(data_dir).join(Uuid::now_v7().to_string());
        folder::create(&path)?;
        Ok(Self(path))
    }
}

impl Drop for WorkingFolder {
    fn drop(&mut self) {
        if let Err(error) = folder::remove_now(&self.0) {
            tracing::warn!("working folder {} not removed: {error}", self.0.display());
        }
    }
}
