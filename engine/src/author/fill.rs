//! Settings for a run by hand: files and credentials that come from the terminal, as the server would have them.

use std::fs;

use domain::params::{Accepted, CREDENTIAL_MARK, FileChange, ParamKind, SecretChange};
use serde_json::json;

use super::AuthorError;
use super::workbench::Workbench;
use crate::tasks::TaskFolder;

impl Workbench {
    /// Saves settings for the one run. A file's id is its path here, and a credential's secret came as a password.
    pub(super) async fn save(&self, task: &TaskFolder, mut accepted: Accepted) -> Result<(), AuthorError> {
        for (name, change) in &mut accepted.files {
            if let FileChange::Replace(file) = change {
                let path = std::path::PathBuf::from(&file.id);
                let content = fs::read(&path).map_err(AuthorError::file(&path))?;
                let uploads = &self.engine().uploads;
                *file = uploads
                    .store(&task.name, name, &file.name, content, "you")
                    .await?;
            }
        }
        for spec in task.params() {
            if !matches!(spec.kind, ParamKind::Credential(_)) {
                continue;
            }
            if let Some(SecretChange::Replace(secret)) = accepted.secrets.remove(&spec.name) {
                // Each run has a name of its own for it, since a bench may see several.
                let label = format!("{} {}", spec.label, uuid::Uuid::now_v7());
                let id = self.engine().credentials.create(&label, secret, "you").await?;
                let mark = json!({ CREDENTIAL_MARK: {"id": id, "name": spec.label} });
                accepted.values.insert(spec.name.clone(), mark);
            }
        }
        Ok(self.engine().settings.save(&task.name, accepted, "you").await?)
    }
}
