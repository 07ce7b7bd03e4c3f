//! Starting a run by a link.

use domain::run::{RunStatus, Trigger};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{StartLink, StartLinks};
use crate::Error;
use crate::db::{WriteTx, failed_is_ours, now, persistently, query, to_db};
use crate::runs::{NewRun, insert};
use crate::settings::params_of;

/// So many runs of a task may wait that links asked for; a system that asks in a loop fills no disk.
const MOST_WAITING: i64 = 100;

/// The longest key, in bytes.
const MAX_KEY: usize = 255;

/// A run that a link asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// Its public id.
    pub run_id: String,
    /// Whether it was there already: the same key was sent before.
    pub again: bool,
}

/// Why a link started nothing. The sentences are for whoever wrote the calling system.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The key came before, with other values.
    #[error("This Idempotency-Key was used before with other values.")]
    KeyReused,
    /// More than 255 bytes.
    #[error("The Idempotency-Key must be 255 bytes or less.")]
    KeyTooLong,
    /// Too many wait.
    #[error("{MOST_WAITING} runs of this task are waiting already.")]
    TooManyWaiting,
    /// A failure of ours.
    #[error(transparent)]
    Failed(#[from] Error),
}

failed_is_ours!(StartError);

impl StartLinks {
    /// Queues a run with the task's settings and these validated values over them; `null` leaves one empty. The same key
    /// again gives the same run; without a key, each call is a run.
    pub async fn start(
        &self,
        link: &StartLink,
        values: &Map<String, Value>,
        key: Option<&str>,
    ) -> Result<Started, StartError> {
        if key.is_some_and(|key| key.len() > MAX_KEY) {
            return Err(StartError::KeyTooLong);
        }
        let form_key = key.map(|key| form_key(&link.id, key));
        let started = persistently!(self.try_to_start(link, values, form_key.as_deref()))?;
        self.signals.queue().notify_one();
        Ok(started)
    }

    async fn try_to_start(
        &self,
        link: &StartLink,
        values: &Map<String, Value>,
        form_key: Option<&str>,
    ) -> Result<Started, StartError> {
        let mut tx = self.db.begin().await?;
        if let Some(form_key) = form_key
            && let Some(started) = find_started(&mut tx, form_key, values).await?
        {
            return Ok(started);
        }
        let waiting: i64 =
            query("SELECT COUNT(*) FROM task_runs WHERE task_name = ? AND status = ? AND triggered_by = ?")
                .bind(&link.task_name)
                .bind(RunStatus::Queued.code())
                .bind(Trigger::Link.code())
                .fetch_value(&mut tx)
                .await?;
        if waiting >= MOST_WAITING {
            return Err(StartError::TooManyWaiting);
        }
        let once = uuid::Uuid::new_v4().to_string();
        let form_key = form_key.unwrap_or(&once);
        let run = NewRun {
            user: Some(&link.name),
            form_key: Some(form_key),
            own: Some(values),
            ..NewRun::new(&link.task_name, Trigger::Link)
        };
        insert(&mut tx, &run).await?;
        // Another server may have been first with the same key.
        let run_id = query("SELECT run_id FROM task_runs WHERE form_key = ?")
            .bind(form_key)
            .fetch_value(&mut tx)
            .await?;
        query("UPDATE start_links SET last_used_at = ? WHERE id = ?")
            .bind(to_db(now()))
            .bind(&link.id)
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(Started { run_id, again: false })
    }
}

/// The run of an earlier call with this key.
async fn find_started(
    tx: &mut WriteTx,
    form_key: &str,
    values: &Map<String, Value>,
) -> Result<Option<Started>, StartError> {
    let row: Option<(String, String)> =
        query("SELECT run_id, task_config_snapshot FROM task_runs WHERE form_key = ?")
            .bind(form_key)
            .fetch_optional(&mut *tx)
            .await?;
    let Some((run_id, snapshot)) = row else {
        return Ok(None);
    };
    let ran_with = params_of(&snapshot)?;
    let is_same = |(name, value): (&String, &Value)| match ran_with.get(name) {
        Some(used) => used == value,
        None => value.is_null(),
    };
    if !values.iter().all(is_same) {
        return Err(StartError::KeyReused);
    }
    Ok(Some(Started { run_id, again: true }))
}

/// A caller's key, apart from those of forms and of other links.
fn form_key(link: &str, key: &str) -> String {
    let digest = Sha256::digest(format!("{link}\n{key}"));
    digest
        .iter()
        .fold("link-".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}
