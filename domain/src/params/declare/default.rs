//! Defaults: read through the form's own validation, so that what is prefilled also passes.

use chrono::DateTime;
use serde_json::Value;

use super::entry::Entry;
use super::{DeclarationProblem, quote};
use crate::params::initial::NOW_WORDS;
use crate::params::spec::{ParamKind, ParamSpec, plain};
use crate::params::typed::Typed;
use crate::params::values::{self, choice, list, moment};
use crate::params::violation::Violation;

/// The default as the form holds it, or nothing if it cannot be one.
pub(super) fn read(
    spec: &ParamSpec,
    written: &Value,
    entry: &mut Entry<'_>,
) -> Result<Option<Value>, DeclarationProblem> {
    let name = &spec.name;
    if is_empty(spec, written) {
        return Ok(None);
    }
    match &spec.kind {
        ParamKind::Password => {
            entry.warn(format!(
                "The default of \"{name}\" is ignored: a password in code is not a secret."
            ));
            return Ok(None);
        }
        ParamKind::File(_) | ParamKind::Credential(_) => {
            entry.warn(format!(
                "The default of \"{name}\" is ignored: a {} has none.",
                spec.kind.name()
            ));
            return Ok(None);
        }
        ParamKind::Date(_) | ParamKind::Time | ParamKind::DateTime(_) => {
            if let Some(word) = written.as_str().map(|text| text.trim().to_lowercase())
                && NOW_WORDS.contains(&word.as_str())
            {
                return Ok(Some(Value::from(word)));
            }
        }
        _ if spec.choices().is_some_and(|choices| choices.from.is_some()) => {
            return unlisted(spec, written);
        }
        _ => {}
    }
    let typed = typed(spec, written).ok_or_else(|| bad(spec, written))?;
    let optional = ParamSpec {
        required: false,
        ..spec.clone()
    };
    match values::read(&optional, &typed, &|local, zone| Ok(placed(local, zone))) {
        Ok(value) => {
            let is_converted = written.is_string()
                && value
                    .as_ref()
                    .is_some_and(|value| value.is_number() || value.is_boolean());
            if is_converted && !matches!(spec.kind, ParamKind::Duration(_)) {
                entry.warn(format!(
                    "The default {} of \"{name}\" is a text, and is taken as {}.",
                    quote(written),
                    value.as_ref().map(quote).unwrap_or_default()
                ));
            }
            Ok(value)
        }
        Err(violation) if is_of_wrong_type(&violation) => Err(bad(spec, written)),
        Err(violation) => {
            entry.warn(format!(
                "The default {} of \"{name}\" is ignored: {}.",
                quote(written),
                violation.sentence(&spec.label)
            ));
            Ok(None)
        }
    }
}

/// Python code often says `"default": ""` for "none".
fn is_empty(spec: &ParamSpec, written: &Value) -> bool {
    match written {
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.is_empty() && spec.kind != ParamKind::Json,
        _ => false,
    }
}

/// A default among choices that are not known yet.
fn unlisted(spec: &ParamSpec, written: &Value) -> Result<Option<Value>, DeclarationProblem> {
    let is_scalar = |value: &Value| !value.is_array() && !value.is_object();
    match (&spec.kind, written) {
        (ParamKind::MultiSelect(_), Value::Array(values)) if values.iter().all(is_scalar) => {
            Ok(Some(written.clone()))
        }
        (ParamKind::MultiSelect(_), scalar) if is_scalar(scalar) => {
            Ok(Some(Value::Array(vec![scalar.clone()])))
        }
        (ParamKind::Select(_) | ParamKind::Radio(_), scalar) if is_scalar(scalar) => Ok(Some(scalar.clone())),
        _ => Err(bad(spec, written)),
    }
}

