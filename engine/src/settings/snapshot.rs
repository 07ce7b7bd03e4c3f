//! The settings as a run keeps them: secrets and files as references.

use serde_json::{Map, Value, json};

use super::SavedSettings;
use crate::Error;
use crate::db::{Link, query};

/// How a run's snapshot writes a password: that it was saved, not what it is.
pub(crate) const SECRET_MARK: &str = "$secret";

/// Under which owner a task's secrets are kept.
pub(crate) fn vault_owner(task: &str) -> String {
    format!("task:{task}")
}

/// The parameters a run starts with, as JSON for `task_runs.task_config_snapshot`: plain values, for each password
/// `{"$secret": "<vault id>"}`, for files and credentials the references that the settings hold.
pub(crate) async fn snapshot(link: impl Into<Link<'_>>, task: &str) -> Result<String, Error> {
    let mut link = link.into();
    let params: Option<String> = query("SELECT params FROM task_settings WHERE task_name = ?")
        .bind(task)
        .find_value(link.again())
        .await?;
    let mut params: Map<String, Value> = params
        .as_deref()
        .map(serde_json::from_str)
        .transpose()?
        .unwrap_or_default();
    let secrets: Vec<(String, String)> = query("SELECT name, id FROM secrets WHERE owner = ?")
        .bind(vault_owner(task))
        .fetch_all(link)
        .await?;
    params.extend(
        secrets
            .into_iter()
            .map(|(name, id)| (name, json!({ SECRET_MARK: id }))),
    );
    Ok(stored(&params))
}

/// Puts a schedule's own values over the task's; `null` is one that was left empty on purpose.
pub(crate) fn overlay(params: &mut Map<String, Value>, own: &Map<String, Value>) {
    for (name, value) in own {
        if value.is_null() {
            params.remove(name);
        } else {
            params.insert(name.clone(), value.clone());
        }
    }
}

/// Parameters as `task_runs.task_config_snapshot` keeps them.
pub(crate) fn stored(params: &Map<String, Value>) -> String {
    json!({ "params": params }).to_string()
}

/// The parameters in a stored snapshot.
pub(crate) fn params_of(snapshot: &str) -> Result<Map<String, Value>, Error> {
    let mut snapshot: Value = serde_json::from_str(snapshot)?;
    match snapshot.get_mut("params").map(Value::take) {
        Some(Value::Object(params)) => Ok(params),
        _ => Err(Error::Stored("a run without parameters".into())),
    }
}

/// Settings that a page has already loaded, as a snapshot of them would be.
pub(crate) fn as_snapshot(saved: &SavedSettings) -> Map<String, Value> {
    let mut params = saved.values.clone();
    params.extend(
        saved
            .secrets
            .keys()
            .map(|name| (name.clone(), json!({ SECRET_MARK: name }))),
    );
    params
}
