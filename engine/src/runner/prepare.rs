//! What a run's child gets: the request with settings, parameters and secrets, checked against what the task asks for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::run::FailureReason;
use domain::secret::Secret;
use domain::task::TaskLimits;
use serde_json::{Map, Value, json};

use super::folder;
use super::redact::Redactor;
use super::run::Runner;
use super::values::{OpenError, Recipient};
use crate::runs::{Claimed, Ending};
use crate::settings::{in_words, of_snapshot};
use crate::tasks::TaskFolder;
use crate::{Config, Error};

/// Ready to start.
pub(super) struct Prepared {
    /// The line for the child's stdin. It holds secrets, so it is one.
    pub(super) request: Secret,
    pub(super) redactor: Redactor,
    /// Sentences on what is likely to be the cause if the task fails.
    pub(super) suspects: Vec<String>,
    /// The run's own working folder.
    pub(super) folder: PathBuf,
    /// The task as it is now: its code stays for as long as this is held.
    pub(super) task: Arc<TaskFolder>,
    /// What the task says of its limits.
    pub(super) limits: TaskLimits,
}

/// Why a run does not start: its ending, or a failure of ours.
pub(super) enum Refused {
    Ended(Ending),
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

fn refuse(reason: FailureReason, message: String) -> Refused {
    Refused::Ended(Ending::Failed {
        reason,
        message,
        traceback: None,
    })
}

impl Runner {
    pub(super) async fn prepare(
        &self,
        run: &Claimed,
        found: Option<Arc<TaskFolder>>,
    ) -> Result<Prepared, Refused> {
        let task = &run.task_name;
        let found = found.ok_or_else(|| {
            refuse(
                FailureReason::LoadError,
                format!("There is no task {task} in the tasks folder any more."),
            )
        })?;
        let info = found.found.as_ref().map_err(|problem| {
            let place = problem
                .place()
                .map(|place| format!("{place}: "))
                .unwrap_or_default();
            Refused::Ended(Ending::Failed {
                reason: FailureReason::LoadError,
                message: format!("{place}{}", problem.message),
                traceback: problem.traceback.clone(),
            })
        })?;
        let attention = of_snapshot(info, &run.params);
        if !attention.is_empty() {
            return Err(refuse(FailureReason::BadParams, in_words(&attention)));
        }
        let checkpoint = self.checkpoints.find(task, run.checkpoint_scope()).await?;
        let folder = folder::all(&self.config.data_dir).join(&run.run_id);
        folder::create(&folder)?;
        let recipient = Recipient {
            task,
            specs: &info.params,
            folder: &folder,
        };
        let opened = match self.values.open(&recipient, run.params.clone()).await {
            Ok(opened) => opened,
            Err(error) => {
                folder::remove(folder.clone()).await;
                return Err(match error {
                    OpenError::Gone(sentence) => refuse(FailureReason::BadParams, sentence),
                    OpenError::NotConnected(sentence) => refuse(FailureReason::NotConnected, sentence),
                    OpenError::Failed(error) => error.into(),
                });
            }
        };
        let request = json!({
            "mode": "run",
            "name": task,
            "run_id": run.run_id,
            "job_file": found.job_file.to_string_lossy(),
            "code": found.code.folder().map(Path::to_string_lossy),
            "folder": folder,
            "settings": task_settings(&self.config),
            "params": opened.params,
            "checkpoint": checkpoint,
        });
        Ok(Prepared {
            request: Secret::new(request.to_string()),
            redactor: Redactor::new(opened.secrets.iter().chain(self.interpreter.secrets())),
            suspects: opened.suspects,
            folder,
            limits: info.limits,
            task: Arc::clone(&found),
        })
    }
}

/// Values for `TasksSettings` in Python, in the plain: they go to a task's process.
pub(super) fn task_settings(config: &Config) -> Map<String, Value> {
    config
        .task_settings
        .iter()
        .map(|(field, value)| ((*field).to_owned(), Value::String(value.expose().to_owned())))
        .collect()
}
