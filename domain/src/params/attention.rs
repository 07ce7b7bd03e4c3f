//! What saved settings lack since the task's code changed (fault case F72).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::asked::asked_for_saved;
use super::group;
use super::spec::{FileRef, ParamGroup, ParamKind, ParamSpec};
use super::typed::Typed;
use super::values::{self, file, moment};
use crate::words::humanise;

/// Why a person must look at a task's settings before it runs again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    /// The parameter.
    pub name: String,
    /// Its label.
    pub label: String,
    /// The input to jump to; none when the form no longer has it.
    pub input: Option<String>,
    /// What happened.
    pub kind: AttentionKind,
    /// The same as a sentence that says what to do.
    pub sentence: String,
}

/// What happened to a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttentionKind {
    /// It is required and nothing is saved for it, or its group wants more or less than is saved.
    Missing,
    /// Something is saved that the task does not ask for.
    Vanished,
    /// What is saved does not fit.
    Unfit,
}

/// Compares saved settings with what the task asks for today. Nothing to say means that it may run.
///
/// `values` are the plain values with their marks, `secrets` the names of the passwords that are saved. A new optional
/// parameter needs no attention. Choices of `options_from` and credentials are compared if they are in `specs`; while
/// the list is empty any choice passes, so that nothing has to be asked of the task for this.
pub fn attention(
    specs: &[ParamSpec],
    groups: &[ParamGroup],
    values: &Map<String, Value>,
    secrets: &BTreeSet<String>,
) -> Vec<Attention> {
    let asked = asked_for_saved(specs, values, secrets);
    let mut found = Vec::new();
    let mut filled = BTreeSet::new();
    for spec in specs.iter().filter(|spec| asked.contains(&spec.name)) {
        let value = values.get(&spec.name);
        let is_saved = if spec.is_secret() {
            secrets.contains(&spec.name)
        } else {
            value.is_some()
        };
        if is_saved && value != Some(&Value::Bool(false)) {
            filled.insert(spec.name.as_str());
        }
        match value.and_then(|value| unfit(spec, value)) {
            Some(reason) => {
                let sentence = format!("\"{}\" no longer fits: {reason}.", spec.label);
                found.push(about(spec, AttentionKind::Unfit, sentence));
            }
            None if !is_saved && spec.required && spec.kind != ParamKind::Checkbox => {
                let sentence = format!("\"{}\" is new and must be filled in.", spec.label);
                found.push(about(spec, AttentionKind::Missing, sentence));
            }
            None => {}
        }
    }
    for (spec, sentence) in group::broken(groups, specs, &asked, &filled) {
        if !found.iter().any(|other| other.name == spec.name) {
            found.push(about(spec, AttentionKind::Missing, format!("{sentence}.")));
        }
    }
    found.extend(vanished(specs, values, secrets));
    found
}

fn about(spec: &ParamSpec, kind: AttentionKind, sentence: String) -> Attention {
    Attention {
        name: spec.name.clone(),
        label: spec.label.clone(),
        input: Some(spec.input_name()),
        kind,
        sentence,
    }
}

fn vanished<'a>(
    specs: &'a [ParamSpec],
    values: &'a Map<String, Value>,
    secrets: &'a BTreeSet<String>,
) -> impl Iterator<Item = Attention> + 'a {
    let is_declared = |name: &str| specs.iter().any(|spec| spec.name == name);
    let is_password = |name: &str| specs.iter().any(|spec| spec.name == name && spec.is_secret());
    let plain = values.keys().filter(move |name| !is_declared(name));
    let plain = plain.map(|name| (name, format!("The task no longer asks for \"{name}\".")));
    let sealed = secrets.iter().filter(move |name| !is_password(name));
    let sealed = sealed.map(move |name| {
        let how = if is_declared(name) { " as a password" } else { "" };
        (name, format!("The task no longer asks for \"{name}\"{how}."))
    });
    plain.chain(sealed).map(|(name, sentence)| Attention {
        name: name.clone(),
        label: humanise(name),
        input: None,
        kind: AttentionKind::Vanished,
        sentence: format!("{sentence} Save the form to confirm."),
    })
}

