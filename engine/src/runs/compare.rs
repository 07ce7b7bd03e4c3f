//! What two runs of a task were given, side by side.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::params::ParamSpec;
use serde_json::{Map, Value};

use super::store::Runs;
use super::view::{ParamShown, RunDetail, shown};
use crate::db::{from_db, query};
use crate::settings::{apart, params_of};
use crate::{Error, credentials};

/// As many runs of a schedule are looked through for its last success.
const MOST_LOOKED_AT: i64 = 200;

/// Whether two runs ran the same code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// To the letter.
    Same,
    /// Not quite.
    Changed,
    /// One of them did not get so far.
    Unknown,
}

/// One parameter of two runs.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedParam {
    /// Its name.
    pub name: String,
    /// What the one got.
    pub one: Option<ParamShown>,
    /// What the other got.
    pub other: Option<ParamShown>,
    /// Whether that is the same. Passwords are when nobody saved one in between.
    pub is_same: bool,
}

/// Two runs side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The one.
    pub one: RunDetail,
    /// The other.
    pub other: RunDetail,
    /// Whether they ran the same code.
    pub code: Code,
    /// Every parameter that either got.
    pub params: Vec<ComparedParam>,
    /// Credentials that both used and that were changed after the older of them began: name and moment.
    pub credentials: Vec<(String, DateTime<Utc>)>,
}

impl Runs {
    /// Puts two runs side by side, if there are both.
    pub async fn compare(&self, one: &str, other: &str) -> Result<Option<Comparison>, Error> {
        let (Some(one), Some(other)) = (self.with_params(one).await?, self.with_params(other).await?) else {
            return Ok(None);
        };
        let credentials = self.changed_credentials(&one, &other).await?;
        let (one, one_params) = one;
        let (other, other_params) = other;
        let names: BTreeSet<&String> = one_params.keys().chain(other_params.keys()).collect();
        let params = names
            .into_iter()
            .map(|name| {
                let (first, second) = (one_params.get(name), other_params.get(name));
                ComparedParam {
                    name: name.clone(),
                    is_same: is_same(first, second),
                    one: first.cloned().map(shown),
                    other: second.cloned().map(shown),
                }
            })
            .collect();
        Ok(Some(Comparison {
            code: match (&one.code_hash, &other.code_hash) {
                (Some(one), Some(other)) if one == other => Code::Same,
                (Some(_), Some(_)) => Code::Changed,
                _ => Code::Unknown,
            },
            one,
            other,
            params,
            credentials,
        }))
    }

    /// The last run before this one that succeeded: of the same schedule if there is one, else of the same task.
    pub async fn last_success_before(&self, run: &RunDetail) -> Result<Option<String>, Error> {
        if let Some(schedule) = &run.summary.schedule_id {
            let found: Option<String> = query(
                "SELECT run_id FROM (SELECT id, run_id, status FROM task_runs WHERE schedule_id = ? AND id < ?
                     ORDER BY id DESC LIMIT ?) AS latest WHERE status = 'success' ORDER BY id DESC LIMIT 1",
            )
            .bind(schedule)
            .bind(run.summary.id)
            .bind(MOST_LOOKED_AT)
            .find_value(self.db.reader())
            .await?;
            if found.is_some() {
                return Ok(found);
            }
        }
        let found = query(
            "SELECT run_id FROM task_runs WHERE task_name = ? AND status = 'success' AND id < ?
             ORDER BY id DESC LIMIT 1",
        )
        .bind(&run.summary.task_name)
        .bind(run.summary.id)
        .find_value(self.db.reader())
        .await?;
        Ok(found)
    }

    /// The values a run took along, without its passwords.
    pub async fn plain_values(
        &self,
        run_id: &str,
        specs: &[ParamSpec],
    ) -> Result<Option<Map<String, Value>>, Error> {
        Ok(self.params(run_id).await?.map(|params| apart(specs, &params).1))
    }

    async fn with_params(&self, run_id: &str) -> Result<Option<(RunDetail, Map<String, Value>)>, Error> {
        let Some(run) = self.find(run_id).await? else {
            return Ok(None);
        };
        Ok(self.params(run_id).await?.map(|params| (run, params)))
    }

    async fn params(&self, run_id: &str) -> Result<Option<Map<String, Value>>, Error> {
        let snapshot: Option<String> = query("SELECT task_config_snapshot FROM task_runs WHERE run_id = ?")
            .bind(run_id)
            .find_value(self.db.reader())
            .await?;
        snapshot.as_deref().map(params_of).transpose()
    }

    async fn changed_credentials(
        &self,
        one: &(RunDetail, Map<String, Value>),
        other: &(RunDetail, Map<String, Value>),
    ) -> Result<Vec<(String, DateTime<Utc>)>, Error> {
        let ids = |params: &Map<String, Value>| -> BTreeSet<String> {
            let referred = params.values().filter_map(credentials::referred);
            referred.map(|(id, _)| id.to_owned()).collect()
        };
        let began = |run: &RunDetail| run.summary.started_at.unwrap_or(run.summary.queued_at);
        let (first, last) = {
            let (one, other) = (began(&one.0), began(&other.0));
            (one.min(other), one.max(other))
        };
        let mut changed = Vec::new();
        for id in ids(&one.1).intersection(&ids(&other.1)) {
            let row: Option<(String, NaiveDateTime)> =
                query("SELECT name, updated_at FROM credentials WHERE id = ?")
                    .bind(id)
                    .fetch_optional(self.db.reader())
                    .await?;
            changed.extend(
                row.map(|(name, at)| (name, from_db(at)))
                    .filter(|(_, at)| *at > first && *at <= last),
            );
        }
        Ok(changed)
    }
}

/// A credential is the same when its id is, whatever it was called.
fn is_same(one: Option<&Value>, other: Option<&Value>) -> bool {
    let credential =
        |value: Option<&Value>| value.and_then(credentials::referred).map(|(id, _)| id.to_owned());
    one == other || credential(one).is_some() && credential(one) == credential(other)
}
