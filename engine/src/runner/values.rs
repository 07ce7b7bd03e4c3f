//! From saved values to what a task's constructor gets: secrets opened, files laid out, moments as Python reads them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use chrono_tz::Tz;
use domain::params::{FileRef, ParamKind, ParamSpec, asked_for_saved, delivered};
use domain::run_out::{RunOut, day_words};
use domain::secret::Secret;
use serde_json::{Map, Value};
use tokio::io::AsyncWriteExt;

use crate::Error;
use crate::connections::{Connections, HandOutError};
use crate::credentials::{self, Credentials, referred};
use crate::db::now;
use crate::settings::{SECRET_MARK, apart, vault_owner};
use crate::uploads::Uploads;
use crate::vault::Vault;

/// Parts of a JSON credential shorter than this are words such as `type`, which a log may show.
const SHORTEST_PART: usize = 8;

/// Opens what saved values refer to; cheap to clone.
#[derive(Clone)]
pub(crate) struct Values {
    pub(crate) vault: Vault,
    pub(crate) credentials: Credentials,
    pub(crate) connections: Arc<Connections>,
    pub(crate) uploads: Uploads,
    /// By whose days a secret runs out.
    pub(crate) zone: Tz,
}

/// Whose values are opened, and where its files go.
pub(super) struct Recipient<'a> {
    /// The task's name.
    pub(super) task: &'a str,
    /// What it asks for today; other values are left out.
    pub(super) specs: &'a [ParamSpec],
    /// The working folder of its process.
    pub(super) folder: &'a Path,
}

/// Values as a task gets them. Without `Debug`: they hold what was opened.
pub(super) struct Opened {
    /// The constructor's arguments.
    pub(super) params: Map<String, Value>,
    /// What must not be seen again, parts of it too.
    pub(super) secrets: Vec<Secret>,
    /// Sentences on what is likely to be the cause if the task fails.
    pub(super) suspects: Vec<String>,
}

/// Why values could not be opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenError {
    /// Something they refer to was removed since; a sentence that names it.
    #[error("{0}")]
    Gone(String),
    /// A connected account cannot be had; a sentence that names it.
    #[error("{0}")]
    NotConnected(String),
    /// A failure of ours.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<HandOutError> for OpenError {
    fn from(error: HandOutError) -> Self {
        match error {
            HandOutError::Refused(sentence) => Self::NotConnected(sentence),
            HandOutError::Failed(error) => Self::Failed(error),
        }
    }
}

impl Values {
    /// Opens the values of a snapshot for one process.
    pub(super) async fn open(
        &self,
        recipient: &Recipient<'_>,
        mut saved: Map<String, Value>,
    ) -> Result<Opened, OpenError> {
        let passwords = self.vault.open_all(&vault_owner(recipient.task)).await?;
        let mut opening = Opening {
            values: self,
            recipient,
            secrets: passwords.values().cloned().collect(),
            passwords,
            file_names: BTreeMap::new(),
            suspects: Vec::new(),
        };
        let (secrets, values) = apart(recipient.specs, &saved);
        let asked = asked_for_saved(recipient.specs, &values, &secrets);
        let mut params = Map::new();
        for spec in recipient.specs.iter().filter(|spec| asked.contains(&spec.name)) {
            if let Some(value) = saved.remove(&spec.name)
                && let Some(value) = opening.open(spec, value).await?
            {
                params.insert(spec.name.clone(), value);
            }
        }
        Ok(Opened {
            params,
            secrets: opening.secrets,
            suspects: opening.suspects,
        })
    }
}

struct Opening<'a> {
    values: &'a Values,
    recipient: &'a Recipient<'a>,
    passwords: BTreeMap<String, Secret>,
    secrets: Vec<Secret>,
    /// How many files of a name, without regard to case, there are so far.
    file_names: BTreeMap<String, usize>,
    suspects: Vec<String>,
}

