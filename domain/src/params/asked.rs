//! Which parameters are asked for: those whose `depends_on` is met.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::spec::{Condition, ParamSpec, plain};
use super::typed::Typed;
use super::values::{self, choice, moment};

/// The names of the parameters that a form asks for, as it is filled in now. The others are neither required nor kept.
///
/// `saved` names the passwords and files that have a saved value, which count as filled in.
pub fn asked_for(specs: &[ParamSpec], typed: &Typed, saved: &BTreeSet<String>) -> BTreeSet<String> {
    asked(specs, &|spec| held(spec, typed, saved))
}

/// The names of the parameters that saved settings ask for. What is saved for others does not go to the task.
///
/// `values` are the plain values with their marks, `secrets` the names of the passwords that are saved.
pub fn asked_for_saved(
    specs: &[ParamSpec],
    values: &Map<String, Value>,
    secrets: &BTreeSet<String>,
) -> BTreeSet<String> {
    asked(specs, &|spec| match values.get(&spec.name) {
        None if secrets.contains(&spec.name) => Some(Value::Bool(true)),
        value => value.cloned(),
    })
}

/// What a parameter holds for those that depend on it.
fn held(spec: &ParamSpec, typed: &Typed, saved: &BTreeSet<String>) -> Option<Value> {
    if spec.is_secret() || spec.is_file() {
        let is_typed = typed.get(&spec.name).is_some_and(|text| !text.is_empty());
        let is_kept = (saved.contains(&spec.name) || typed.kept_file(&spec.name).is_some())
            && !typed.clears(&spec.name);
        let is_filled = is_typed || typed.file(&spec.name).is_some() || is_kept;
        return is_filled.then_some(Value::Bool(true));
    }
    // What is typed wrongly counts as typed: the form complains at that field, and the next need not come and go.
    values::read(spec, typed, &|local, _| Ok(moment::input(local))).unwrap_or_else(|_| {
        typed
            .get(&spec.name)
            .filter(|text| !text.is_empty())
            .map(Value::from)
    })
}

fn asked(specs: &[ParamSpec], held: &dyn Fn(&ParamSpec) -> Option<Value>) -> BTreeSet<String> {
    let by_name: BTreeMap<&str, &ParamSpec> = specs.iter().map(|spec| (spec.name.as_str(), spec)).collect();
    let mut known = BTreeMap::new();
    for spec in specs {
        settle(spec, &by_name, held, &mut known);
    }
    known
        .into_iter()
        .filter(|(_, is_asked)| *is_asked)
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// Finds out whether one parameter is asked for, and on the way those it depends on.
fn settle<'a>(
    spec: &'a ParamSpec,
    by_name: &BTreeMap<&str, &'a ParamSpec>,
    held: &dyn Fn(&ParamSpec) -> Option<Value>,
    known: &mut BTreeMap<&'a str, bool>,
) -> bool {
    if let Some(is_asked) = known.get(spec.name.as_str()) {
        return *is_asked;
    }
    // Stands while the others are looked at, so that a circle ends here. `declare` lets none through.
    known.insert(&spec.name, true);
    let is_asked = match &spec.depends_on {
        None => true,
        Some(condition) => by_name.get(condition.param.as_str()).is_none_or(|other| {
            settle(other, by_name, held, known) && condition.is_met_by(held(other).as_ref())
        }),
    };
    known.insert(&spec.name, is_asked);
    is_asked
}

impl Condition {
    /// Whether the other parameter's value is one of those that count. Of several values one is enough.
    pub fn is_met_by(&self, value: Option<&Value>) -> bool {
        match value {
            None | Some(Value::Null) => false,
            Some(value) if self.values.is_empty() => *value != Value::Bool(false),
            Some(Value::Array(list)) => list.iter().any(|value| self.counts(value)),
            Some(value) => self.counts(value),
        }
    }

