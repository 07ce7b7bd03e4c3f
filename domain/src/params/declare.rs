//! From the lists in `job.py` to [`ParamSpec`]s.
//!
//! The typed form is the README's; a plain string is the older service's way of naming a text parameter
//! (`original-system.md` 1.3).

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::spec::{Choice, ParamKind, ParamSpec, plain};
use crate::words::humanise;

/// At most this many parameters: more is a mistake in the declaration, and a form nobody fills.
const MAX_PARAMS: usize = 200;

/// What a declaration came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// Required first, then optional, each in the author's order.
    pub specs: Vec<ParamSpec>,
    /// Sentences for the author about things that work but are probably not meant.
    pub warnings: Vec<String>,
}

/// Why a parameter list cannot become a form. The text names the entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeclarationProblem {
    /// An entry is neither a dictionary nor a string.
    #[error("{list}, entry {position}: expected a dictionary such as {{\"name\": \"api_key\"}}")]
    NotAnEntry {
        /// `REQUIRED_PARAMS` or `OPTIONAL_PARAMS`.
        list: &'static str,
        /// Counted from 1.
        position: usize,
    },
    /// The name is missing or cannot be a Python argument.
    #[error("{list}, entry {position}: \"name\" must be a Python argument name, not {found}")]
    BadName {
        /// `REQUIRED_PARAMS` or `OPTIONAL_PARAMS`.
        list: &'static str,
        /// Counted from 1.
        position: usize,
        /// What stood there.
        found: String,
    },
    /// Two entries have one name.
    #[error("The parameter \"{0}\" is declared twice")]
    Twice(String),
    /// A select without choices.
    #[error("The parameter \"{0}\" is a select, so it needs \"options\": a list of at least one choice")]
    NoOptions(String),
    /// The default does not fit the type.
    #[error("The parameter \"{name}\" has the default {found}, which does not fit its type \"{kind}\"")]
    BadDefault {
        /// The parameter.
        name: String,
        /// Its type.
        kind: String,
        /// The default as written.
        found: String,
    },
    /// Too many.
    #[error("{0} parameters are declared; at most 200 fit one form")]
    TooMany(usize),
}

/// Reads both lists. Entries are JSON as the describing process sent them.
pub fn declare(required: &[Value], optional: &[Value]) -> Result<Declared, DeclarationProblem> {
    let total = required.len() + optional.len();
    if total > MAX_PARAMS {
        return Err(DeclarationProblem::TooMany(total));
    }
    let mut declared = Declared {
        specs: Vec::with_capacity(total),
        warnings: Vec::new(),
    };
    let mut seen = BTreeSet::new();
    for (list, entries, is_required) in [
        ("REQUIRED_PARAMS", required, true),
        ("OPTIONAL_PARAMS", optional, false),
    ] {
        for (index, entry) in entries.iter().enumerate() {
            let spec = entry_to_spec(list, index + 1, entry, &mut declared.warnings)?;
            if !seen.insert(spec.name.clone()) {
                return Err(DeclarationProblem::Twice(spec.name));
            }
            declared.specs.push(ParamSpec {
                required: is_required,
                ..spec
            });
        }
    }
    Ok(declared)
}

fn entry_to_spec(
    list: &'static str,
    position: usize,
    entry: &Value,
    warnings: &mut Vec<String>,
) -> Result<ParamSpec, DeclarationProblem> {
    let shorthand;
    let entry = match entry {
        Value::Object(entry) => entry,
        Value::String(name) => {
            shorthand = Map::from_iter([("name".to_owned(), Value::String(name.clone()))]);
            &shorthand
        }
        _ => return Err(DeclarationProblem::NotAnEntry { list, position }),
    };
    let name = match entry.get("name") {
        Some(Value::String(name)) if is_argument_name(name) => name.clone(),
        other => {
            let found = other.map_or_else(|| "nothing".to_owned(), Value::to_string);
            return Err(DeclarationProblem::BadName {
                list,
                position,
                found,
            });
        }
    };
    let default = entry.get("default").filter(|value| !value.is_null());
    let kind = kind_of(&name, entry, default, warnings)?;
    let default = match (&kind, default) {
        (ParamKind::Password, Some(_)) => {
            warnings.push(format!(
                "The default of \"{name}\" is ignored: a password in code is not a secret."
            ));
            None
        }
        (kind, Some(value)) => Some(fitting_default(&name, kind, value)?),
        (_, None) => None,
    };
    let text = |key: &str| {
        entry
            .get(key)
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    };
    Ok(ParamSpec {
        label: text("label").map_or_else(|| humanise(&name), str::to_owned),
        description: text("description").map(str::to_owned),
        name,
        kind,
        default,
        required: false,
    })
}