/// What a person would have typed for it; `None` if nobody could.
fn typed(spec: &ParamSpec, written: &Value) -> Option<Typed> {
    let mut typed = Typed::default();
    let is_scalar = !written.is_array() && !written.is_object();
    let name = &spec.name;
    match &spec.kind {
        ParamKind::Number(rules) => {
            // 5.0 is as whole as 5.
            let whole = written
                .as_f64()
                .filter(|number| rules.whole && number.fract() == 0.0);
            let text = match whole {
                Some(number) if !written.is_i64() => format!("{number:.0}"),
                _ => plain(written),
            };
            typed.set(name, written.as_bool().is_none().then_some(text)?.as_str());
        }
        ParamKind::Checkbox => typed.set(name, truth(written)?),
        ParamKind::Duration(_) if written.is_number() => {
            let seconds = written
                .as_f64()
                .filter(|seconds| *seconds >= 0.0 && seconds.fract() == 0.0)?;
            typed.set(name, &format!("{seconds:.0} s"));
        }
        ParamKind::MultiSelect(_) => {
            let single = [written.clone()];
            let values = written.as_array().map_or(&single[..], Vec::as_slice);
            let tokens: Vec<String> = values.iter().map(choice::token).collect();
            typed.set_all(name, tokens.iter().map(String::as_str));
        }
        ParamKind::List(_) => typed.set(name, &lines(written)?),
        ParamKind::Json => typed.set(name, &json_text(written)),
        ParamKind::DateTime(_) => {
            let (local, zone) = moment_parts(written.as_str()?.trim());
            typed.set(name, &local);
            typed.set_zone(name, &zone);
        }
        ParamKind::Date(_) | ParamKind::Time => typed.set(name, written.as_str()?),
        _ => typed.set(name, is_scalar.then(|| plain(written))?.as_str()),
    }
    Some(typed)
}

fn truth(written: &Value) -> Option<&'static str> {
    let word = plain(written).trim().to_lowercase();
    match word.as_str() {
        "true" | "yes" | "on" | "1" => Some("true"),
        "false" | "no" | "off" | "0" => Some("false"),
        _ => None,
    }
}

/// A list's entries, none of which may break into two.
fn lines(written: &Value) -> Option<String> {
    let entries = match written {
        Value::Array(entries) => entries,
        Value::String(text) => return Some(text.clone()),
        _ => return None,
    };
    let is_line =
        |entry: &Value| !entry.is_array() && !entry.is_object() && list::entries(&plain(entry)).count() <= 1;
    let lines: Vec<String> = entries.iter().map(plain).collect();
    entries.iter().all(is_line).then(|| lines.join("\n"))
}

/// A text that looks like JSON is; any other text is a JSON text.
fn json_text(written: &Value) -> String {
    match written.as_str().map(str::trim) {
        Some(text) if text.starts_with(['{', '[']) && serde_json::from_str::<Value>(text).is_ok() => {
            text.to_owned()
        }
        _ => written.to_string(),
    }
}

/// Wall clock and zone. A time with an offset is the same moment on UTC's clocks.
fn moment_parts(text: &str) -> (String, String) {
    match DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)) {
        Ok(instant) => (moment::input(instant.naive_utc()), "UTC".to_owned()),
        Err(_) => moment::wall_clock(text),
    }
}

fn placed(local: chrono::NaiveDateTime, zone: &str) -> String {
    let local = moment::input(local);
    if zone.is_empty() {
        local
    } else {
        format!("{local}[{zone}]")
    }
}

/// Whether a default is of another type, rather than outside a rule that may have been added later.
fn is_of_wrong_type(violation: &Violation) -> bool {
    matches!(
        violation,
        Violation::NotANumber(_)
            | Violation::NotWhole(_)
            | Violation::NotAChoice
            | Violation::NotADate
            | Violation::NotATime
            | Violation::NotAMoment
            | Violation::NotADuration
            | Violation::NoUnit(_)
    )
}

