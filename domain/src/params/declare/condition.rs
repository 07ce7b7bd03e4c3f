//! `depends_on`: connects parameters once all of them are known.

use serde_json::{Map, Value};

use super::quote;
use crate::params::spec::{Condition, ParamKind, ParamSpec};
use crate::params::values::choice;

const NAME_KEYS: [&str; 4] = ["param", "parameter", "field", "name"];
const VALUE_KEYS: [&str; 5] = ["value", "values", "equals", "is", "in"];

/// Puts the conditions in, by index of their parameter. What cannot be used is left out with a warning.
pub(super) fn connect(specs: &mut [ParamSpec], written: Vec<(usize, Value)>, warnings: &mut Vec<String>) {
    for (index, written) in written {
        let name = specs[index].name.clone();
        match read(&written, specs, index) {
            Ok(condition) => {
                let never = never_met(&condition, specs);
                warnings.extend(never.map(|value| {
                    format!(
                        "\"depends_on\" of \"{name}\": {value} is not a value that \"{}\" can have.",
                        condition.param
                    )
                }));
                specs[index].depends_on = Some(condition);
            }
            Err(reason) => warnings.push(format!("\"depends_on\" of \"{name}\" is ignored: {reason}.")),
        }
    }
}

fn read(written: &Value, specs: &[ParamSpec], index: usize) -> Result<Condition, String> {
    let (param, value) = parts(written, specs)
        .ok_or_else(|| format!("expected {{\"other\": value}}, not {}", quote(written)))?;
    if param == specs[index].name {
        return Err("it names the parameter itself".to_owned());
    }
    let Some(other) = specs.iter().find(|spec| spec.name == param) else {
        return Err(format!("no parameter {} is declared", quote(&Value::from(param))));
    };
    if depends_on(other, &specs[index].name, specs) {
        return Err(format!(
            "\"{param}\" depends on \"{}\" as well",
            specs[index].name
        ));
    }
    let values: Vec<Value> = match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(values)) => values,
        Some(value) => vec![value],
    };
    let has_words = !matches!(
        other.kind,
        ParamKind::Password | ParamKind::File(_) | ParamKind::Credential(_)
    );
    // `True` means "is filled in" where the parameter itself is never true.
    let is_any = values == [Value::Bool(true)] && !can_be_true(other);
    if !values.is_empty() && !is_any && !has_words {
        return Err(format!(
            "of \"{param}\" only whether it is filled in can be asked: write \"depends_on\": \"{param}\""
        ));
    }
    Ok(Condition {
        param,
        values: if is_any { Vec::new() } else { values },
    })
}

/// The other parameter's name, and the value it must have if one is given.
fn parts(written: &Value, specs: &[ParamSpec]) -> Option<(String, Option<Value>)> {
    let parts = match written {
        Value::String(name) => return Some((name.trim().to_owned(), None)),
        Value::Object(parts) => parts,
        _ => return None,
    };
    named(parts, specs).or_else(|| {
        let mut entries = parts.iter();
        match (entries.next(), entries.next()) {
            (Some((name, value)), None) => Some((name.clone(), Some(value.clone()))),
            _ => None,
        }
    })
}

/// The long form, `{"param": "mode", "value": "weekly"}`. `{"name": "weekly"}` on its own may as well mean a parameter
/// whose name is `name`; which one it is shows in what is declared.
fn named(parts: &Map<String, Value>, specs: &[ParamSpec]) -> Option<(String, Option<Value>)> {
    let name = NAME_KEYS.iter().find_map(|key| parts.get(*key)?.as_str())?;
    let value = VALUE_KEYS.iter().find_map(|key| parts.get(*key));
    let is_declared = specs.iter().any(|spec| spec.name == name);
    (value.is_some() || is_declared).then(|| (name.to_owned(), value.cloned()))
}

/// Whether a parameter depends on the named one, by however many steps. Circles do not exist yet, so this ends.
fn depends_on(spec: &ParamSpec, name: &str, specs: &[ParamSpec]) -> bool {
    let mut next = Some(spec);
    while let Some(spec) = next {
        let Some(condition) = &spec.depends_on else {
            return false;
        };
        if condition.param == name {
            return true;
        }
        next = specs.iter().find(|spec| spec.name == condition.param);
    }
    false
}

fn can_be_true(spec: &ParamSpec) -> bool {
    let has_true = |value: &Value| choice::token(value) == "true";
    match (&spec.kind, spec.choices()) {
        (ParamKind::Checkbox | ParamKind::Json, _) => true,
        (_, Some(choices)) => choices.list.iter().any(|choice| has_true(&choice.value)),
        _ => false,
    }
}

