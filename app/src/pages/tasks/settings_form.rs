//! The form made from a task's parameters.

use std::collections::{BTreeMap, BTreeSet};

use domain::params::{Field, FieldError, ParamSpec, Typed, fields, initial_values};
use engine::settings::{SavedSecret, SavedSettings};
use leptos::prelude::*;

use super::readiness::saved_names;
use super::run::new_form_key;
use crate::components::param_field::ParamInput;
use crate::components::time;
use crate::islands::CheckedForm;

/// More optional fields than this are folded away.
const MANY_OPTIONAL: usize = 8;

/// What stands in the form, and what is wrong with it.
pub(super) struct FormState {
    typed: Typed,
    pub(super) errors: Vec<FieldError>,
    /// Passwords that were typed and must be typed again, since no page ever holds one.
    retype: BTreeSet<String>,
}

impl FormState {
    /// The saved values, or the defaults.
    pub(super) fn fresh(specs: &[ParamSpec], saved: Option<&SavedSettings>) -> Self {
        let typed = initial_values(specs, saved.map(|saved| &saved.values));
        Self {
            typed,
            errors: Vec::new(),
            retype: BTreeSet::new(),
        }
    }

    /// Points out what must be filled in.
    pub(super) fn with_errors(self, errors: Vec<FieldError>) -> Self {
        Self { errors, ..self }
    }

    /// What was typed, with its errors.
    pub(super) fn rejected(specs: &[ParamSpec], typed: Typed, errors: Vec<FieldError>) -> Self {
        let was_typed = |spec: &&ParamSpec| typed.get(&spec.name).is_some_and(|text| !text.is_empty());
        let retype = specs.iter().filter(|spec| spec.is_secret()).filter(was_typed);
        let retype = retype.map(ParamSpec::input_name).collect();
        Self {
            typed,
            errors,
            retype,
        }
    }
}

/// The form. Its address is the task's own.
#[component]
pub(super) fn SettingsForm(
    task: String,
    specs: Vec<ParamSpec>,
    saved: Option<SavedSettings>,
    form: FormState,
) -> AnyView {
    let saved_names = saved_names(saved.as_ref());
    let notes = notes(&form.retype, saved.map(|saved| saved.secrets).unwrap_or_default());
    let all = fields(&specs, &form.typed, &saved_names, &form.errors);
    let is_empty = all.is_empty();
    let (shown, folded) = fold(all);
    let draw = move |fields: Vec<Field>| {
        fields
            .into_iter()
            .map(|field| {
                let note = notes.get(&field.input).cloned();
                view! { <ParamInput field note /> }
            })
            .collect_view()
    };
    let is_open = folded.iter().any(|field| field.error.is_some());
    let more = (!folded.is_empty()).then(|| {
        view! {
            <details class="more" open=is_open>
                <summary>{format!("More options ({})", folded.len())}</summary>
                {draw(folded)}
            </details>
        }
    });
    let buttons = if is_empty {
        view! {
            <p class="muted">"This task has no settings. It can run as it is."</p>
            <div class="actions">
                <button class="button button-primary" name="action" value="run">
                    "Run now"
                </button>
            </div>
        }
        .into_any()
    } else {
        view! {
            <div class="actions">
                <button class="button button-primary" name="action" value="save">
                    "Save"
                </button>
                <button class="button" name="action" value="run">
                    "Save and run now"
                </button>
            </div>
        }
        .into_any()
    };
    view! {
        <CheckedForm specs saved=saved_names>
            <form method="post" action=format!("/tasks/{task}") novalidate>
                <input type="hidden" name="form_key" value=new_form_key() />
                {draw(shown)}
                {more}
                {buttons}
            </form>
        </CheckedForm>
    }
    .into_any()
}

/// Parts off the optional fields where there are many.
fn fold(all: Vec<Field>) -> (Vec<Field>, Vec<Field>) {
    if all.iter().filter(|field| !field.required).count() <= MANY_OPTIONAL {
        return (all, Vec::new());
    }
    all.into_iter().partition(|field| field.required)
}

/// The sentence at each password, by input.
fn notes(retype: &BTreeSet<String>, secrets: BTreeMap<String, SavedSecret>) -> BTreeMap<String, String> {
    let saved = secrets.into_iter().map(|(name, secret)| {
        let SavedSecret {
            updated_at,
            updated_by,
        } = secret;
        let when = time::date(updated_at);
        (
            format!("param.{name}"),
            format!("Saved, last changed {when} by {updated_by}. Leave empty to keep it."),
        )
    });
    let again = retype
        .iter()
        .map(|input| (input.clone(), "Enter it again: it was not saved yet.".to_owned()));
    saved.chain(again).collect()
}

#[cfg(test)]
mod tests {
    use domain::params::declare;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_typed_password_is_asked_for_again_and_an_empty_one_is_not() {
        let specs = declare(
            &[
                json!({"name": "a", "type": "password"}),
                json!({"name": "b", "type": "password"}),
            ],
            &[],
        );
        let specs = specs.unwrap().specs;
        let mut typed = Typed::default();
        typed.set("a", "CANARY");
        typed.set("b", "");
        let form = FormState::rejected(&specs, typed, Vec::new());
        assert_eq!(form.retype, BTreeSet::from(["param.a".to_owned()]));
        let notes = notes(&form.retype, BTreeMap::new());
        assert!(notes["param.a"].starts_with("Enter it again"));
    }

    #[test]
    fn many_optional_fields_are_folded_away_and_few_are_not() {
        let fields_of = |count: usize| {
            let optional: Vec<_> = (0..count).map(|index| json!(format!("p{index}"))).collect();
            let specs = declare(&[json!("r")], &optional).unwrap().specs;
            fold(fields(&specs, &Typed::default(), &BTreeSet::new(), &[]))
        };
        assert_eq!(fields_of(8).1.len(), 0);
        assert_eq!((fields_of(9).0.len(), fields_of(9).1.len()), (1, 9));
    }
}
