//! What the tests of this folder share.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeZone, Utc};
use chrono_tz::Europe::Paris;
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::{Accepted, Declared, FieldError, ParamGroup, ParamSpec, Typed, declare, validate};

/// Declares optional parameters.
pub(crate) fn declared(optional: &[Value]) -> Declared {
    declare(&[], optional).unwrap()
}

/// Declares one optional parameter `x`, labelled `Field`, with these keys.
pub(crate) fn field(keys: Value) -> ParamSpec {
    let Value::Object(mut entry) = json!({"name": "x", "label": "Field"}) else {
        unreachable!("written as an object");
    };
    let Value::Object(keys) = keys else {
        unreachable!("keys are an object");
    };
    entry.extend(keys);
    declared(&[Value::Object(entry)]).specs.remove(0)
}

/// What a form with these texts in the one field comes to: the value, or the sentence.
pub(crate) fn submit(spec: &ParamSpec, texts: &[&str]) -> Result<Option<Value>, String> {
    let mut typed = Typed::default();
    typed.set_all("x", texts.iter().copied());
    accept(std::slice::from_ref(spec), &typed).map(|mut accepted| accepted.values.remove("x"))
}

/// What is wrong with a form in Paris, without anything saved.
pub(crate) fn problems(specs: &[ParamSpec], groups: &[ParamGroup], typed: &Typed) -> Vec<FieldError> {
    let outcome = validate(specs, groups, typed, &BTreeSet::new(), Paris);
    outcome.err().unwrap_or_default()
}

/// The form's outcome in Paris, without anything saved: what is accepted, or all sentences.
pub(crate) fn accept(specs: &[ParamSpec], typed: &Typed) -> Result<Accepted, String> {
    validate(specs, &[], typed, &BTreeSet::new(), Paris).map_err(|errors| {
        let sentences: Vec<String> = errors.into_iter().map(|error| error.message).collect();
        sentences.join("; ")
    })
}

/// A form as the browser sends it, by parameter name.
pub(crate) fn form(specs: &[ParamSpec], pairs: &[(&str, &str)]) -> Typed {
    let pairs: Vec<(String, &str)> = pairs
        .iter()
        .map(|(name, text)| (format!("param.{name}"), *text))
        .collect();
    Typed::from_form(specs, pairs.iter().map(|(name, text)| (name.as_str(), *text)))
}

/// 23 November 2026, 10:05 in Paris.
pub(crate) fn now() -> DateTime<Tz> {
    Utc.with_ymd_and_hms(2026, 11, 23, 9, 5, 0)
        .unwrap()
        .with_timezone(&Paris)
}
