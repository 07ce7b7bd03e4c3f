//! The part of the editor on values that this schedule's runs take instead of the task's.

use std::collections::BTreeSet;

use chrono::Utc;
use chrono_tz::Tz;
use domain::params::{Field, FieldError, ParamKind, ParamSpec, Typed, fields, initial_values, validate};
use domain::task::TaskInfo;
use engine::settings::SavedSettings;
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::copying::{CopyFields, Copying};
use crate::components::error_summary::field_error;
use crate::components::param_field::{About, ParamInput, ZoneNames};
use crate::error::AppError;
use crate::form::Submitted;
use crate::pages::presets::{applicable, misfits, over};
use crate::routes::AppState;

/// Before the name of a parameter: the tick box that says that it has a value of its own.
const OWN: &str = "own.";

/// The parameters that can have one, and what stands in their fields.
#[derive(Clone, Default)]
pub(super) struct OwnValues {
    specs: Vec<ParamSpec>,
    typed: Typed,
    own: BTreeSet<String>,
}

/// A task's settings as the editor needs them.
pub(crate) struct Base {
    /// The task's folder.
    pub(super) task: String,
    info: Option<TaskInfo>,
    specs: Vec<ParamSpec>,
    saved: Option<SavedSettings>,
    zone: Tz,
}

impl Base {
    pub(crate) async fn load(state: &AppState, task: &str) -> Result<Self, AppError> {
        let folder = state.engine.catalog.find(task).ok_or(AppError::NotFound)?;
        let saved = state.engine.settings.find(task).await?;
        Ok(Self {
            task: folder.name.clone(),
            specs: state.engine.choices.resolve(&folder, saved.as_ref()).await,
            info: folder.found.as_ref().ok().cloned(),
            saved,
            zone: state.engine.zone,
        })
    }

    /// The fields for a saved schedule's values, or for none.
    pub(super) fn show(&self, params: &Map<String, Value>) -> OwnValues {
        OwnValues {
            specs: self.specs.clone(),
            typed: self.initial(&over(&self.values(), params)),
            own: params.keys().cloned().collect(),
        }
    }

    /// What stands in the fields, with a preset's values in place of those that it has; and what does not apply.
    pub(super) fn copy(&self, own: &OwnValues, preset: &Map<String, Value>) -> (OwnValues, Vec<String>) {
        let mut copied = self.show(&applicable(&self.specs, preset));
        for name in own.own.iter().filter(|name| !preset.contains_key(*name)) {
            let texts = own.typed.all(name).iter().map(String::as_str);
            copied.typed.set_all(name, texts);
            copied.typed.set_zone(name, own.typed.zone(name));
            copied.own.insert(name.clone());
        }
        (copied, misfits(&self.specs, &self.values(), preset))
    }

    /// What was typed, and the values that it stands for or what is wrong with it. `null` is a value that was left empty
    /// on purpose.
    pub(super) fn read(&self, form: &Submitted) -> (OwnValues, Result<Map<String, Value>, Vec<FieldError>>) {
        let own: BTreeSet<String> = form
            .pairs()
            .filter_map(|(name, _)| name.strip_prefix(OWN))
            .filter(|name| {
                self.specs
                    .iter()
                    .any(|spec| spec.name == *name && can_be_own(spec))
            })
            .map(str::to_owned)
            .collect();
        let mut typed = Typed::from_form(&self.specs, form.pairs());
        let shown = OwnValues {
            specs: self.specs.clone(),
            typed: typed.clone(),
            own: own.clone(),
        };
        // Everything else is as the task has it, so that rules over several parameters see the whole.
        let saved = self.initial(&self.values());
        for spec in self.specs.iter().filter(|spec| !own.contains(&spec.name)) {
            typed.set_all(&spec.name, saved.all(&spec.name).iter().map(String::as_str));
            typed.set_zone(&spec.name, saved.zone(&spec.name));
        }
        if let Some(settings) = &self.saved {
            typed.keep_files(&self.specs, &settings.values);
        }
        (shown, self.validate(&typed, &own))
    }

    /// Values that another system sent, as [`Base::read`] returns those that were typed.
    pub(crate) fn given(&self, sent: &Map<String, Value>) -> Result<Map<String, Value>, Vec<FieldError>> {
        let misfits: Vec<FieldError> = sent
            .iter()
            .filter_map(|(name, value)| Some(field_error(name, self.misfit(name, value)?)))
            .collect();
        if !misfits.is_empty() {
            return Err(misfits);
        }
        let mut values = self.values();
        for (name, value) in sent {
            values.remove(name);
            if !value.is_null() {
                values.insert(name.clone(), value.clone());
            }
        }
        let typed = self.initial(&values);
        self.validate(&typed, &sent.keys().cloned().collect())
    }

