//! What a task wants to remember until its next run.

use serde_json::{Map, Value};

use super::Claimed;
use crate::Error;
use crate::db::{Db, now, query, to_db};

/// All checkpoints: one for each schedule of a task, and one for its runs by hand.
#[derive(Clone)]
pub(crate) struct Checkpoints {
    db: Db,
}

impl Checkpoints {
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }

    /// What the last run of this task and scope left; empty at first.
    pub(crate) async fn find(&self, task: &str, scope: &str) -> Result<Map<String, Value>, Error> {
        let data: Option<String> = query("SELECT data FROM checkpoints WHERE task_name = ? AND scope = ?")
            .bind(task)
            .bind(scope)
            .find_value(self.db.reader())
            .await?;
        Ok(data
            .as_deref()
            .map(serde_json::from_str)
            .transpose()?
            .unwrap_or_default())
    }

    /// Replaces the checkpoint that the run started from. `data` is a JSON object.
    pub(crate) async fn save(&self, run: &Claimed, data: &str) -> Result<(), Error> {
        query("INSERT INTO checkpoints (task_name, scope, data, updated_at) VALUES (?, ?, ?, ?)")
            .or_update("task_name, scope", &["data", "updated_at"])
            .bind(&run.task_name)
            .bind(run.checkpoint_scope())
            .bind(data)
            .bind(to_db(now()))
            .execute(self.db.writer())
            .await?;
        Ok(())
    }
}
