//! Validation of a filled form. The server always runs it; the browser runs the same code before sending.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::asked::asked_for;
use super::group;
use super::spec::{FileRef, ParamGroup, ParamKind, ParamSpec};
use super::typed::Typed;
use super::values::{self, Placed, file, text, zone};
use super::violation::Violation;
use crate::secret::Secret;

/// What becomes of a secret: an empty field means [`SecretChange::Keep`], never clear.
#[derive(Clone)]
pub enum SecretChange {
    /// Leave the saved one as it is.
    Keep,
    /// Seal this one instead.
    Replace(Secret),
    /// Forget the saved one.
    Clear,
}

/// What becomes of a file: no upload means [`FileChange::Keep`], never clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileChange {
    /// Leave the saved one as it is, if there is one.
    Keep,
    /// Use this one instead.
    Replace(FileRef),
    /// Forget the saved one.
    Clear,
}

/// A form that passed.
///
/// A parameter that is not asked for (its `depends_on` is not met) is in none of the three: what was saved for it is to
/// be forgotten.
pub struct Accepted {
    /// Plain values by name, as they are saved. Parameters left empty are absent.
    pub values: Map<String, Value>,
    /// One entry for each password parameter that is asked for.
    pub secrets: BTreeMap<String, SecretChange>,
    /// One entry for each file parameter that is asked for.
    pub files: BTreeMap<String, FileChange>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldError {
    /// The parameter.
    pub name: String,
    /// The input to jump to.
    pub input: String,
    /// The sentence shown at the field and in the summary.
    pub message: String,
}

/// Checks what was typed against the declaration and makes of it what is saved.
///
/// * `saved` names the password and file parameters that already have a saved value, for which empty means "keep".
/// * `server` is the zone of a moment that names none.
/// * Choices of `options_from` and of credentials must be in `specs` by now. A list that is still empty accepts
///   nothing; one whose `problem` is set accepts any text, but for credentials.
pub fn validate(
    specs: &[ParamSpec],
    groups: &[ParamGroup],
    typed: &Typed,
    saved: &BTreeSet<String>,
    server: Tz,
) -> Result<Accepted, Vec<FieldError>> {
    let placed: &Placed = &|local, zone_name| zone::saved(local, zone_name, server);
    let mut accepted = Accepted {
        values: Map::new(),
        secrets: BTreeMap::new(),
        files: BTreeMap::new(),
    };
    let asked = asked_for(specs, typed, saved);
    let mut filled = BTreeSet::new();
    let mut errors = Vec::new();
    for spec in specs.iter().filter(|spec| asked.contains(&spec.name)) {
        let is_saved = saved.contains(&spec.name) || typed.kept_file(&spec.name).is_some();
        match field(spec, typed, is_saved, placed) {
            Ok(field) => {
                if field.is_filled(is_saved) {
                    filled.insert(spec.name.as_str());
                }
                field.accept(&spec.name, &mut accepted);
            }
            Err(violation) => {
                // Something wrong was typed, which is not nothing: its group does not complain as well.
                filled.insert(spec.name.as_str());
                errors.push(error(spec, violation.sentence(&spec.label)));
            }
        }
    }
    for (spec, sentence) in group::broken(groups, specs, &asked, &filled) {
        if !errors.iter().any(|error| error.name == spec.name) {
            errors.push(error(spec, sentence));
        }
    }
    if errors.is_empty() {
        return Ok(accepted);
    }
    let place = |error: &FieldError| specs.iter().position(|spec| spec.name == error.name);
    errors.sort_by_key(place);
    Err(errors)
}

fn error(spec: &ParamSpec, message: String) -> FieldError {
    FieldError {
        name: spec.name.clone(),
        input: spec.input_name(),
        message,
    }
}

/// What one field came to.
enum Held {
    Value(Option<Value>),
    Secret(SecretChange),
    File(FileChange),
}

impl Held {
    fn is_filled(&self, is_saved: bool) -> bool {
        match self {
            Self::Value(value) => value.as_ref().is_some_and(|value| *value != Value::Bool(false)),
            Self::Secret(SecretChange::Keep) | Self::File(FileChange::Keep) => is_saved,
            Self::Secret(SecretChange::Replace(_)) | Self::File(FileChange::Replace(_)) => true,
            Self::Secret(SecretChange::Clear) | Self::File(FileChange::Clear) => false,
        }
    }

