//! Values for one run or one preset: the task's own with others over them, and as they were typed. The saved settings
//! stay untouched.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::Utc;
use chrono_tz::Tz;
use domain::params::{FieldError, ParamSpec, Typed, initial_values, validate};
use domain::task::TaskInfo;
use engine::presets::Preset;
use engine::settings::SavedSettings;
use engine::tasks::TaskFolder;
use serde_json::{Map, Value};

use super::misfits::{applicable, misfits, over};
use crate::error::AppError;
use crate::form::Submitted;
use crate::islands::FormAnswer;
use crate::pages::schedules::can_be_own;
use crate::pages::tasks::{at_fields, form_answer, typed_values};
use crate::routes::AppState;

/// What stands in the form.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) folder: Arc<TaskFolder>,
    pub(super) info: TaskInfo,
    pub(super) specs: Vec<ParamSpec>,
    /// Names of passwords and files that are saved with the task.
    pub(super) kept: BTreeSet<String>,
    /// What of the preset's values does not apply.
    pub(super) misfits: Vec<String>,
    pub(super) typed: Typed,
    pub(super) errors: Vec<FieldError>,
    values: Map<String, Value>,
    zone: Tz,
}

impl Given {
    /// The task's values, with those of a preset over them.
    pub(super) async fn load(
        state: &AppState,
        task: &str,
        preset: Option<&Preset>,
    ) -> Result<Self, AppError> {
        let engine = &state.engine;
        let folder = engine.catalog.find(task).ok_or(AppError::NotFound)?;
        let info = folder.found.clone().map_err(|_| {
            AppError::BadRequest(
                "This task cannot be loaded at the moment. Its page shows what is wrong with it.",
            )
        })?;
        let saved = engine.settings.find(task).await?;
        let specs = engine.choices.resolve(&folder, saved.as_ref()).await;
        let kept = saved.as_ref().map(SavedSettings::saved_names).unwrap_or_default();
        let now = Utc::now().with_timezone(&engine.zone);
        let own = saved.as_ref().map(|saved| saved.values.clone());
        let (misfits, values) = match (preset, own) {
            (None, own) => (Vec::new(), own),
            (Some(preset), own) => {
                let own = own.unwrap_or_default();
                let found = misfits(&specs, &own, &preset.values);
                (found, Some(over(&own, &applicable(&specs, &preset.values))))
            }
        };
        Ok(Self {
            typed: initial_values(&specs, values.as_ref(), now),
            values: values.unwrap_or_default(),
            folder,
            info,
            specs,
            kept,
            misfits,
            errors: Vec::new(),
            zone: engine.zone,
        })
    }

    /// A preset is whole without the passwords and files that a run needs besides.
    pub(super) fn for_preset(mut self) -> Self {
        let needed = self
            .specs
            .iter()
            .filter(|spec| !can_be_own(spec) && spec.required);
        self.kept.extend(needed.map(|spec| spec.name.clone()));
        self
    }

    /// The values as they were typed into the form.
    pub(super) fn with_typed(mut self, form: &Submitted) -> Self {
        self.typed = typed_values(&self.specs, form, &self.values);
        self
    }

    /// The task's folder.
    pub(super) fn task(&self) -> &str {
        &self.folder.name
    }

    /// What the form asks for as it was typed, and what is wrong with it.
    pub(super) fn answer(&self) -> FormAnswer {
        let declared = (self.specs.as_slice(), self.info.groups.as_slice());
        let answer = form_answer(declared, &self.typed, &self.kept, self.zone);
        FormAnswer {
            errors: at_fields(&self.specs, answer.errors),
            ..answer
        }
    }

    /// The value of each parameter that is neither password nor file, `null` for one left empty; or what is wrong.
    pub(super) fn accept(&self) -> Result<Map<String, Value>, Vec<FieldError>> {
        let accepted = validate(&self.specs, &self.info.groups, &self.typed, &self.kept, self.zone)
            .map_err(|errors| at_fields(&self.specs, errors))?;
        let own = self.specs.iter().filter(|spec| can_be_own(spec)).map(|spec| {
            let value = accepted.values.get(&spec.name).cloned();
            (spec.name.clone(), value.unwrap_or(Value::Null))
        });
        Ok(own.collect())
    }
}
