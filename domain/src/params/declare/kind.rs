//! The type of a parameter with its rules.

use serde_json::Value;

use super::DeclarationProblem;
use super::choices;
use super::entry::Entry;
use super::quote;
use super::rules;
use super::types::Type;
use crate::params::spec::{Choices, ParamKind};

/// Reads the type, or infers it from what else is said, and then what belongs to it.
pub(super) fn read(
    name: &str,
    entry: &mut Entry<'_>,
    default: Option<&Value>,
) -> Result<ParamKind, DeclarationProblem> {
    let mut of_type = match entry.get("type") {
        None => inferred(entry, default),
        Some(written) => known(written, entry),
    };
    let has_options = entry.has("options") || entry.has("options_from");
    let meant = match of_type {
        Type::Text | Type::Number(_) if has_options => Type::Select,
        Type::List if has_options => Type::MultiSelect,
        // Tags without a list to choose from are typed.
        Type::MultiSelect if !has_options && is_tags(entry.get("type")) => Type::List,
        same => same,
    };
    if meant != of_type && has_options {
        let words = if meant == Type::Select {
            "select"
        } else {
            "multiselect"
        };
        entry.warn(format!(
            "{} has options, so it is shown as a {words}. Write \"type\": \"{words}\".",
            entry.subject()
        ));
    }
    of_type = meant;
    entry.is_a(own_name(of_type));
    let no_options = |kind| DeclarationProblem::NoOptions {
        name: name.to_owned(),
        kind,
    };
    Ok(match of_type {
        Type::Text => ParamKind::Text(rules::counts(entry)),
        Type::Textarea => ParamKind::Textarea(rules::counts(entry)),
        Type::Password => ParamKind::Password,
        Type::Number(whole) => ParamKind::Number(rules::number(entry, whole, default)),
        Type::Checkbox => ParamKind::Checkbox,
        Type::Select => ParamKind::Select(choices::read(entry).ok_or_else(|| no_options("select"))?),
        Type::Radio => ParamKind::Radio(choices::read(entry).ok_or_else(|| no_options("radio"))?),
        Type::MultiSelect => {
            ParamKind::MultiSelect(choices::read(entry).ok_or_else(|| no_options("multiselect"))?)
        }
        Type::Date => ParamKind::Date(rules::dates(entry)),
        Type::Time => ParamKind::Time,
        Type::DateTime => ParamKind::DateTime(rules::moments(entry)),
        Type::Duration => ParamKind::Duration(rules::durations(entry)),
        Type::Email => ParamKind::Email,
        Type::Url => ParamKind::Url,
        Type::Json => ParamKind::Json,
        Type::List => ParamKind::List(rules::counts(entry)),
        Type::File => ParamKind::File(rules::file(entry)),
        Type::Credential => ParamKind::Credential(Choices::default()),
    })
}

fn known(written: &Value, entry: &mut Entry<'_>) -> Type {
    let word = written.as_str();
    word.and_then(Type::from_written).unwrap_or_else(|| {
        let meant = word
            .and_then(Type::meant)
            .map_or_else(String::new, |meant| format!(" Was \"{meant}\" meant?"));
        entry.warn(format!(
            "The type {} of {} is not known, so it is shown as text.{meant}",
            quote(written),
            entry.subject()
        ));
        Type::Text
    })
}

fn inferred(entry: &Entry<'_>, default: Option<&Value>) -> Type {
    let has_options = entry.has("options") || entry.has("options_from");
    match default {
        Some(Value::Array(_)) if has_options => Type::MultiSelect,
        _ if has_options => Type::Select,
        Some(Value::Bool(_)) => Type::Checkbox,
        Some(Value::Number(_)) => Type::Number(None),
        Some(Value::Array(values)) if values.iter().any(|value| value.is_array() || value.is_object()) => {
            Type::Json
        }
        Some(Value::Array(_)) => Type::List,
        Some(Value::Object(_)) => Type::Json,
        _ => Type::Text,
    }
}

fn is_tags(written: Option<&Value>) -> bool {
    let word = written
        .and_then(Value::as_str)
        .map(|word| word.trim().to_lowercase());
    matches!(word.as_deref(), Some("tags" | "set" | "<class 'set'>"))
}

/// A type's own name in the author's words.
fn own_name(of_type: Type) -> &'static str {
    let names = super::types::TYPES.iter().find(|(kind, _)| *kind == of_type);
    names
        .and_then(|(_, names)| names.first())
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::declare;
    use super::*;

    #[test]
    fn a_number_is_whole_when_its_type_or_everything_written_about_it_is() {
        let spec = |entry: &Value| declare(&[], std::slice::from_ref(entry)).unwrap().specs.remove(0);
        let is_whole = |entry: &Value| match spec(entry).kind {
            ParamKind::Number(rules) => rules.whole,
            other => unreachable!("{other:?}"),
        };
        for (entry, expected) in [
            (json!({"name": "x", "type": "number"}), false),
            (json!({"name": "x", "type": "number", "min": 0, "max": 1}), false),
            (json!({"name": "x", "type": "number", "default": 5}), true),
            (
                json!({"name": "x", "type": "number", "default": 5, "step": 0.5}),
                false,
            ),
            (
                json!({"name": "x", "type": "number", "default": 1, "min": 0.5}),
                false,
            ),
            (json!({"name": "x", "type": "number", "step": 1}), true),
            (json!({"name": "x", "type": "integer"}), true),
            (json!({"name": "x", "type": "int", "default": 5.0}), true),
            (json!({"name": "x", "type": "float", "default": 5}), false),
        ] {
            assert_eq!(is_whole(&entry), expected, "{entry}");
        }
        let five = spec(&json!({"name": "x", "type": "int", "default": 5.0}));
        assert_eq!(five.default, Some(json!(5)));
    }
}
