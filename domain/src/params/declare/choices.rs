//! Choices, in every way people write them.

use serde_json::{Map, Value};

use super::entry::Entry;
use super::quote;
use crate::params::spec::{Choice, Choices, plain};

/// Reads `options_from` or `options`; `None` without a single choice.
pub(super) fn read(entry: &mut Entry<'_>) -> Option<Choices> {
    let from = entry.parsed(
        "options_from",
        "the name of a function of the job's class",
        function_name,
    );
    if from.is_some() {
        return Some(Choices {
            from,
            ..Choices::default()
        });
    }
    let written = entry.get("options")?;
    let (list, problems) = read_choices(written);
    for problem in problems {
        entry.warn(format!("\"options\" of {}: {problem}.", entry.subject()));
    }
    (!list.is_empty()).then(|| Choices {
        list,
        ..Choices::default()
    })
}

/// A name, or what Python writes for a function that was put there itself: `<function Job.regions at 0x7f…>`.
fn function_name(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    let word = text
        .strip_prefix("<function ")
        .and_then(|text| text.split(' ').next())
        .unwrap_or(text);
    let name = word.rsplit('.').next().unwrap_or(word).trim_end_matches("()");
    let is_name = name
        .chars()
        .all(|letter| letter.is_alphanumeric() || letter == '_')
        && name.chars().next().is_some_and(|first| !first.is_numeric());
    is_name.then(|| name.to_owned())
}

/// Choices from a list of values, of `{"value", "label"}`, of `[value, label]`, or from a dictionary of labels by value.
/// With them a clause for each entry that is left out.
///
/// Also reads what a task's `options_from` function returned.
pub fn read_choices(written: &Value) -> (Vec<Choice>, Vec<String>) {
    let mut list: Vec<Choice> = Vec::new();
    let mut problems = Vec::new();
    let entries: Vec<Option<Choice>> = match written {
        Value::Array(entries) => entries.iter().map(choice).collect(),
        Value::Object(labels) => labels
            .iter()
            .map(|(value, label)| pair(&Value::from(value.as_str()), Some(label)))
            .collect(),
        other => {
            problems.push(format!("expected a list, not {}", quote(other)));
            Vec::new()
        }
    };
    for (index, entry) in entries.into_iter().enumerate() {
        let position = index + 1;
        match entry {
            None => problems.push(format!("entry {position} is no choice and is left out")),
            Some(choice) if choice.token().is_empty() => {
                problems.push(format!("entry {position} is empty and is left out"));
            }
            Some(choice) if list.iter().any(|other| other.token() == choice.token()) => {
                let value = quote(&choice.value);
                problems.push(format!(
                    "entry {position} repeats the value {value} and is left out"
                ));
            }
            Some(choice) => list.push(choice),
        }
    }
    (list, problems)
}

fn choice(written: &Value) -> Option<Choice> {
    match written {
        Value::Object(parts) => {
            let label = part(parts, ["label", "name", "title", "text"]);
            let value = part(parts, ["value", "id", "key", "label"]).or(label)?;
            pair(value, label)
        }
        Value::Array(parts) => match parts.as_slice() {
            [value] => pair(value, None),
            [value, label] => pair(value, Some(label)),
            _ => None,
        },
        scalar => pair(scalar, None),
    }
}

fn part<'a>(parts: &'a Map<String, Value>, names: [&str; 4]) -> Option<&'a Value> {
    names.iter().find_map(|name| parts.get(*name))
}

fn pair(value: &Value, label: Option<&Value>) -> Option<Choice> {
    let is_nested = |value: &Value| value.is_array() || value.is_object();
    let label = label.filter(|label| !is_nested(label)).map(plain);
    if is_nested(value) {
        return None;
    }
    Some(Choice {
        value: value.clone(),
        label: label
            .filter(|label| !label.trim().is_empty())
            .unwrap_or_else(|| plain(value)),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::declare;
    use super::*;
    use crate::params::spec::ParamSpec;

    fn first(entry: Value) -> (ParamSpec, Vec<String>) {
        let mut declared = declare(&[], &[entry]).unwrap();
        (declared.specs.remove(0), declared.warnings)
    }

    #[test]
    fn choices_come_in_every_way_people_write_them() {
        let pairs = |options: Value| -> Vec<(Value, String)> {
            let (spec, warnings) = first(json!({"name": "x", "type": "select", "choices": options}));
            assert!(warnings.is_empty(), "{warnings:?}");
            let choices = spec.choices().unwrap().list.iter();
            choices
                .map(|choice| (choice.value.clone(), choice.label.clone()))
                .collect()
        };
        let expected = [(json!("eu"), "Europe".to_owned()), (json!(2), "2".to_owned())];
        assert_eq!(pairs(json!([{"value": "eu", "label": "Europe"}, 2])), expected);
        assert_eq!(pairs(json!([["eu", "Europe"], [2, ""]])), expected);
        assert_eq!(
            pairs(json!([{"id": "eu", "name": "Europe"}, {"value": 2}])),
            expected
        );
        assert_eq!(pairs(json!({"eu": "Europe"})), expected[..1]);
        assert_eq!(
            pairs(json!([true, {"label": "Off"}]))[1],
            (json!("Off"), "Off".to_owned())
        );
    }

    #[test]
    fn choices_that_cannot_be_told_apart_or_read_are_left_out_with_a_warning() {
        let (spec, warnings) = first(json!({"name": "x", "type": "select",
            "options": ["a", 1, "1", "", null, [], {"value": {"deep": 1}}, "b"]}));
        let tokens: Vec<String> = spec.choices().unwrap().list.iter().map(Choice::token).collect();
        assert_eq!(tokens, ["a", "1", "b"]);
        assert_eq!(
            warnings,
            [
                "\"options\" of \"x\": entry 3 repeats the value \"1\" and is left out.",
                "\"options\" of \"x\": entry 4 is empty and is left out.",
                "\"options\" of \"x\": entry 5 is empty and is left out.",
                "\"options\" of \"x\": entry 6 is no choice and is left out.",
                "\"options\" of \"x\": entry 7 is no choice and is left out.",
            ]
        );
    }

    #[test]
    fn options_from_names_a_function_in_whatever_way_python_writes_it() {
        for written in [
            "regions",
            "regions()",
            "<function MyJob.regions at 0x7f00>",
            "Job.regions",
        ] {
            let (spec, warnings) = first(json!({"name": "x", "options_from": written, "default": 3}));
            let choices = spec.choices().unwrap();
            assert!(warnings.is_empty());
            assert_eq!(
                (choices.from.as_deref(), choices.list.len()),
                (Some("regions"), 0),
                "{written}"
            );
        }
        let problem = declare(&[], &[json!({"name": "x", "options_from": "not a name"})]);
        assert!(problem.unwrap_err().to_string().contains("needs \"options\""));
        let (spec, warnings) = first(json!({"name": "x", "options_from": "regions", "options": ["a"]}));
        assert!(spec.choices().unwrap().list.is_empty());
        assert!(
            warnings[0].contains("\"options\" of \"x\" is ignored"),
            "{warnings:?}"
        );
    }
}