    fn counts(&self, value: &Value) -> bool {
        self.values.iter().any(|wanted| {
            // 5 and 5.0 are one number, and an author may write "5" for it.
            let same_number = wanted
                .as_f64()
                .is_some_and(|number| value.as_f64() == Some(number));
            same_number || plain(wanted) == choice::token(value)
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{declared, form};
    use super::*;

    /// Whether `x` is asked for when the other parameter, of this type, holds these texts.
    fn is_asked(other: &Value, depends_on: &Value, texts: &[&str]) -> bool {
        let mut entry = json!({"name": "other"});
        entry
            .as_object_mut()
            .unwrap()
            .extend(other.as_object().unwrap().clone());
        let specs = declared(&[entry, json!({"name": "x", "depends_on": depends_on})]).specs;
        let pairs: Vec<(&str, &str)> = texts.iter().map(|text| ("other", *text)).collect();
        asked_for(&specs, &form(&specs, &pairs), &BTreeSet::new()).contains("x")
    }

    #[test]
    fn a_condition_is_met_by_any_of_its_values_in_the_types_of_the_other_parameter() {
        for (other, depends_on, texts, expected) in [
            (json!({}), json!("other"), &["a"][..], true),
            (json!({}), json!("other"), &[" "], false),
            (json!({}), json!("other"), &[], false),
            (json!({"options": ["a", 7]}), json!({"other": 7}), &["7"], true),
            (json!({"options": ["a", 7]}), json!({"other": "7"}), &["7"], true),
            (
                json!({"options": ["a", 7]}),
                json!({"other": ["a", 7]}),
                &["a"],
                true,
            ),
            (json!({"options": ["a", 7]}), json!({"other": "a"}), &["7"], false),
            (json!({"type": "number"}), json!({"other": 5}), &["5.0"], true),
            (json!({"type": "number"}), json!({"other": 5}), &["50"], false),
            (json!({"type": "number"}), json!("other"), &["0"], true),
            (json!({"type": "number"}), json!("other"), &["many"], true),
            (json!({"type": "checkbox"}), json!("other"), &["on"], true),
            (json!({"type": "checkbox"}), json!("other"), &[], false),
            (json!({"type": "checkbox"}), json!({"other": false}), &[], true),
            (json!({"type": "checkbox"}), json!({"other": true}), &["on"], true),
            (
                json!({"type": "multiselect", "options": ["a", "b"]}),
                json!({"other": "b"}),
                &["a", "b"],
                true,
            ),
            (
                json!({"type": "multiselect", "options": ["a", "b"]}),
                json!({"other": "b"}),
                &["a"],
                false,
            ),
            (json!({"type": "list"}), json!({"other": "b"}), &["a\nb"], true),
            (json!({"type": "password"}), json!("other"), &["secret"], true),
            (
                json!({"type": "duration"}),
                json!({"other": 60}),
                &["1 min"],
                true,
            ),
        ] {
            assert_eq!(
                is_asked(&other, &depends_on, texts),
                expected,
                "{other} {depends_on} {texts:?}"
            );
        }
    }

    #[test]
    fn a_condition_on_a_parameter_that_is_not_asked_for_is_not_met() {
        let specs = declared(&[
            json!({"name": "a", "type": "checkbox"}),
            json!({"name": "b", "depends_on": {"a": true}}),
            json!({"name": "c", "depends_on": "b"}),
        ])
        .specs;
        let asked = |pairs: &[(&str, &str)]| asked_for(&specs, &form(&specs, pairs), &BTreeSet::new());
        assert_eq!(asked(&[("b", "x")]), BTreeSet::from(["a".to_owned()]));
        assert_eq!(asked(&[("a", "on"), ("b", "x")]).len(), 3);
    }

    #[test]
    fn what_is_saved_counts_as_filled_in_until_it_is_cleared() {
        let specs = declared(&[
            json!({"name": "token", "type": "password"}),
            json!({"name": "x", "depends_on": "token"}),
        ])
        .specs;
        let saved = BTreeSet::from(["token".to_owned()]);
        let mut typed = Typed::default();
        assert!(asked_for(&specs, &typed, &saved).contains("x"));
        assert!(asked_for_saved(&specs, &Map::new(), &saved).contains("x"));
        assert!(!asked_for_saved(&specs, &Map::new(), &BTreeSet::new()).contains("x"));
        typed.clear("token");
        assert!(!asked_for(&specs, &typed, &saved).contains("x"));
    }

    #[test]
    fn a_circle_or_a_stranger_in_stored_declarations_does_not_hang() {
        let mut specs = declared(&[json!("a"), json!("b"), json!("c")]).specs;
        for (index, other) in [(0, "b"), (1, "a"), (2, "gone")] {
            specs[index].depends_on = Some(Condition {
                param: other.into(),
                values: Vec::new(),
            });
        }
        assert!(asked_for(&specs, &Typed::default(), &BTreeSet::new()).contains("c"));
    }
}
