//! Whether a task has all the settings it needs to run.

use std::collections::BTreeSet;

use domain::params::{Accepted, FieldError, ParamSpec, initial_values, validate};
use engine::settings::SavedSettings;
use engine::tasks::TaskFolder;

use super::data::loaded;
use crate::error::AppError;
use crate::routes::AppState;

/// How a task stands before it runs.
pub enum Readiness {
    /// It can run.
    Ready,
    /// What has to be filled in first.
    Missing(Vec<FieldError>),
}

impl Readiness {
    /// Checks the saved settings. A task that needs nothing gets its defaults saved, so that it can run untouched.
    pub async fn establish(state: &AppState, folder: &TaskFolder, by: &str) -> Result<Self, AppError> {
        let info = loaded(folder)?;
        let settings = &state.engine.settings;
        let saved = settings.find(&folder.name).await?;
        match check(&info.params, saved.as_ref()) {
            Err(errors) => return Ok(Self::Missing(errors)),
            Ok(defaults) if saved.is_none() => settings.save(&folder.name, defaults, by).await?,
            Ok(_) => {}
        }
        Ok(Self::Ready)
    }
}

/// What keeps a task from running; empty when nothing does.
pub fn missing_settings(specs: &[ParamSpec], saved: Option<&SavedSettings>) -> Vec<FieldError> {
    check(specs, saved).err().unwrap_or_default()
}

/// Names of the passwords that are saved.
pub(super) fn saved_names(saved: Option<&SavedSettings>) -> BTreeSet<String> {
    saved
        .map(|saved| saved.secrets.keys().cloned().collect())
        .unwrap_or_default()
}

/// Sends what is saved through the form's own validation: a task may ask for more than when it was last saved.
fn check(specs: &[ParamSpec], saved: Option<&SavedSettings>) -> Result<Accepted, Vec<FieldError>> {
    let values = initial_values(specs, saved.map(|saved| &saved.values));
    validate(specs, &values, &saved_names(saved))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::Utc;
    use domain::params::declare;
    use engine::settings::SavedSecret;
    use serde_json::{Map, json};

    use super::*;

    fn specs() -> Vec<ParamSpec> {
        let required = [json!({"name": "api_key", "label": "API Key", "type": "password"})];
        let optional = [json!({"name": "batch_size", "type": "number", "default": 100})];
        declare(&required, &optional).unwrap().specs
    }

    fn saved(secrets: &[&str]) -> SavedSettings {
        let secret = SavedSecret {
            updated_at: Utc::now(),
            updated_by: "ann".to_owned(),
        };
        SavedSettings {
            values: Map::new(),
            secrets: secrets
                .iter()
                .map(|name| ((*name).to_owned(), secret.clone()))
                .collect::<BTreeMap<_, _>>(),
            updated_at: Utc::now(),
            updated_by: "ann".to_owned(),
        }
    }

    #[test]
    fn a_required_password_must_be_saved_before_a_task_runs() {
        let missing = missing_settings(&specs(), None);
        assert_eq!(missing[0].message, "Enter API Key");
        assert!(missing_settings(&specs(), Some(&saved(&["api_key"]))).is_empty());
    }

    #[test]
    fn a_parameter_added_since_the_settings_were_saved_is_missing() {
        let mut specs = specs();
        specs.extend(declare(&[json!("region")], &[]).unwrap().specs);
        let missing = missing_settings(&specs, Some(&saved(&["api_key"])));
        assert_eq!(
            missing
                .iter()
                .map(|error| error.name.as_str())
                .collect::<Vec<_>>(),
            ["region"]
        );
    }

    #[test]
    fn a_task_that_asks_for_nothing_is_ready() {
        assert!(missing_settings(&[], None).is_empty());
    }
}