    fn accept(self, name: &str, accepted: &mut Accepted) {
        let name = name.to_owned();
        match self {
            Self::Value(None) => {}
            Self::Value(Some(value)) => drop(accepted.values.insert(name, value)),
            Self::Secret(change) => drop(accepted.secrets.insert(name, change)),
            Self::File(change) => drop(accepted.files.insert(name, change)),
        }
    }
}

fn field(spec: &ParamSpec, typed: &Typed, is_saved: bool, placed: &Placed) -> Result<Held, Violation> {
    let is_cleared = is_saved && typed.clears(&spec.name) && !spec.required;
    match &spec.kind {
        ParamKind::Password => match typed.get(&spec.name).unwrap_or_default() {
            "" if is_cleared => Ok(SecretChange::Clear),
            "" if is_saved || !spec.required => Ok(SecretChange::Keep),
            "" => Err(Violation::Missing),
            text => values::bounded(text)
                .and_then(|text| text::fits(text, spec))
                .map(|()| SecretChange::Replace(Secret::new(text))),
        }
        .map(Held::Secret),
        ParamKind::File(rules) => match typed.file(&spec.name) {
            None if is_cleared => Ok(FileChange::Clear),
            None if is_saved || !spec.required => Ok(FileChange::Keep),
            None => Err(Violation::NoFile),
            Some(upload) => file::fits(upload, rules).map(|()| FileChange::Replace(upload.clone())),
        }
        .map(Held::File),
        _ => values::read(spec, typed, placed).map(Held::Value),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::declare;
    use super::super::testing::{accept, declared, field, form, problems, submit};
    use super::*;

    fn specs() -> Vec<ParamSpec> {
        let required = [
            json!({"name": "api_key", "label": "API Key", "type": "password"}),
            json!({"name": "region", "type": "select", "options": ["eu", {"value": 2, "label": "US"}]}),
        ];
        let optional = [
            json!({"name": "batch_size", "label": "Batch Size", "type": "number", "default": 100}),
            json!({"name": "ratio", "type": "number"}),
            json!({"name": "dry_run", "type": "checkbox"}),
            json!("note"),
            json!({"name": "token", "type": "password"}),
        ];
        declare(&required, &optional).unwrap().specs
    }

    fn names(list: &[&str]) -> BTreeSet<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    fn upload(name: &str, size: u64) -> FileRef {
        FileRef {
            id: "1".into(),
            name: name.into(),
            size,
        }
    }

    #[test]
    fn an_empty_form_names_every_missing_field_in_order() {
        let errors = problems(&specs(), &[], &Typed::default());
        let told: Vec<_> = errors
            .iter()
            .map(|error| (error.input.as_str(), error.message.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("param.api_key", "Enter API Key"),
                ("param.region", "Select Region")
            ]
        );
    }

    #[test]
    fn values_reach_the_task_with_their_types() {
        let pairs = [
            ("api_key", "k"),
            ("region", "2"),
            ("batch_size", " 25 "),
            ("ratio", "0.5"),
            ("dry_run", "on"),
        ];
        let accepted = accept(&specs(), &form(&specs(), &pairs)).ok().unwrap();
        assert_eq!(
            Value::Object(accepted.values),
            json!({"region": 2, "batch_size": 25, "ratio": 0.5, "dry_run": true})
        );
        assert!(
            matches!(&accepted.secrets["api_key"], SecretChange::Replace(secret) if secret.expose() == "k")
        );
        assert!(matches!(accepted.secrets["token"], SecretChange::Keep));
    }

    #[test]
    fn an_empty_password_keeps_the_saved_one_and_only_an_explicit_wish_clears_it() {
        let typed = form(
            &specs(),
            &[("region", "eu"), ("token.clear", "on"), ("api_key.clear", "on")],
        );
        let saved = names(&["api_key", "token"]);
        let accepted = validate(&specs(), &[], &typed, &saved, Tz::UTC).ok().unwrap();
        // A required one cannot be cleared.
        assert!(matches!(accepted.secrets["api_key"], SecretChange::Keep));
        assert!(matches!(accepted.secrets["token"], SecretChange::Clear));
    }

    #[test]
    fn a_file_is_kept_replaced_or_cleared_and_checked_by_name_and_size() {
        let optional = [field(json!({"type": "file", "accept": ".csv,.txt", "max_mb": 1}))];
        let outcome = |specs: &[ParamSpec], typed: &Typed, saved: &[&str]| {
            let outcome = validate(specs, &[], typed, &names(saved), Tz::UTC);
            outcome
                .map(|mut accepted| accepted.files.remove("x"))
                .map_err(|errors| errors[0].message.clone())
        };
        let mut typed = Typed::default();
        assert_eq!(outcome(&optional, &typed, &[]), Ok(Some(FileChange::Keep)));
        let mut required = optional.clone();
        required[0].required = true;
        assert_eq!(
            outcome(&required, &typed, &[]),
            Err("Select a file for Field".into())
        );
        assert_eq!(outcome(&required, &typed, &["x"]), Ok(Some(FileChange::Keep)));
        typed.clear("x");
        assert_eq!(outcome(&optional, &typed, &["x"]), Ok(Some(FileChange::Clear)));
        for (name, size, expected) in [
            (
                "A.CSV",
                1 << 20,
                Ok(Some(FileChange::Replace(upload("A.CSV", 1 << 20)))),
            ),
            (
                "a.csv",
                (1 << 20) + 1,
                Err("Field must be 1 MB or less".to_owned()),
            ),
            (
                "a.exe",
                1,
                Err("Field must be a file that ends in .csv or .txt".to_owned()),
            ),
            (
                "csv",
                1,
                Err("Field must be a file that ends in .csv or .txt".to_owned()),
            ),
        ] {
            typed.set_file("x", upload(name, size));
            assert_eq!(outcome(&optional, &typed, &[]), expected, "{name}");
        }
    }

    #[test]
    fn what_is_not_asked_for_is_neither_required_nor_checked_nor_kept() {
        let mode = json!({"name": "mode", "options": ["daily", "weekly"]});
        let depends = |name: &str, of_type: &str| json!({"name": name, "type": of_type, "depends_on": {"mode": "weekly"}});
        let mut specs = declare(
            &[depends("day", "int"), depends("key", "password")],
            &[mode, depends("list", "file")],
        )
        .unwrap()
        .specs;
        specs.rotate_left(2);
        let typed = form(&specs, &[("mode", "daily"), ("day", "wrong"), ("key", "k")]);
        let saved = names(&["key", "list"]);
        let accepted = validate(&specs, &[], &typed, &saved, Tz::UTC).ok().unwrap();
        assert_eq!(Value::Object(accepted.values), json!({"mode": "daily"}));
        assert!(accepted.secrets.is_empty() && accepted.files.is_empty());
        let typed = form(&specs, &[("mode", "weekly")]);
        let errors = accept(&specs, &typed).err().unwrap();
        assert_eq!(errors, "Enter Day; Enter Key");
    }

    #[test]
    fn errors_come_in_the_order_of_the_form() {
        let declared = declared(&[json!("a"), json!({"name": "b", "type": "int"}), json!("c")]);
        let raw = [json!({"params": ["c"]}), json!({"params": ["a"]})];
        let groups = super::super::declare_groups(&raw, &declared.specs, &mut Vec::new());
        let typed = form(&declared.specs, &[("b", "x")]);
        let errors = problems(&declared.specs, &groups, &typed);
        let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(
            messages,
            ["Fill in A", "B must be a whole number, like 30", "Fill in C"]
        );
    }

    #[test]
    fn f70_every_kind_of_field_refuses_nul_and_more_than_64_kib() {
        for of_type in [
            "text", "textarea", "password", "number", "date", "time", "datetime", "duration", "email", "url",
            "json", "list",
        ] {
            let spec = field(json!({"type": of_type}));
            assert_eq!(
                submit(&spec, &["a\0b"]),
                Err("Field must not contain a NUL character".into()),
                "{of_type}"
            );
            assert_eq!(
                submit(&spec, &[&"x".repeat(65_537)]),
                Err("Field must be 64 KiB or less".into()),
                "{of_type}"
            );
        }
        let spec = field(json!({"type": "multiselect", "options": ["a"]}));
        assert_eq!(
            submit(&spec, &["a", "b\0"]),
            Err("Field must not contain a NUL character".into())
        );
    }

    #[test]
    fn f71_unknown_fields_do_not_pass() {
        let typed = Typed::from_form(&specs(), [("param.stranger", "x"), ("stranger", "y")]);
        assert!(typed.get("stranger").is_none());
    }
}
