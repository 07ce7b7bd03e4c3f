//! Validation of a filled form. The server always runs it; the browser runs the same code before sending.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use super::spec::{ParamKind, ParamSpec, plain};
use crate::secret::Secret;

/// The largest text a field takes, in bytes (fault case F70).
const MAX_TEXT: usize = 64 * 1024;

/// What was typed, by parameter name. Without `Debug`: it holds passwords until they are sealed.
#[derive(Clone, Default)]
pub struct Typed(BTreeMap<String, String>);

impl Typed {
    /// Picks the parameters out of a submitted form, by their input names.
    pub fn from_form<'a>(specs: &[ParamSpec], form: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let by_input: BTreeMap<String, &str> = specs
            .iter()
            .map(|spec| (spec.input_name(), spec.name.as_str()))
            .collect();
        let mut typed = BTreeMap::new();
        for (key, text) in form {
            if let Some(name) = by_input.get(key) {
                typed.insert((*name).to_owned(), text.to_owned());
            } else if let Some(name) = key.strip_suffix(".clear").and_then(|key| by_input.get(key)) {
                typed.insert(format!("{name}.clear"), text.to_owned());
            }
        }
        Self(typed)
    }

    /// What was typed for a parameter; `None` when the field was not sent (an unticked checkbox).
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Sets one value.
    pub fn set(&mut self, name: &str, text: &str) {
        self.0.insert(name.to_owned(), text.to_owned());
    }

    fn clears(&self, name: &str) -> bool {
        self.0.contains_key(&format!("{name}.clear"))
    }
}

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

/// A form that passed.
pub struct Accepted {
    /// Plain values by name, ready for the task. Parameters left empty are absent.
    pub values: Map<String, Value>,
    /// One entry for each password parameter.
    pub secrets: BTreeMap<String, SecretChange>,
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

/// How a typed value broke its rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Violation {
    /// Nothing was typed.
    Missing,
    /// Nothing was chosen.
    NotChosen,
    /// A number was expected; holds an example.
    NotANumber(String),
    /// A whole number was expected; holds an example.
    NotWhole(String),
    /// Not one of the choices.
    NotAChoice,
    /// Longer than 64 KiB.
    TooLong,
    /// Holds a NUL character, which neither databases nor programs take.
    HoldsNul,
}

impl Violation {
    /// The sentence for a field, after GOV.UK's templates.
    pub fn sentence(&self, label: &str) -> String {
        match self {
            Self::Missing => format!("Enter {label}"),
            Self::NotChosen => format!("Select {label}"),
            Self::NotANumber(example) => format!("{label} must be a number, like {example}"),
            Self::NotWhole(example) => format!("{label} must be a whole number, like {example}"),
            Self::NotAChoice => format!("{label} must be one of the choices in the list"),
            Self::TooLong => format!("{label} must be 64 KiB or less"),
            Self::HoldsNul => format!("{label} must not contain a NUL character"),
        }
    }
}

/// Checks what was typed against the declaration.
///
/// `saved` names the password parameters that already have a sealed value, for which empty means "keep".
pub fn validate(
    specs: &[ParamSpec],
    typed: &Typed,
    saved: &BTreeSet<String>,
) -> Result<Accepted, Vec<FieldError>> {
    let mut accepted = Accepted {
        values: Map::new(),
        secrets: BTreeMap::new(),
    };
    let mut errors = Vec::new();
    for spec in specs {
        let outcome = if spec.is_secret() {
            secret_change(spec, typed, saved.contains(&spec.name))
                .map(|change| drop(accepted.secrets.insert(spec.name.clone(), change)))
        } else {
            value(spec, typed.get(&spec.name)).map(|value| {
                if let Some(value) = value {
                    accepted.values.insert(spec.name.clone(), value);
                }
            })
        };
        if let Err(violation) = outcome {
            errors.push(FieldError {
                name: spec.name.clone(),
                input: spec.input_name(),
                message: violation.sentence(&spec.label),
            });
        }
    }
    if errors.is_empty() {
        Ok(accepted)
    } else {
        Err(errors)
    }
}

fn secret_change(spec: &ParamSpec, typed: &Typed, is_saved: bool) -> Result<SecretChange, Violation> {
    match typed.get(&spec.name).unwrap_or_default() {
        "" if is_saved && typed.clears(&spec.name) && !spec.required => Ok(SecretChange::Clear),
        "" if is_saved || !spec.required => Ok(SecretChange::Keep),
        "" => Err(Violation::Missing),
        text => bounded(text).map(|text| SecretChange::Replace(Secret::new(text))),
    }
}

fn value(spec: &ParamSpec, typed: Option<&str>) -> Result<Option<Value>, Violation> {
    let text = bounded(typed.unwrap_or_default())?;
    match &spec.kind {
        ParamKind::Checkbox => Ok(Some(Value::Bool(typed.is_some()))),
        ParamKind::Select(choices) => match choices.iter().find(|choice| choice.token() == text) {
            Some(choice) => Ok(Some(choice.value.clone())),
            None if text.is_empty() && spec.required => Err(Violation::NotChosen),
            None if text.is_empty() => Ok(None),
            None => Err(Violation::NotAChoice),
        },
        _ if text.trim().is_empty() && spec.required => Err(Violation::Missing),
        _ if text.trim().is_empty() => Ok(None),
        ParamKind::Number { whole } => number(text.trim(), *whole, spec.default.as_ref()).map(Some),
        ParamKind::Text | ParamKind::Password => Ok(Some(Value::String(text.to_owned()))),
    }
}