fn bad(spec: &ParamSpec, written: &Value) -> DeclarationProblem {
    DeclarationProblem::BadDefault {
        name: spec.name.clone(),
        kind: spec.kind.name(),
        found: quote(written),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::declare;
    use super::*;

    fn default(entry: Value) -> (Option<Value>, Vec<String>) {
        let mut declared = declare(&[], &[entry]).unwrap();
        (declared.specs.remove(0).default, declared.warnings)
    }

    #[test]
    fn a_default_is_kept_as_the_form_would_save_it() {
        for (entry, expected) in [
            (json!({"name": "x", "default": " a "}), json!(" a ")),
            (json!({"name": "x", "type": "text", "default": 5}), json!("5")),
            (json!({"name": "x", "type": "number", "default": 0}), json!(0)),
            (
                json!({"name": "x", "type": "number", "default": -1.5}),
                json!(-1.5),
            ),
            (
                json!({"name": "x", "type": "number", "default": i64::MIN}),
                json!(i64::MIN),
            ),
            (json!({"name": "x", "default": false}), json!(false)),
            (json!({"name": "x", "options": [7, 8], "default": 7}), json!(7)),
            (
                json!({"name": "x", "type": "multiselect", "options": ["a", "b"], "default": ["b", "a"]}),
                json!(["a", "b"]),
            ),
            (
                json!({"name": "x", "type": "multiselect", "options": ["a", "b"], "default": "a"}),
                json!(["a"]),
            ),
            (
                json!({"name": "x", "type": "multiselect", "options_from": "f", "default": [1]}),
                json!([1]),
            ),
            (
                json!({"name": "x", "type": "date", "default": "2028-02-29"}),
                json!("2028-02-29"),
            ),
            (
                json!({"name": "x", "type": "date", "default": "Today"}),
                json!("today"),
            ),
            (
                json!({"name": "x", "type": "time", "default": "9:30"}),
                json!("09:30"),
            ),
            (
                json!({"name": "x", "type": "datetime", "default": "now"}),
                json!("now"),
            ),
            (
                json!({"name": "x", "type": "datetime", "default": "2026-03-29 09:30:00"}),
                json!("2026-03-29T09:30"),
            ),
            (
                json!({"name": "x", "type": "datetime", "default": "2026-03-29T09:30:00+02:00"}),
                json!("2026-03-29T07:30[UTC]"),
            ),
            (
                json!({"name": "x", "type": "duration", "default": 900}),
                json!(900),
            ),
            (
                json!({"name": "x", "type": "duration", "default": "15 min"}),
                json!(900),
            ),
            (
                json!({"name": "x", "type": "duration", "default": "0:15:00"}),
                json!(900),
            ),
            (
                json!({"name": "x", "type": "list", "default": ["a", 2]}),
                json!(["a", "2"]),
            ),
            (
                json!({"name": "x", "type": "json", "default": {"a": [1]}}),
                json!({"a": [1]}),
            ),
            (
                json!({"name": "x", "type": "json", "default": "{\"a\": 1}"}),
                json!({"a": 1}),
            ),
            (
                json!({"name": "x", "type": "json", "default": "plain"}),
                json!("plain"),
            ),
            (json!({"name": "x", "type": "json", "default": []}), json!([])),
        ] {
            let (found, warnings) = default(entry.clone());
            assert_eq!((found, warnings), (Some(expected), Vec::new()), "{entry}");
        }
    }

    #[test]
    fn nothing_is_no_default() {
        for entry in [
            json!({"name": "x", "default": null}),
            json!({"name": "x", "default": ""}),
            json!({"name": "x", "type": "number", "default": ""}),
            json!({"name": "x", "type": "date", "default": " "}),
            json!({"name": "x", "type": "list", "default": []}),
            json!({"name": "x", "options": ["a"], "type": "multiselect", "default": []}),
        ] {
            assert_eq!(default(entry.clone()), (None, Vec::new()), "{entry}");
        }
    }

    #[test]
    fn a_text_for_a_number_a_tick_or_a_choice_is_taken_with_a_warning() {
        let (found, warnings) = default(json!({"name": "x", "type": "number", "default": "100"}));
        assert_eq!(found, Some(json!(100)));
        assert_eq!(
            warnings,
            ["The default \"100\" of \"x\" is a text, and is taken as 100."]
        );
        let (found, warnings) = default(json!({"name": "x", "type": "bool", "default": "yes"}));
        assert_eq!((found, warnings.len()), (Some(json!(true)), 1));
        let (found, warnings) = default(json!({"name": "x", "options": [7, 8], "default": "7"}));
        assert_eq!((found, warnings.len()), (Some(json!(7)), 1));
    }

    #[test]
    fn a_default_outside_its_rules_is_left_out_with_the_forms_own_sentence() {
        for (entry, sentence) in [
            (
                json!({"name": "x", "type": "number", "min": 1, "default": 0}),
                "The default 0 of \"x\" is ignored: X must be 1 or more.",
            ),
            (
                json!({"name": "x", "type": "email", "default": "nobody"}),
                "The default \"nobody\" of \"x\" is ignored: X must be an address, like ann@example.com.",
            ),
            (
                json!({"name": "x", "max": 2, "default": "abc"}),
                "The default \"abc\" of \"x\" is ignored: X must be 2 characters or less.",
            ),
        ] {
            assert_eq!(default(entry), (None, vec![sentence.to_owned()]));
        }
    }

    #[test]
    fn s14_the_default_of_a_password_is_dropped_and_not_repeated() {
        let (found, warnings) = default(json!({"name": "x", "type": "secret", "default": "hunter2"}));
        assert_eq!(found, None);
        assert!(warnings[0].contains("not a secret") && !warnings[0].contains("hunter2"));
        for of_type in ["file", "credential"] {
            let (found, warnings) = default(json!({"name": "x", "type": of_type, "default": "a"}));
            assert_eq!((found, warnings.len()), (None, 1), "{of_type}");
        }
    }
}
