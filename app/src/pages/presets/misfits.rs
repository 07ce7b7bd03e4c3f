//! What of a preset's values no longer applies, since its task asks for other things today.

use std::collections::BTreeSet;

use domain::params::{AttentionKind, CREDENTIAL_MARK, ParamSpec, attention};
use serde_json::{Map, Value};

use crate::pages::schedules::can_be_own;

/// The longest value that is repeated in a sentence, in characters.
const MOST: usize = 60;

/// The values that a form can show: those of parameters that there are. Those left empty on purpose are `null`.
pub(crate) fn applicable(specs: &[ParamSpec], values: &Map<String, Value>) -> Map<String, Value> {
    let applies = |name: &String| specs.iter().any(|spec| spec.name == *name && can_be_own(spec));
    let values = values.iter().filter(|(name, _)| applies(name));
    values
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// A sentence for each value that does not apply or does not fit. `saved` are the task's own plain values.
pub(crate) fn misfits(
    specs: &[ParamSpec],
    saved: &Map<String, Value>,
    values: &Map<String, Value>,
) -> Vec<String> {
    let mut found: Vec<String> = values
        .iter()
        .filter_map(
            |(name, value)| match specs.iter().find(|spec| spec.name == *name) {
                None if value.is_null() => None,
                None => Some(format!(
                    "The task no longer asks for “{name}”. The value of the preset, “{}”, is not used.",
                    in_words(value)
                )),
                Some(spec) if can_be_own(spec) => None,
                // What it was may be a secret now.
                Some(spec) => Some(format!(
                    "“{}” is saved with the task now. The value of the preset is not used.",
                    spec.label
                )),
            },
        )
        .collect();
    let whole = over(saved, &applicable(specs, values));
    let unfit = attention(specs, &[], &whole, &BTreeSet::new())
        .into_iter()
        .filter(|each| each.kind == AttentionKind::Unfit && values.contains_key(&each.name));
    found.extend(unfit.map(|each| {
        let had = values.get(&each.name).map(in_words).unwrap_or_default();
        format!("{} The preset has “{had}”.", each.sentence)
    }));
    found
}

/// A task's values with others over them.
pub(crate) fn over(saved: &Map<String, Value>, values: &Map<String, Value>) -> Map<String, Value> {
    let mut whole = saved.clone();
    for (name, value) in values {
        whole.remove(name);
        if !value.is_null() {
            whole.insert(name.clone(), value.clone());
        }
    }
    whole
}

fn in_words(value: &Value) -> String {
    let credential = value.get(CREDENTIAL_MARK).and_then(|mark| mark.get("name"));
    let text = match credential.unwrap_or(value) {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.chars().count() > MOST {
        return text.chars().take(MOST).chain(['…']).collect();
    }
    text
}

#[cfg(test)]
mod tests {
    use domain::params::declare;
    use serde_json::json;

    use super::*;

    fn specs() -> Vec<ParamSpec> {
        declare(
            &[
                json!({"name": "region", "label": "Region", "type": "select", "options": ["eu", "us"]}),
                json!({"name": "key", "label": "Key", "type": "password"}),
                json!({"name": "rows", "label": "Rows", "type": "integer", "max": 100}),
            ],
            &[],
        )
        .unwrap()
        .specs
    }

    fn map(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(values) => values,
            _ => Map::new(),
        }
    }

    #[test]
    fn values_that_no_longer_apply_are_named_and_never_a_password() {
        let preset = map(json!({"region": "asia", "key": "CANARY", "rows": 10, "old": "x", "empty": null}));
        let found = misfits(&specs(), &Map::new(), &preset);
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(
            found[..2],
            [
                "“Key” is saved with the task now. The value of the preset is not used.",
                "The task no longer asks for “old”. The value of the preset, “x”, is not used."
            ]
        );
        assert!(found[2].starts_with("\"Region\" no longer fits"), "{found:?}");
        assert!(found[2].ends_with("The preset has “asia”."), "{found:?}");
        assert!(!found.concat().contains("CANARY"));
        let left = applicable(&specs(), &preset);
        assert_eq!(left.keys().collect::<Vec<_>>(), ["region", "rows"]);
    }

    #[test]
    fn values_that_fit_give_no_reason_to_say_anything() {
        let saved = map(json!({"region": "us", "rows": 5}));
        assert!(misfits(&specs(), &saved, &map(json!({"rows": 10, "region": null}))).is_empty());
    }

    #[test]
    fn an_empty_value_hides_that_of_the_task() {
        let saved = map(json!({"region": "us", "rows": 5}));
        let whole = over(&saved, &map(json!({"region": null, "rows": 7})));
        assert_eq!(Value::Object(whole), json!({"rows": 7}));
    }

    #[test]
    fn long_values_are_shortened_and_credentials_named() {
        assert_eq!(
            in_words(&json!({"$credential": {"id": "1", "name": "Shop"}})),
            "Shop"
        );
        assert_eq!(in_words(&json!([1, 2])), "[1,2]");
        assert_eq!(in_words(&json!("x".repeat(100))).chars().count(), MOST + 1);
    }
}