fn bounded(text: &str) -> Result<&str, Violation> {
    match text {
        text if text.len() > MAX_TEXT => Err(Violation::TooLong),
        text if text.contains('\0') => Err(Violation::HoldsNul),
        text => Ok(text),
    }
}

fn number(text: &str, whole: bool, default: Option<&Value>) -> Result<Value, Violation> {
    let example = default.map_or_else(|| "30".to_owned(), plain);
    // Digits, sign, point and exponent only: `parse` would also take "inf", "nan" and "infinity".
    let is_plain = text
        .chars()
        .all(|letter| letter.is_ascii_digit() || matches!(letter, '+' | '-' | '.' | 'e' | 'E'));
    let parsed = text
        .parse::<f64>()
        .ok()
        .filter(|number| is_plain && number.is_finite());
    match (text.parse::<i64>(), parsed) {
        (Ok(integer), _) => Ok(Value::Number(integer.into())),
        (Err(_), _) if whole => Err(Violation::NotWhole(example)),
        (Err(_), Some(decimal)) => Number::from_f64(decimal)
            .map(Value::Number)
            .ok_or(Violation::NotANumber(example)),
        (Err(_), None) => Err(Violation::NotANumber(example)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::declare;
    use super::*;

    fn specs() -> Vec<ParamSpec> {
        declare(
            &[
                json!({"name": "api_key", "label": "API Key", "type": "password"}),
                json!({"name": "region", "type": "select", "options": ["eu", {"value": 2, "label": "US"}]}),
            ],
            &[
                json!({"name": "batch_size", "label": "Batch Size", "type": "number", "default": 100}),
                json!({"name": "ratio", "type": "number"}),
                json!({"name": "dry_run", "type": "checkbox"}),
                json!("note"),
                json!({"name": "token", "type": "password"}),
            ],
        )
        .unwrap()
        .specs
    }

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        let pairs: Vec<(String, &str)> = pairs
            .iter()
            .map(|(name, text)| (format!("param.{name}"), *text))
            .collect();
        Typed::from_form(&specs(), pairs.iter().map(|(name, text)| (name.as_str(), *text)))
    }

    fn errors(pairs: &[(&str, &str)]) -> Vec<String> {
        validate(&specs(), &typed(pairs), &BTreeSet::new())
            .err()
            .unwrap_or_default()
            .into_iter()
            .map(|error| error.message)
            .collect()
    }

    #[test]
    fn an_empty_form_names_every_missing_field_in_order() {
        assert_eq!(errors(&[]), ["Enter API Key", "Select Region"]);
    }

    #[test]
    fn values_reach_the_task_with_their_types() {
        let form = typed(&[
            ("api_key", "k"),
            ("region", "2"),
            ("batch_size", " 25 "),
            ("ratio", "0.5"),
            ("dry_run", "on"),
        ]);
        let accepted = validate(&specs(), &form, &BTreeSet::new()).ok().unwrap();
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
        let saved = BTreeSet::from(["api_key".to_owned(), "token".to_owned()]);
        let accepted = validate(
            &specs(),
            &typed(&[("region", "eu"), ("token.clear", "on")]),
            &saved,
        )
        .ok()
        .unwrap();
        assert!(matches!(accepted.secrets["api_key"], SecretChange::Keep));
        assert!(matches!(accepted.secrets["token"], SecretChange::Clear));
    }

    #[test]
    fn f71_numbers_outside_the_written_rule_are_refused_with_an_example() {
        let base = [("api_key", "k"), ("region", "eu")];
        for text in ["1e309", "0x10", "1.000,5", "nan", "inf", "ten", "1 000"] {
            let messages = errors(&[base[0], base[1], ("batch_size", text)]);
            assert_eq!(
                messages,
                ["Batch Size must be a whole number, like 100"],
                "{text}"
            );
        }
        assert_eq!(
            errors(&[base[0], base[1], ("batch_size", "1.5")]),
            ["Batch Size must be a whole number, like 100"]
        );
        assert_eq!(
            errors(&[base[0], base[1], ("ratio", "half")]),
            ["Ratio must be a number, like 30"]
        );
    }

    #[test]
    fn f70_text_passes_unchanged_but_for_nul_and_size() {
        let base = [("api_key", "k"), ("region", "eu")];
        for text in ["--flag", "-rf /", "$(id)", "a;b", "emoji 🙂", "{\"__class__\":1}"] {
            let form = typed(&[base[0], base[1], ("note", text)]);
            assert_eq!(
                validate(&specs(), &form, &BTreeSet::new()).ok().unwrap().values["note"],
                json!(text)
            );
        }
        assert_eq!(
            errors(&[base[0], base[1], ("note", "a\0b")]),
            ["Note must not contain a NUL character"]
        );
        assert_eq!(
            errors(&[base[0], base[1], ("note", &"x".repeat(70_000))]),
            ["Note must be 64 KiB or less"]
        );
    }

    #[test]
    fn f71_a_choice_outside_the_list_and_unknown_fields_do_not_pass() {
        let messages = errors(&[("api_key", "k"), ("region", "mars")]);
        assert_eq!(messages, ["Region must be one of the choices in the list"]);
        let form = Typed::from_form(&specs(), [("param.stranger", "x"), ("stranger", "y")]);
        assert!(form.get("stranger").is_none());
    }
}
