//! Before a run: the task with its packages, which may have to be installed first.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::Arc;

use domain::run::{FailureReason, LogLevel, LogStream};
use tokio::sync::mpsc;

use super::ending::ending;
use super::redact::Redactor;
use super::run::{Held, Runner};
use crate::db::now;
use crate::environments::PackagesFailed;
use crate::runs::{Claimed, Ending, Logs, NewLine};
use crate::signals::Signals;
use crate::tasks::TaskFolder;

impl Runner {
    /// The task as it is now, none if there is none any more. Waits while its packages are being installed, which the log
    /// of the run tells. A stop ends the waiting, not the installing: others may wait for it as well.
    pub(super) async fn find_task(
        &self,
        run: &Claimed,
        hold: &Held,
    ) -> Result<Option<Arc<TaskFolder>>, Ending> {
        let time_limit = self.config.time_limit;
        tokio::select! {
            found = self.find_prepared(run) => found,
            cause = self.reason_to_stop(hold, time_limit) => {
                let none = Redactor::new([]);
                Err(ending(None, ExitStatus::from_raw(0), Some(cause), &none, time_limit))
            }
        }
    }

    async fn find_prepared(&self, run: &Claimed) -> Result<Option<Arc<TaskFolder>>, Ending> {
        let (sender, lines) = mpsc::unbounded_channel();
        let telling = tokio::spawn(tell(self.logs.clone(), self.signals.clone(), run.clone(), lines));
        let on_line = move |line| drop(sender.send(line));
        let task = self.catalog.find_prepared(&run.task_name, &on_line).await;
        let ready = task.as_ref().filter(|task| task.found.is_ok());
        let installed = match ready.and_then(|task| task.requirements.as_ref()) {
            // Somebody may have removed them since the task was described.
            Some(requirements) => self
                .environments
                .python_for(requirements, &on_line)
                .await
                .map(drop),
            None => Ok(()),
        };
        drop(on_line);
        // The log's own writer begins after these lines. A line lost with the teller is logged by it.
        drop(telling.await);
        installed.map_err(not_installed)?;
        Ok(task)
    }
}

/// Writes lines into a run's log as they come.
async fn tell(logs: Logs, signals: Signals, run: Claimed, mut lines: mpsc::UnboundedReceiver<String>) {
    while let Some(line) = lines.recv().await {
        let line = NewLine {
            at: now(),
            stream: LogStream::System,
            level: LogLevel::Info,
            text: format!("Installing packages: {line}"),
        };
        let stored = match logs.next_seq(run.id).await {
            Ok(next) => logs.append(run.id, next, &[line]).await,
            Err(error) => Err(error),
        };
        if let Err(error) = stored {
            tracing::error!(run = %run.run_id, "log lines not stored: {error}");
        }
        signals.run_moved(&run.run_id);
    }
}

fn not_installed(failed: PackagesFailed) -> Ending {
    Ending::Failed {
        reason: FailureReason::LoadError,
        message: format!("The task's packages could not be installed. {}", failed.message),
        traceback: Some(failed.output).filter(|output| !output.is_empty()),
    }
}
