//! Whether a task has all the settings it needs to run.

use std::collections::BTreeSet;

use chrono::Utc;
use chrono_tz::Tz;
use domain::params::{Accepted, Attention, FieldError, ParamGroup, ParamSpec, initial_values, validate};
use domain::task::TaskInfo;
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
        let engine = &state.engine;
        if let Some(saved) = engine.settings.find(&folder.name).await? {
            let attention = saved.attention(folder);
            if attention.is_empty() {
                return Ok(Self::Ready);
            }
            return Ok(Self::Missing(attention.into_iter().map(at_field).collect()));
        }
        let specs = engine.choices.resolve(folder, None).await;
        match from_defaults(&specs, &info.groups, engine.zone) {
            Err(errors) => Ok(Self::Missing(errors)),
            Ok(defaults) => {
                engine.settings.save(&folder.name, defaults, by).await?;
                Ok(Self::Ready)
            }
        }
    }
}

/// How a task's settings stand, for showing it.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// It can run.
    Ready,
    /// Nobody has filled in its settings yet.
    NotSetUp,
    /// Its settings no longer fit what it asks for (fault case F72).
    NeedsAttention(Vec<Attention>),
}

impl Standing {
    /// Finds out without asking the task for anything.
    pub(crate) fn new(folder: &TaskFolder, saved: Option<&SavedSettings>, zone: Tz) -> Self {
        let Ok(info) = &folder.found else {
            return Self::Ready;
        };
        let Some(saved) = saved else {
            return unsaved(info, zone);
        };
        match saved.attention(folder) {
            attention if attention.is_empty() => Self::Ready,
            attention => Self::NeedsAttention(attention),
        }
    }
}

/// What needs attention as an error of the form. What the form no longer has is confirmed by saving it.
fn at_field(attention: Attention) -> FieldError {
    FieldError {
        name: attention.name,
        input: attention.input.unwrap_or_else(|| SAVE_BUTTON.to_owned()),
        message: attention.sentence,
    }
}

/// Id of the button that saves the form.
pub(super) const SAVE_BUTTON: &str = "save";

fn unsaved(info: &TaskInfo, zone: Tz) -> Standing {
    let mut specs = info.params.clone();
    // A list that the task is asked for is taken to hold the default.
    for choices in specs.iter_mut().filter_map(ParamSpec::choices_mut) {
        if choices.from.is_some() && choices.list.is_empty() {
            choices.problem = Some(String::new());
        }
    }
    match from_defaults(&specs, &info.groups, zone) {
        Ok(_) => Standing::Ready,
        Err(_) => Standing::NotSetUp,
    }
}

/// Sends the defaults through the form's own validation.
fn from_defaults(specs: &[ParamSpec], groups: &[ParamGroup], zone: Tz) -> Result<Accepted, Vec<FieldError>> {
    let values = initial_values(specs, None, Utc::now().with_timezone(&zone));
    validate(specs, groups, &values, &BTreeSet::new(), zone)
}

#[cfg(test)]
mod tests {
    use domain::params::declare;
    use domain::task::TaskLimits;
    use serde_json::{Value, json};

    use super::*;

    fn standing(required: &[Value], optional: &[Value]) -> Standing {
        let info = TaskInfo {
            title: "T".to_owned(),
            description: String::new(),
            params: declare(required, optional).unwrap().specs,
            groups: Vec::new(),
            limits: TaskLimits::default(),
            tags: Vec::new(),
            needs: Vec::new(),
            has_check: false,
            warnings: Vec::new(),
        };
        unsaved(&info, Tz::UTC)
    }

    #[test]
    fn a_task_whose_defaults_are_enough_is_ready_before_anybody_saved_anything() {
        let optional = [json!({"name": "batch_size", "type": "number", "default": 100})];
        assert_eq!(standing(&[], &optional), Standing::Ready);
        assert_eq!(standing(&[], &[]), Standing::Ready);
    }

    #[test]
    fn a_required_password_must_be_saved_before_a_task_runs() {
        let required = [json!({"name": "api_key", "label": "API Key", "type": "password"})];
        assert_eq!(standing(&required, &[]), Standing::NotSetUp);
    }

    #[test]
    fn a_list_that_the_task_is_asked_for_holds_its_default() {
        let mut region =
            json!({"name": "region", "type": "select", "options_from": "regions", "default": "eu"});
        assert_eq!(standing(&[region.clone()], &[]), Standing::Ready);
        region["default"] = Value::Null;
        assert_eq!(standing(&[region], &[]), Standing::NotSetUp);
    }

    #[test]
    fn what_the_form_no_longer_has_leads_to_the_button_that_saves_it() {
        let error = at_field(Attention {
            name: "old".to_owned(),
            label: "Old".to_owned(),
            input: None,
            kind: domain::params::AttentionKind::Vanished,
            sentence: "The task no longer asks for \"old\".".to_owned(),
        });
        assert_eq!(error.input, SAVE_BUTTON);
    }
}
