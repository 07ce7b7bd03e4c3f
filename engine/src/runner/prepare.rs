//! What a run's child gets: the request with settings, parameters and secrets, checked against what the task asks for.

use std::path::PathBuf;

use domain::run::FailureReason;
use domain::secret::Secret;
use serde_json::{Map, Value, json};

use super::redact::Redactor;
use super::run::Runner;
use crate::Error;
use crate::runs::{Claimed, Ending};
use crate::settings::{SECRET_MARK, vault_owner};

/// Ready to start.
pub(super) struct Prepared {
    /// The line for the child's stdin. It holds secrets, so it is one.
    pub(super) request: Secret,
    pub(super) redactor: Redactor,
    /// The run's own working folder.
    pub(super) folder: PathBuf,
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
    pub(super) async fn prepare(&self, run: &Claimed) -> Result<Prepared, Refused> {
        let task = &run.task_name;
        let folder = self.catalog.find(task).ok_or_else(|| {
            refuse(
                FailureReason::LoadError,
                format!("There is no folder {task} in the tasks folder any more."),
            )
        })?;
        let info = folder.found.as_ref().map_err(|problem| {
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
        let mut params = run.params.clone();
        let secrets = self.vault.open_all(&vault_owner(task)).await?;
        let known = |name: &String| info.params.iter().any(|spec| spec.name == *name);
        if let Some(name) = params.keys().find(|name| !known(name)) {
            return Err(refuse(
                FailureReason::BadParams,
                format!("The task no longer asks for \"{name}\"."),
            ));
        }
        for (name, value) in &mut params {
            if value.get(SECRET_MARK).is_some() {
                let secret = secrets.get(name).ok_or_else(|| {
                    refuse(
                        FailureReason::BadParams,
                        format!("The saved value of \"{name}\" was removed."),
                    )
                })?;
                *value = Value::String(secret.expose().to_owned());
            }
        }
        if let Some(missing) = info
            .params
            .iter()
            .find(|spec| spec.required && !params.contains_key(&spec.name))
        {
            return Err(refuse(
                FailureReason::BadParams,
                format!("{} is not filled in.", missing.label),
            ));
        }
        let settings: Map<String, Value> = self
            .config
            .task_settings
            .iter()
            .map(|(field, value)| ((*field).to_owned(), Value::String(value.expose().to_owned())))
            .collect();
        let request = json!({
            "mode": "run",
            "name": task,
            "run_id": run.run_id,
            "job_file": self.catalog.job_file(task),
            "settings": settings,
            "params": params,
        });
        Ok(Prepared {
            request: Secret::new(request.to_string()),
            redactor: Redactor::new(secrets.values()),
            folder: self.create_folder(&run.run_id)?,
        })
    }

    fn create_folder(&self, run_id: &str) -> Result<PathBuf, Error> {
        use std::os::unix::fs::DirBuilderExt;
        let folder = self.config.data_dir.join("runs").join(run_id);
        let what = || format!("create {}", folder.display());
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(Error::io(what()))?;
        // Tasks run with another current folder, so a relative data folder would not be found.
        std::path::absolute(&folder).map_err(Error::io(what()))
    }
}
