//! What a form shows before anybody typed.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveTime};
use chrono_tz::Tz;
use serde_json::{Map, Value};

use super::asked::asked_for_saved;
use super::spec::{ParamKind, ParamSpec};
use super::typed::Typed;
use super::values::{self, moment};

/// The defaults of moments that stand for when the form is drawn.
pub(super) const NOW_WORDS: [&str; 2] = ["today", "now"];

/// What a fresh form shows: saved values where there are any, else the defaults.
///
/// A parameter that was left empty stays empty; one that was not asked for, because its `depends_on` was not met, shows
/// its default when it is. `now` is what the defaults `today` and `now` mean, in the server's zone.
pub fn initial_values(specs: &[ParamSpec], saved: Option<&Map<String, Value>>, now: DateTime<Tz>) -> Typed {
    let mut typed = Typed::default();
    let asked = saved.map(|saved| asked_for_saved(specs, saved, &secrets(specs)));
    for spec in specs.iter().filter(|spec| !spec.is_secret()) {
        let was_asked = asked.as_ref().is_some_and(|asked| asked.contains(&spec.name));
        let value = match saved.and_then(|saved| saved.get(&spec.name)) {
            None if !was_asked => spec.default.as_ref(),
            value => value,
        };
        if let Some(value) = value {
            show(&mut typed, spec, value, now);
        }
    }
    if let Some(saved) = saved {
        typed.keep_files(specs, saved);
    }
    typed
}

/// A password counts as saved here: whether it is cannot be told from the plain values, and hiding a field that may be
/// needed would be worse than showing its default.
fn secrets(specs: &[ParamSpec]) -> BTreeSet<String> {
    let secrets = specs.iter().filter(|spec| spec.is_secret());
    secrets.map(|spec| spec.name.clone()).collect()
}

fn show(typed: &mut Typed, spec: &ParamSpec, value: &Value, now: DateTime<Tz>) {
    let word = value.as_str().filter(|text| NOW_WORDS.contains(text));
    match (&spec.kind, word) {
        (ParamKind::Checkbox, _) if *value == Value::Bool(false) => {}
        (ParamKind::File(_), _) => {}
        (ParamKind::Date(_), Some(_)) => typed.set(&spec.name, &now.date_naive().to_string()),
        (ParamKind::Time, Some(_)) => typed.set(&spec.name, &now.format("%H:%M").to_string()),
        (ParamKind::DateTime(_), Some(word)) => {
            let time = if word == "now" { now.time() } else { NaiveTime::MIN };
            let local = format!("{}T{}", now.date_naive(), time.format("%H:%M"));
            typed.set(&spec.name, &local);
            typed.set_zone(&spec.name, now.timezone().name());
        }
        _ => {
            let texts = values::shown(&spec.kind, value);
            typed.set_all(&spec.name, texts.iter().map(String::as_str));
            if let (ParamKind::DateTime(_), Some(text)) = (&spec.kind, value.as_str()) {
                typed.set_zone(&spec.name, &moment::wall_clock(text).1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{accept, declared, field, now};
    use super::*;

    #[test]
    fn saved_values_win_over_defaults_even_when_empty() {
        let specs = [field(json!({"type": "number", "default": 100}))];
        assert_eq!(initial_values(&specs, None, now()).get("x"), Some("100"));
        assert_eq!(initial_values(&specs, Some(&Map::new()), now()).get("x"), None);
        let saved = Map::from_iter([("x".to_owned(), json!(5))]);
        assert_eq!(initial_values(&specs, Some(&saved), now()).get("x"), Some("5"));
    }

    #[test]
    fn what_was_not_asked_for_shows_its_default_when_it_is() {
        let specs = declared(&[
            json!({"name": "mode", "options": ["daily", "weekly"]}),
            json!({"name": "day", "default": "mon", "depends_on": {"mode": "weekly"}}),
        ])
        .specs;
        let daily = Map::from_iter([("mode".to_owned(), json!("daily"))]);
        assert_eq!(
            initial_values(&specs, Some(&daily), now()).get("day"),
            Some("mon")
        );
        let weekly = Map::from_iter([("mode".to_owned(), json!("weekly"))]);
        assert_eq!(initial_values(&specs, Some(&weekly), now()).get("day"), None);
    }

    #[test]
    fn every_saved_value_passes_the_form_again_unchanged() {
        for (keys, value) in [
            (json!({}), json!(" two\twords ")),
            (json!({"type": "textarea"}), json!("a\nb")),
            (json!({"type": "number"}), json!(-0.25)),
            (json!({"type": "number"}), json!(1e300)),
            (json!({"type": "int"}), json!(i64::MAX)),
            (json!({"type": "bool"}), json!(true)),
            (json!({"type": "bool"}), json!(false)),
            (json!({"options": ["a", 7]}), json!(7)),
            (
                json!({"type": "multiselect", "options": ["a", 7]}),
                json!(["a", 7]),
            ),
            (json!({"type": "date"}), json!("2026-03-29")),
            (json!({"type": "time"}), json!("09:30:15")),
            (
                json!({"type": "datetime"}),
                json!("2026-07-29T09:30:15+02:00[Europe/Paris]"),
            ),
            (
                json!({"type": "datetime"}),
                json!("2026-10-25T02:30:00+02:00[Europe/Paris]"),
            ),
            (
                json!({"type": "datetime"}),
                json!("2026-03-29T09:30:00+05:45[Asia/Kathmandu]"),
            ),
            (
                json!({"type": "datetime"}),
                json!("1880-01-01T00:00:00+00:09:21[Europe/Paris]"),
            ),
            (json!({"type": "duration"}), json!(93_784)),
            (json!({"type": "duration"}), json!(0)),
            (
                json!({"type": "json"}),
                json!({"a": [1, null, "x"], "__class__": 1}),
            ),
            (json!({"type": "json"}), json!("text")),
            (json!({"type": "list"}), json!(["a b", "c"])),
        ] {
            let specs = [field(keys)];
            let saved = Map::from_iter([("x".to_owned(), value.clone())]);
            let typed = initial_values(&specs, Some(&saved), now());
            let accepted = accept(&specs, &typed);
            assert_eq!(accepted.map(|accepted| accepted.values), Ok(saved), "{value}");
        }
    }
}
