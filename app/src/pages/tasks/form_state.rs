//! What stands in a settings form, what is wrong with it, and what the page says beside each field.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Utc;
use chrono_tz::Tz;
use domain::params::{Field, FieldError, FileRef, ParamKind, ParamSpec, Typed, fields, initial_values};
use domain::words;
use engine::settings::{SavedSecret, SavedSettings};

use super::data::TaskData;
use crate::components::param_field::About;
use crate::components::time;

/// What stands in the form, and what is wrong with it.
#[derive(Clone)]
pub(super) struct FormState {
    typed: Typed,
    pub(super) errors: Vec<FieldError>,
    /// Passwords that were typed and must be typed again, since no page ever holds one; by name.
    retype: BTreeSet<String>,
    /// Files that came with a form that did not pass; by name.
    uploads: BTreeMap<String, FileRef>,
}

impl FormState {
    /// The saved values, or the defaults.
    pub(super) fn fresh(data: &TaskData, zone: Tz) -> Self {
        let saved = data.saved.as_ref().map(|saved| &saved.values);
        Self {
            typed: initial_values(&data.specs, saved, Utc::now().with_timezone(&zone)),
            errors: Vec::new(),
            retype: BTreeSet::new(),
            uploads: BTreeMap::new(),
        }
    }

    /// Points out what must be filled in.
    pub(super) fn with_errors(self, errors: Vec<FieldError>) -> Self {
        Self { errors, ..self }
    }

    /// What was typed, with its errors.
    pub(super) fn rejected(specs: &[ParamSpec], typed: Typed, errors: Vec<FieldError>) -> Self {
        let was_typed = |spec: &&ParamSpec| typed.get(&spec.name).is_some_and(|text| !text.is_empty());
        let is_wrong = |name: &str| errors.iter().any(|error| error.name == name);
        let retype = specs.iter().filter(|spec| spec.is_secret()).filter(was_typed);
        let retype = retype.map(|spec| spec.name.clone()).collect();
        let uploads = specs
            .iter()
            .filter(|spec| !is_wrong(&spec.name))
            .filter_map(|spec| Some((spec.name.clone(), typed.file(&spec.name)?.clone())))
            .collect();
        Self {
            typed,
            errors,
            retype,
            uploads,
        }
    }

    /// The form's fields. `saved` as for [`fields`].
    pub(super) fn fields(&self, specs: &[ParamSpec], saved: &BTreeSet<String>) -> Vec<Field> {
        fields(specs, &self.typed, saved, &self.errors)
    }

    /// What the page says beside each field, by name.
    pub(super) fn about(&self, task: &str, data: &TaskData) -> BTreeMap<String, About> {
        let specs = data.specs.iter();
        specs
            .map(|spec| {
                let about = About {
                    note: self.note(spec, data.saved.as_ref()),
                    link: link(spec, task),
                    upload: self.uploads.get(&spec.name).map(|file| file.id.clone()),
                    ..About::default()
                };
                (spec.name.clone(), about)
            })
            .collect()
    }

    fn note(&self, spec: &ParamSpec, saved: Option<&SavedSettings>) -> Option<String> {
        if self.retype.contains(&spec.name) {
            return Some("Enter it again: it was not saved yet.".to_owned());
        }
        if let Some(FileRef { name, size, .. }) = self.uploads.get(&spec.name) {
            let size = words::bytes(*size);
            return Some(format!(
                "{name}, {size}, has arrived. It is saved together with the form."
            ));
        }
        if let Some(FileRef { name, size, .. }) = self.typed.kept_file(&spec.name) {
            let size = words::bytes(*size);
            return Some(format!("{name}, {size}, is saved. Leave empty to keep it."));
        }
        let SavedSecret {
            updated_at,
            updated_by,
        } = saved?.secrets.get(&spec.name)?;
        let when = time::date(*updated_at);
        Some(format!(
            "Saved, last changed {when} by {updated_by}. Leave empty to keep it."
        ))
    }
}

/// Where a person finds what the list does not hold.
fn link(spec: &ParamSpec, task: &str) -> Option<(String, String)> {
    if let ParamKind::Credential(_) = spec.kind {
        let address = format!("/credentials/new?back=/tasks/{task}");
        return Some((address, "New credential".to_owned()));
    }
    let choices = spec.choices()?;
    let words = match (&choices.from, &choices.problem) {
        (_, Some(_)) => "Load again",
        (Some(_), None) => "Load the choices again",
        (None, None) => return None,
    };
    Some((format!("/tasks/{task}?refresh=choices"), words.to_owned()))
}

#[cfg(test)]
mod tests {
    use domain::params::declare;
    use serde_json::json;

    use super::*;
    use crate::components::error_summary::field_error;

    fn specs() -> Vec<ParamSpec> {
        declare(
            &[
                json!({"name": "a", "type": "password"}),
                json!({"name": "b", "type": "password"}),
                json!({"name": "report", "type": "file"}),
                json!({"name": "logo", "type": "file"}),
            ],
            &[],
        )
        .unwrap()
        .specs
    }

    fn file(name: &str) -> FileRef {
        FileRef {
            id: format!("id-{name}"),
            name: name.to_owned(),
            size: 1536,
        }
    }

    #[test]
    fn a_typed_password_is_asked_for_again_and_an_empty_one_is_not() {
        let specs = specs();
        let mut typed = Typed::default();
        typed.set("a", "CANARY");
        typed.set("b", "");
        let form = FormState::rejected(&specs, typed, Vec::new());
        assert!(form.note(&specs[0], None).unwrap().starts_with("Enter it again"));
        assert_eq!(form.note(&specs[1], None), None);
    }

    #[test]
    fn a_file_that_arrived_stays_with_the_form_unless_it_is_what_is_wrong() {
        let specs = specs();
        let mut typed = Typed::default();
        typed.set_file("report", file("report.csv"));
        typed.set_file("logo", file("logo.exe"));
        let form = FormState::rejected(&specs, typed, vec![field_error("logo", "wrong")]);
        assert_eq!(
            form.note(&specs[2], None).unwrap(),
            "report.csv, 1.5 KB, has arrived. It is saved together with the form."
        );
        assert_eq!(form.note(&specs[3], None), None);
        assert_eq!(form.uploads.keys().collect::<Vec<_>>(), ["report"]);
    }

    #[test]
    fn a_list_that_the_task_is_asked_for_can_be_asked_for_again_and_others_not() {
        let specs = declare(
            &[],
            &[
                json!({"name": "a", "type": "select", "options": ["x"]}),
                json!({"name": "b", "type": "select", "options_from": "regions"}),
                json!({"name": "c", "type": "credential"}),
            ],
        );
        let links: Vec<Option<String>> = specs
            .unwrap()
            .specs
            .iter()
            .map(|spec| link(spec, "t").map(|(address, _)| address))
            .collect();
        assert_eq!(
            links,
            [
                None,
                Some("/tasks/t?refresh=choices".to_owned()),
                Some("/credentials/new?back=/tasks/t".to_owned())
            ]
        );
    }
}