    /// What is wrong with the form of a value; whether it fits otherwise is asked of its text.
    fn misfit(&self, name: &str, value: &Value) -> Option<String> {
        let Some(spec) = self
            .specs
            .iter()
            .find(|spec| spec.name == name && can_be_own(spec))
        else {
            return Some("The task has no such setting".to_owned());
        };
        let may_be_many = matches!(
            spec.kind,
            ParamKind::Json | ParamKind::List(_) | ParamKind::MultiSelect(_)
        );
        match (&spec.kind, value) {
            (_, Value::Null) | (ParamKind::Checkbox, Value::Bool(_)) => None,
            (ParamKind::Checkbox, _) => Some(format!("{} must be true or false", spec.label)),
            (_, Value::Array(_) | Value::Object(_)) if !may_be_many => {
                Some(format!("{} must be one value", spec.label))
            }
            _ => None,
        }
    }

    fn validate(&self, typed: &Typed, own: &BTreeSet<String>) -> Result<Map<String, Value>, Vec<FieldError>> {
        let (Some(info), false) = (&self.info, own.is_empty()) else {
            return Ok(Map::new());
        };
        let saved = self
            .saved
            .as_ref()
            .map(SavedSettings::saved_names)
            .unwrap_or_default();
        match validate(&self.specs, &info.groups, typed, &saved, self.zone) {
            Ok(accepted) => {
                let value = |name: &String| accepted.values.get(name).cloned().unwrap_or(Value::Null);
                Ok(own.iter().map(|name| (name.clone(), value(name))).collect())
            }
            Err(errors) => {
                let of_own: Vec<_> = errors
                    .into_iter()
                    .filter(|error| own.contains(&error.name))
                    .collect();
                if of_own.is_empty() {
                    let sentence = "The task's own settings need attention. Look at them and save them first";
                    return Err(vec![field_error("own", sentence)]);
                }
                Err(of_own)
            }
        }
    }

    fn values(&self) -> Map<String, Value> {
        self.saved
            .as_ref()
            .map(|saved| saved.values.clone())
            .unwrap_or_default()
    }

    fn initial(&self, values: &Map<String, Value>) -> Typed {
        initial_values(&self.specs, Some(values), Utc::now().with_timezone(&self.zone))
    }
}

/// Passwords and files belong to the task; for another account a schedule takes another credential.
pub(crate) fn can_be_own(spec: &ParamSpec) -> bool {
    !spec.is_secret() && !spec.is_file()
}

/// The fields, each with its tick box; folded away while there is none.
#[component]
pub(super) fn OwnFields(own: OwnValues, copying: Copying, errors: Vec<FieldError>) -> AnyView {
    let shown = fields(&own.specs, &own.typed, &BTreeSet::new(), &errors);
    let pairs: Vec<(Field, bool)> = shown
        .into_iter()
        .zip(&own.specs)
        .filter(|(_, spec)| can_be_own(spec))
        .map(|(field, spec)| (field, own.own.contains(&spec.name)))
        .collect();
    if pairs.is_empty() {
        return ().into_any();
    }
    let has_moments = own
        .specs
        .iter()
        .any(|spec| matches!(spec.kind, ParamKind::DateTime(_)));
    let is_open = copying.is_asked(&errors)
        || pairs
            .iter()
            .any(|(field, is_own)| *is_own || field.error.is_some());
    let rows = pairs
        .into_iter()
        .map(|(mut field, is_own)| {
            // All are there, whatever the others hold: a condition may be met by the task's own value.
            field.condition = None;
            let id = format!("{OWN}{}", field.name);
            let words = format!("Another value for {}", field.label);
            view! {
                <div class="own-value">
                    <div class="tick">
                        <input type="checkbox" id=id.clone() name=id.clone() value="on" checked=is_own />
                        <label for=id>{words}</label>
                    </div>
                    <div class="own-input">
                        <ParamInput field about=About::default() />
                    </div>
                </div>
            }
        })
        .collect_view();
    view! {
        <details class="more" open=is_open id="own">
            <summary>"Other values for this schedule"</summary>
            <div>
                <p class="hint">"Its runs take these instead of the task's settings."</p>
                <CopyFields copying errors />
                {rows}
                {has_moments.then(|| view! { <ZoneNames /> })}
            </div>
        </details>
    }
    .into_any()
}