impl Opening<'_> {
    /// What the task gets for one value; nothing where the value is of another kind than the parameter is today.
    async fn open(&mut self, spec: &ParamSpec, value: Value) -> Result<Option<Value>, OpenError> {
        match &spec.kind {
            ParamKind::Password => match value.get(SECRET_MARK) {
                Some(_) => self.password(spec).map(Some),
                None => Ok(None),
            },
            ParamKind::Credential(_) => match referred(&value) {
                Some((id, name)) => self.credential(spec, id, name).await.map(Some),
                None => Ok(None),
            },
            ParamKind::File(_) => match FileRef::from_value(&value) {
                Some(file) => self.file(spec, &file).await.map(Some),
                None => Ok(None),
            },
            _ => Ok(Some(delivered(spec, value))),
        }
    }

    fn password(&self, spec: &ParamSpec) -> Result<Value, OpenError> {
        let secret = self
            .passwords
            .get(&spec.name)
            .ok_or_else(|| OpenError::Gone(format!("The saved value of \"{}\" was removed.", spec.label)))?;
        Ok(Value::String(secret.expose().to_owned()))
    }

    async fn credential(&mut self, spec: &ParamSpec, id: &str, name: &str) -> Result<Value, OpenError> {
        if let Some(given) = self.values.connections.hand_out(id, name).await? {
            let opened = Value::String(given.text.expose().to_owned());
            self.secrets.extend(given.parts);
            self.secrets.push(given.text);
            return Ok(opened);
        }
        let opened = self.values.credentials.open(id).await?.ok_or_else(|| {
            let label = &spec.label;
            OpenError::Gone(format!("The credential \"{name}\" of \"{label}\" was deleted."))
        })?;
        let credentials::Opened { secret, runs_out_on } = opened;
        let today = now().with_timezone(&self.values.zone).date_naive();
        if let Some(day) = runs_out_on.filter(|day| RunOut::of(*day, today) == RunOut::Past) {
            let day = day_words(day);
            self.suspects
                .push(format!("The credential \"{name}\" ran out on {day}: replace it."));
        }
        let opened = Value::String(secret.expose().to_owned());
        self.secrets.extend(strings_inside(&secret));
        self.secrets.push(secret);
        Ok(opened)
    }

    async fn file(&mut self, spec: &ParamSpec, file: &FileRef) -> Result<Value, OpenError> {
        let Recipient { task, folder, .. } = self.recipient;
        let content = self.values.uploads.content(task, &spec.name, &file.id).await?;
        let content = content.ok_or_else(|| {
            let FileRef { name, .. } = file;
            OpenError::Gone(format!("The file \"{name}\" of \"{}\" was removed.", spec.label))
        })?;
        let same = self.file_names.entry(file.name.to_lowercase()).or_default();
        *same += 1;
        let inputs = match *same {
            1 => folder.join("inputs"),
            number => folder.join(format!("inputs-{number}")),
        };
        let path = inputs.join(&file.name);
        write_private(&inputs, &path, &content)
            .await
            .map_err(Error::io(format!("write {}", path.display())))?;
        match path.to_str() {
            Some(path) => Ok(Value::String(path.to_owned())),
            None => Err(Error::Config(format!("{} is not UTF-8", folder.display())).into()),
        }
    }
}

async fn write_private(folder: &Path, path: &Path, content: &[u8]) -> std::io::Result<()> {
    tokio::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .await?;
    let mut file = tokio::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .await?;
    file.write_all(content).await?;
    file.flush().await
}

/// The texts inside a secret that is a JSON object, such as the private key of a service account: a task shows those
/// rather than the whole.
fn strings_inside(secret: &Secret) -> Vec<Secret> {
    let Ok(Value::Object(object)) = serde_json::from_str(secret.expose()) else {
        return Vec::new();
    };
    let mut found = BTreeSet::new();
    let mut waiting: Vec<Value> = object.into_iter().map(|(_, value)| value).collect();
    while let Some(value) = waiting.pop() {
        match value {
            Value::String(text) if text.len() >= SHORTEST_PART => drop(found.insert(text)),
            Value::Array(values) => waiting.extend(values),
            Value::Object(map) => waiting.extend(map.into_iter().map(|(_, value)| value)),
            _ => {}
        }
    }
    found.into_iter().map(Secret::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s16_the_long_texts_of_a_json_credential_are_secrets_of_their_own() {
        let key = r#"{"type": "oauth", "id": 7, "keys": [{"private_key": "CANARY-1\nCANARY-2"}], "x": ["CANARY-3"]}"#;
        let inside: Vec<String> = strings_inside(&Secret::new(key))
            .iter()
            .map(|part| part.expose().to_owned())
            .collect();
        assert_eq!(inside, ["CANARY-1\nCANARY-2", "CANARY-3"]);
        assert!(strings_inside(&Secret::new("\"CANARY-1\"")).is_empty());
        assert!(strings_inside(&Secret::new("CANARY-1")).is_empty());
    }
}