/// The first value that the other parameter can never have.
fn never_met(condition: &Condition, specs: &[ParamSpec]) -> Option<String> {
    let other = specs.iter().find(|spec| spec.name == condition.param)?;
    let is_possible = |value: &&Value| match (&other.kind, other.choices()) {
        (ParamKind::Checkbox, _) => value.is_boolean(),
        (_, Some(choices)) if choices.from.is_none() => {
            let token = choice::token(value);
            choices.list.iter().any(|choice| choice.token() == token)
        }
        _ => true,
    };
    condition
        .values
        .iter()
        .find(|value| !is_possible(value))
        .map(quote)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::declare;
    use super::*;

    /// What `depends_on` of a parameter `x` comes to, beside four others.
    fn connected(depends_on: &Value) -> (Option<Condition>, Vec<String>) {
        let optional = [
            json!({"name": "mode", "options": ["daily", "weekly"]}),
            json!({"name": "dry_run", "type": "checkbox"}),
            json!("name"),
            json!({"name": "token", "type": "password"}),
            json!({"name": "x", "depends_on": depends_on}),
        ];
        let mut declared = declare(&[], &optional).unwrap();
        (declared.specs.remove(4).depends_on, declared.warnings)
    }

    #[test]
    fn a_condition_is_written_in_many_ways() {
        for (written, param, values) in [
            (json!("mode"), "mode", json!([])),
            (json!({"mode": "weekly"}), "mode", json!(["weekly"])),
            (
                json!({"mode": ["daily", "weekly"]}),
                "mode",
                json!(["daily", "weekly"]),
            ),
            (
                json!({"param": "mode", "value": "weekly"}),
                "mode",
                json!(["weekly"]),
            ),
            (
                json!({"field": "mode", "values": ["weekly"]}),
                "mode",
                json!(["weekly"]),
            ),
            (
                json!({"name": "mode", "equals": "weekly"}),
                "mode",
                json!(["weekly"]),
            ),
            (json!({"param": "mode"}), "mode", json!([])),
            (json!({"name": "Ann"}), "name", json!(["Ann"])),
            (json!({"dry_run": true}), "dry_run", json!([true])),
            (json!({"dry_run": false}), "dry_run", json!([false])),
            (json!({"name": true}), "name", json!([])),
            (json!({"token": true}), "token", json!([])),
        ] {
            let (condition, warnings) = connected(&written);
            let condition = condition.unwrap();
            assert_eq!(
                (condition.param.as_str(), json!(condition.values)),
                (param, values),
                "{written}"
            );
            assert_eq!(warnings, Vec::<String>::new());
        }
    }

    #[test]
    fn a_condition_that_cannot_be_is_ignored_with_its_reason() {
        for (written, reason) in [
            (json!("nobody"), "no parameter \"nobody\" is declared"),
            (json!({"nobody": 1}), "no parameter \"nobody\" is declared"),
            (json!("x"), "it names the parameter itself"),
            (json!(5), "expected {\"other\": value}, not 5"),
            (
                json!({"mode": "daily", "dry_run": true}),
                "expected {\"other\": value}",
            ),
            (json!({}), "expected {\"other\": value}, not {}"),
            (json!({"token": "abc"}), "only whether it is filled in"),
        ] {
            let (condition, warnings) = connected(&written);
            assert_eq!(condition, None, "{written}");
            assert_eq!(warnings.len(), 1);
            assert!(
                warnings[0].starts_with("\"depends_on\" of \"x\" is ignored: ")
                    && warnings[0].contains(reason),
                "{warnings:?}"
            );
        }
    }

    #[test]
    fn a_value_that_can_never_be_is_pointed_out() {
        let (condition, warnings) = connected(&json!({"mode": "yearly"}));
        assert!(condition.is_some());
        assert_eq!(
            warnings,
            ["\"depends_on\" of \"x\": \"yearly\" is not a value that \"mode\" can have."]
        );
    }

    #[test]
    fn a_circle_is_cut_where_it_closes() {
        let optional = [
            json!({"name": "a", "depends_on": "c"}),
            json!({"name": "b", "depends_on": "a"}),
            json!({"name": "c", "depends_on": "b"}),
        ];
        let declared = declare(&[], &optional).unwrap();
        assert!(declared.specs[0].depends_on.is_some() && declared.specs[1].depends_on.is_some());
        assert_eq!(declared.specs[2].depends_on, None);
        assert_eq!(
            declared.warnings,
            ["\"depends_on\" of \"c\" is ignored: \"b\" depends on \"c\" as well."]
        );
    }
}