/// Why a saved value cannot go to the task as it is.
fn unfit(spec: &ParamSpec, value: &Value) -> Option<String> {
    match (&spec.kind, FileRef::from_value(value)) {
        (ParamKind::Password, _) => return Some(format!("{} is a password now", spec.label)),
        (ParamKind::File(rules), Some(saved)) => {
            return file::fits(&saved, rules)
                .err()
                .map(|violation| violation.sentence(&spec.label));
        }
        (ParamKind::File(_), None) => return Some(format!("{} is a file now", spec.label)),
        (ParamKind::Json, _) => return None,
        _ => {}
    }
    if is_unlisted(spec) {
        let is_list = matches!(spec.kind, ParamKind::MultiSelect(_));
        return (value.is_array() != is_list || !values::is_of_kind(&spec.kind, value))
            .then(|| changed(spec));
    }
    let mut typed = Typed::default();
    let texts = values::shown(&spec.kind, value);
    typed.set_all(&spec.name, texts.iter().map(String::as_str));
    match values::read(spec, &typed, &|local, _| Ok(moment::input(local))) {
        Err(violation) => Some(violation.sentence(&spec.label)),
        Ok(_) if !values::is_of_kind(&spec.kind, value) => Some(changed(spec)),
        // A choice may look the same and be another value: 7 for "7".
        Ok(read) if is_choice(spec) && read.as_ref() != Some(value) => Some(changed(spec)),
        Ok(_) => None,
    }
}

fn is_choice(spec: &ParamSpec) -> bool {
    // A credential is the same one under another name.
    spec.choices().is_some() && !matches!(spec.kind, ParamKind::Credential(_))
}

/// Whether its choices are not known here.
fn is_unlisted(spec: &ParamSpec) -> bool {
    spec.choices()
        .is_some_and(|choices| choices.list.is_empty() && (choices.from.is_some() || !is_choice(spec)))
}

