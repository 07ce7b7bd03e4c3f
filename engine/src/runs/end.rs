//! How a run ended, as it is written into its row: once, and however long the database is away.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chrono::NaiveDateTime;
use domain::run::{FailureReason, Outcome, Records, RunStatus};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Claimed;
use crate::Error;
use crate::db::{now, to_db};

/// How a run ended.
pub(crate) enum Ending {
    /// The task returned a result; it may still count as failed.
    Returned(Outcome),
    /// It failed.
    Failed {
        reason: FailureReason,
        message: String,
        traceback: Option<String>,
    },
    /// A person stopped it.
    Cancelled,
}

/// An ending with the run it belongs to, ready to be written; passwords are out of it.
#[derive(Serialize, Deserialize)]
pub(crate) struct End {
    pub(super) run: i64,
    pub(crate) run_id: String,
    pub(super) task_name: String,
    pub(super) schedule_id: Option<String>,
    /// Counted from 1 for the first try.
    pub(super) attempt: i64,
    /// The boot of the server that ran it.
    pub(super) worker_id: String,
    pub(super) status: String,
    pub(super) reason: Option<String>,
    pub(super) message: Option<String>,
    pub(super) traceback: Option<String>,
    pub(super) records: Records,
    pub(super) result: Option<String>,
    pub(super) warning: Option<String>,
    pub(super) code_hash: Option<String>,
    pub(super) completed_at: NaiveDateTime,
}

impl End {
    /// Of a run that ended now.
    pub(crate) fn new(run: &Claimed, worker_id: &str, code_hash: Option<String>, ending: Ending) -> Self {
        let mut end = Self {
            run: run.id,
            run_id: run.run_id.clone(),
            task_name: run.task_name.clone(),
            schedule_id: run.schedule_id.clone(),
            attempt: run.attempt,
            worker_id: worker_id.to_owned(),
            status: RunStatus::Failed.code().to_owned(),
            reason: None,
            message: None,
            traceback: None,
            records: Records::default(),
            result: None,
            warning: None,
            code_hash,
            completed_at: to_db(now()),
        };
        match ending {
            Ending::Cancelled => RunStatus::Cancelled.code().clone_into(&mut end.status),
            Ending::Failed {
                reason,
                message,
                traceback,
            } => {
                end.reason = Some(reason.code().to_owned());
                end.message = Some(message);
                end.traceback = traceback;
            }
            Ending::Returned(outcome) => {
                match outcome.failure {
                    None => RunStatus::Success.code().clone_into(&mut end.status),
                    Some((reason, message)) => {
                        end.reason = Some(reason.code().to_owned());
                        end.message = Some(message);
                    }
                }
                end.records = outcome.records;
                end.warning = outcome.warning;
                end.result = Some(Value::Object(outcome.result).to_string());
            }
        }
        end
    }

    pub(super) fn is_success(&self) -> bool {
        self.status == RunStatus::Success.code()
    }
}

/// Endings that the database has not got yet, a file each.
#[derive(Clone)]
pub(crate) struct Spool {
    folder: PathBuf,
}

impl Spool {
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self {
            folder: data_dir.join("ends"),
        }
    }

    /// Keeps an ending in case this server dies before the database is back.
    pub(crate) fn keep(&self, end: &End) -> Result<(), Error> {
        fs::create_dir_all(&self.folder).map_err(Error::io("create the folder for endings"))?;
        let path = self.path(&end.run_id);
        // Renamed into place, so that a file is whole or not there.
        let unfinished = path.with_extension("new");
        let write = || {
            fs::write(&unfinished, serde_json::to_vec(end)?)?;
            fs::File::open(&unfinished)?.sync_all()?;
            fs::rename(&unfinished, &path)
        };
        write().map_err(Error::io(format!("write {}", path.display())))
    }

    /// The ending is in the database.
    pub(crate) fn forget(&self, end: &End) {
        if let Err(error) = fs::remove_file(self.path(&end.run_id))
            && error.kind() != ErrorKind::NotFound
        {
            tracing::warn!(run = %end.run_id, "a written ending was not removed: {error}");
        }
    }

    /// What an earlier server on this data folder could not write.
    pub(crate) fn list(&self) -> Vec<End> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        entries
            .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "json"))
            .filter_map(|entry| {
                let read = fs::read(entry.path()).map_err(|error| error.to_string());
                let end =
                    read.and_then(|text| serde_json::from_slice(&text).map_err(|error| error.to_string()));
                end.inspect_err(|error| tracing::error!("{}: {error}", entry.path().display()))
                    .ok()
            })
            .collect()
    }

    fn path(&self, run_id: &str) -> PathBuf {
        self.folder.join(format!("{run_id}.json"))
    }
}