fn kind_of(
    name: &str,
    entry: &Map<String, Value>,
    default: Option<&Value>,
    warnings: &mut Vec<String>,
) -> Result<ParamKind, DeclarationProblem> {
    let written = entry.get("type").and_then(Value::as_str).unwrap_or("text");
    Ok(match written {
        "text" => ParamKind::Text,
        "password" => ParamKind::Password,
        "number" => ParamKind::Number {
            whole: default.is_some_and(|value| value.is_i64() || value.is_u64()),
        },
        "checkbox" => ParamKind::Checkbox,
        "select" => match choices(entry.get("options")) {
            choices if choices.is_empty() => return Err(DeclarationProblem::NoOptions(name.to_owned())),
            choices => ParamKind::Select(choices),
        },
        unknown => {
            warnings.push(format!(
                "The type \"{unknown}\" of \"{name}\" is not known, so it is shown as text."
            ));
            ParamKind::Text
        }
    })
}

fn choices(options: Option<&Value>) -> Vec<Choice> {
    let entries = options
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    entries
        .iter()
        .filter_map(|entry| match entry {
            Value::Object(pair) => {
                let value = pair.get("value")?.clone();
                let label = pair
                    .get("label")
                    .and_then(Value::as_str)
                    .map_or_else(|| plain(&value), str::to_owned);
                Some(Choice { value, label })
            }
            Value::Null | Value::Array(_) => None,
            scalar => Some(Choice {
                value: scalar.clone(),
                label: plain(scalar),
            }),
        })
        .collect()
}

fn fitting_default(name: &str, kind: &ParamKind, value: &Value) -> Result<Value, DeclarationProblem> {
    let (fits, kind) = match kind {
        ParamKind::Text | ParamKind::Password => (!value.is_array() && !value.is_object(), "text"),
        ParamKind::Number { .. } => (value.is_number(), "number"),
        ParamKind::Checkbox => (value.is_boolean(), "checkbox"),
        ParamKind::Select(choices) => (choices.iter().any(|choice| choice.value == *value), "select"),
    };
    if fits {
        Ok(value.clone())
    } else {
        Err(DeclarationProblem::BadDefault {
            name: name.to_owned(),
            kind: kind.to_owned(),
            found: value.to_string(),
        })
    }
}

/// Whether the name can be a keyword argument of the constructor and is not one of its own.
fn is_argument_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && name.len() <= 64
        && !matches!(name, "self" | "settings")
        && !name.starts_with("__")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_readme_sample_becomes_a_password_and_a_whole_number() {
        let declared = declare(
            &[json!({"name": "api_key", "label": "API Key", "type": "password",
                     "description": "API key for external service"})],
            &[json!({"name": "batch_size", "label": "Batch Size", "type": "number", "default": 100})],
        )
        .unwrap();
        assert_eq!(declared.specs[0].kind, ParamKind::Password);
        assert!(declared.specs[0].required);
        assert_eq!(declared.specs[1].kind, ParamKind::Number { whole: true });
        assert_eq!(declared.specs[1].default, Some(json!(100)));
        assert!(!declared.specs[1].required);
    }

    #[test]
    fn a_plain_string_is_a_text_parameter_with_a_readable_label() {
        let declared = declare(&[json!("folder_id")], &[]).unwrap();
        assert_eq!(declared.specs[0].label, "Folder id");
        assert_eq!(declared.specs[0].kind, ParamKind::Text);
    }

    #[test]
    fn f67_each_mistake_in_a_declaration_names_its_entry() {
        let cases = [
            (vec![json!(3)], "entry 1"),
            (vec![json!("ok"), json!({"label": "No name"})], "entry 2"),
            (vec![json!({"name": "settings"})], "settings"),
            (vec![json!({"name": "__class__"})], "__class__"),
            (vec![json!({"name": "two words"})], "two words"),
            (vec![json!("a"), json!("a")], "declared twice"),
            (vec![json!({"name": "c", "type": "select"})], "needs \"options\""),
            (
                vec![json!({"name": "n", "type": "number", "default": "many"})],
                "\"many\"",
            ),
            (
                vec![json!({"name": "s", "type": "select", "options": ["a"], "default": "b"})],
                "\"b\"",
            ),
        ];
        for (entries, expected) in cases {
            let problem = declare(&entries, &[]).unwrap_err().to_string();
            assert!(problem.contains(expected), "{problem} should mention {expected}");
        }
        assert!(declare(&vec![json!("x"); 201], &[]).is_err());
        assert!(declare(&[json!("x")], &[json!("x")]).is_err());
    }

    #[test]
    fn f67_an_unknown_type_is_text_with_a_warning() {
        let declared = declare(&[json!({"name": "x", "type": "colour"})], &[]).unwrap();
        assert_eq!(declared.specs[0].kind, ParamKind::Text);
        assert!(declared.warnings[0].contains("colour"));
    }

    #[test]
    fn a_password_default_is_dropped_and_mentioned() {
        let declared = declare(
            &[json!({"name": "x", "type": "password", "default": "hunter2"})],
            &[],
        )
        .unwrap();
        assert_eq!(declared.specs[0].default, None);
        assert!(!declared.warnings[0].contains("hunter2"));
    }
}
