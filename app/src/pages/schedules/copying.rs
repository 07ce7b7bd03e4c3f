//! Copying a preset's values into a schedule's own.

use domain::params::FieldError;
use engine::presets::Preset;
use leptos::prelude::*;

use super::editor::Entered;
use super::own_values::Base;
use crate::components::error_summary::field_error;
use crate::components::field::Labels;
use crate::components::select::{SelectField, options};
use crate::error::AppError;
use crate::form::Submitted;
use crate::routes::AppState;

/// The field that names the preset.
const PRESET: &str = "preset";
/// The button that copies it.
const COPY: &str = "copy";

/// What can be copied, and what was.
#[derive(Clone, Default)]
pub(super) struct Copying {
    /// Id and name of all presets of the task.
    presets: Vec<(String, String)>,
    copied: Option<Copied>,
}

/// What was copied; it is not saved yet.
#[derive(Clone)]
pub(super) struct Copied {
    name: String,
    /// Values that do not apply.
    misfits: Vec<String>,
}

impl Copying {
    pub(super) async fn load(state: &AppState, task: &str, copied: Option<Copied>) -> Result<Self, AppError> {
        let presets = state.engine.presets.list_for_task(task).await?.into_iter();
        Ok(Self {
            presets: presets.map(|preset| (preset.id, preset.name)).collect(),
            copied,
        })
    }

    /// Whether the part with these fields must be open.
    pub(super) fn is_asked(&self, errors: &[FieldError]) -> bool {
        self.copied.is_some() || errors.iter().any(|error| error.input == PRESET)
    }
}

/// Whether the form was sent for copying only.
pub(super) fn is_copy(form: &Submitted) -> bool {
    form.get("action") == COPY
}

/// Copies the preset that the form names into what stands in it. Other mistakes wait until it is saved.
pub(super) async fn copy(
    state: &AppState,
    base: &Base,
    entered: Entered,
    form: &Submitted,
) -> Result<Entered, AppError> {
    let id = form.get(PRESET);
    if id.is_empty() {
        let errors = vec![field_error(PRESET, "Select a preset")];
        return Ok(Entered { errors, ..entered });
    }
    let found = state.engine.presets.find(id).await?;
    let Some(preset) = found.filter(|preset| preset.task_name == base.task) else {
        let errors = vec![field_error(PRESET, "That preset was deleted. Select another")];
        return Ok(Entered { errors, ..entered });
    };
    Ok(take(base, entered, &preset))
}

/// The same form, with the values of a preset.
pub(super) fn take(base: &Base, entered: Entered, preset: &Preset) -> Entered {
    let (own, misfits) = base.copy(&entered.own, &preset.values);
    let name = preset.name.clone();
    Entered {
        own,
        copied: Some(Copied { name, misfits }),
        errors: Vec::new(),
        ..entered
    }
}

/// The list of presets with its button; nothing is drawn where there are none.
#[component]
pub(super) fn CopyFields(copying: Copying, errors: Vec<FieldError>) -> AnyView {
    if copying.presets.is_empty() {
        return ().into_any();
    }
    let labels = Labels {
        hint: Some(
            "Its values are copied into this schedule. Later changes of the preset do not change the schedule."
                .to_owned(),
        ),
        ..Labels::required(PRESET, "Take the values of a preset").with_error(&errors)
    };
    let options = options("Select a preset", copying.presets, "", str::to_owned);
    let copied = copying.copied.map(|Copied { name, misfits }| {
        let left_out = misfits
            .into_iter()
            .map(|sentence| view! { <p>{sentence}</p> })
            .collect_view();
        view! {
            <div class="notice notice-warning" role="status">
                <div>
                    <p>{format!("The values of “{name}” were copied. They count when the schedule is saved.")}</p>
                    {left_out}
                </div>
            </div>
        }
    });
    view! {
        <div class="copy-preset">
            {copied}
            <SelectField labels options chosen=String::new() />
            <button class="button" name="action" value=COPY>
                "Copy its values"
            </button>
        </div>
    }
    .into_any()
}