fn changed(spec: &ParamSpec) -> String {
    format!(
        "its type changed to \"{}\", so save the form to confirm it",
        spec.kind.name()
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{declared, field};
    use super::super::{declare, declare_groups};
    use super::*;

    fn sentences(found: &[Attention]) -> Vec<&str> {
        found.iter().map(|one| one.sentence.as_str()).collect()
    }

    /// What is told when `saved` meets a parameter of this kind, optional.
    fn of_one(keys: Value, saved: Value) -> Vec<String> {
        let values = Map::from_iter([("x".to_owned(), saved)]);
        let found = attention(&[field(keys)], &[], &values, &BTreeSet::new());
        assert!(found.iter().all(|one| one.kind == AttentionKind::Unfit));
        found.into_iter().map(|one| one.sentence).collect()
    }

    #[test]
    fn f72_a_parameter_that_appeared_or_vanished_is_named_with_what_to_do() {
        let specs = declare(
            &[
                json!("region"),
                json!({"name": "key", "type": "password"}),
                json!({"name": "report", "type": "file"}),
                json!({"name": "dry_run", "type": "checkbox"}),
            ],
            &[json!("note")],
        );
        let values = Map::from_iter([("zone".to_owned(), json!("eu"))]);
        let found = attention(
            &specs.unwrap().specs,
            &[],
            &values,
            &BTreeSet::from(["token".to_owned()]),
        );
        assert_eq!(
            sentences(&found),
            [
                "\"Region\" is new and must be filled in.",
                "\"Key\" is new and must be filled in.",
                "\"Report\" is new and must be filled in.",
                "The task no longer asks for \"zone\". Save the form to confirm.",
                "The task no longer asks for \"token\". Save the form to confirm.",
            ]
        );
        assert_eq!(
            (found[0].input.as_deref(), found[3].input.as_deref()),
            (Some("param.region"), None)
        );
        assert_eq!(
            (found[0].kind, found[3].kind),
            (AttentionKind::Missing, AttentionKind::Vanished)
        );
    }

    #[test]
    fn f72_settings_that_fit_need_no_attention() {
        for (keys, saved) in [
            (json!({}), json!("a")),
            (json!({"type": "int", "min": 1}), json!(5)),
            (json!({"type": "number"}), json!(5)),
            (json!({"type": "bool"}), json!(false)),
            (json!({"options": ["a", 7]}), json!(7)),
            (json!({"options_from": "f"}), json!("anything")),
            (json!({"type": "multiselect", "options_from": "f"}), json!(["a"])),
            (
                json!({"type": "credential"}),
                json!({"$credential": {"id": "1", "name": "a"}}),
            ),
            (
                json!({"type": "file", "accept": ".csv"}),
                json!({"$file": {"id": "1", "name": "a.csv", "size": 1}}),
            ),
            (json!({"type": "date", "default": "today"}), json!("2026-03-29")),
            (
                json!({"type": "datetime"}),
                json!("2026-03-29T09:30:00+02:00[Europe/Paris]"),
            ),
            (json!({"type": "duration"}), json!(90)),
            (json!({"type": "list"}), json!(["a"])),
            (json!({"type": "json"}), json!({"a": 0.1})),
        ] {
            assert_eq!(of_one(keys.clone(), saved), Vec::<String>::new(), "{keys}");
        }
    }

    #[test]
    fn f72_a_value_that_no_longer_fits_says_why() {
        for (keys, saved, reason) in [
            (
                json!({"type": "int", "default": 100}),
                json!("many"),
                "Field must be a whole number, like 100",
            ),
            (
                json!({"type": "int"}),
                json!(1.5),
                "Field must be a whole number, like 30",
            ),
            (
                json!({"type": "int", "max": 3}),
                json!(5),
                "Field must be 3 or less",
            ),
            (
                json!({"type": "int"}),
                json!("5"),
                "its type changed to \"number\", so save the form to confirm it",
            ),
            (
                json!({}),
                json!(5),
                "its type changed to \"text\", so save the form to confirm it",
            ),
            (
                json!({"type": "bool"}),
                json!("yes"),
                "its type changed to \"checkbox\", so save the form to confirm it",
            ),
            (
                json!({"options": ["a"]}),
                json!("b"),
                "Field must be one of the choices in the list",
            ),
            (
                json!({"options": [7]}),
                json!("7"),
                "its type changed to \"select\", so save the form to confirm it",
            ),
            (
                json!({"type": "multiselect", "options_from": "f"}),
                json!("a"),
                "its type changed to \"multiselect\", so save the form to confirm it",
            ),
            (
                json!({"options_from": "f"}),
                json!(["a"]),
                "its type changed to \"select\", so save the form to confirm it",
            ),
            (
                json!({"type": "credential"}),
                json!("a"),
                "its type changed to \"credential\", so save the form to confirm it",
            ),
            (json!({"type": "password"}), json!("a"), "Field is a password now"),
            (json!({"type": "file"}), json!("a"), "Field is a file now"),
            (
                json!({"type": "file", "accept": ".csv"}),
                json!({"$file": {"id": "1", "name": "a.txt", "size": 1}}),
                "Field must be a file that ends in .csv",
            ),
            (
                json!({}),
                json!({"$file": {"id": "1", "name": "a.txt", "size": 1}}),
                "its type changed to \"text\", so save the form to confirm it",
            ),
            (
                json!({"type": "datetime"}),
                json!("2026-03-29T09:30"),
                "its type changed to \"datetime\", so save the form to confirm it",
            ),
            (
                json!({"type": "date"}),
                json!("yesterday"),
                "Field must be a real date, like 2026-03-29",
            ),
            (
                json!({"type": "list", "max": 1}),
                json!(["a", "b"]),
                "Field must have 1 entry or less",
            ),
        ] {
            assert_eq!(
                of_one(keys.clone(), saved),
                [format!("\"Field\" no longer fits: {reason}.")],
                "{keys}"
            );
        }
    }

    #[test]
    fn f72_a_password_that_became_text_is_not_handed_over_as_such() {
        let found = attention(
            &[field(json!({}))],
            &[],
            &Map::new(),
            &BTreeSet::from(["x".to_owned()]),
        );
        assert_eq!(
            sentences(&found),
            ["The task no longer asks for \"x\" as a password. Save the form to confirm."]
        );
    }

    #[test]
    fn f72_what_is_not_asked_for_needs_no_attention_and_groups_do() {
        let declared = declared(&[
            json!({"name": "mode", "options": ["daily", "weekly"]}),
            json!("folder"),
            json!("file"),
        ]);
        let mut specs = declared.specs;
        let mut hidden = field(json!({"type": "int", "depends_on": "mode"}));
        hidden.required = true;
        hidden.depends_on = Some(super::super::Condition {
            param: "mode".into(),
            values: vec![json!("weekly")],
        });
        specs.push(hidden);
        let groups = declare_groups(&[json!({"params": ["folder", "file"]})], &specs, &mut Vec::new());
        let values = Map::from_iter([
            ("mode".to_owned(), json!("daily")),
            ("x".to_owned(), json!("old")),
        ]);
        let found = attention(&specs, &groups, &values, &BTreeSet::new());
        assert_eq!(sentences(&found), ["Fill in Folder or File."]);
        let values = Map::from_iter([
            ("mode".to_owned(), json!("weekly")),
            ("file".to_owned(), json!("f")),
        ]);
        let found = attention(&specs, &groups, &values, &BTreeSet::new());
        assert_eq!(sentences(&found), ["\"Field\" is new and must be filled in."]);
    }
}
