//! From parameters to form fields: a pure function, so that the page only draws.

use std::collections::BTreeSet;

use serde_json::Value;

use super::asked::asked_for;
use super::form::{ChoiceShown, Control, Field, FieldCondition};
use super::hint::hint;
use super::spec::{Choices, Condition, ParamKind, ParamSpec};
use super::typed::Typed;
use super::validate::FieldError;
use super::values::{choice, is_ticked};
use crate::words::any_of;

/// The form for these parameters, in declared order: what was typed, what is saved, what is wrong.
///
/// `saved` names the passwords and files that have a saved value. The name and size of a file come from
/// [`Typed::kept_file`].
pub fn fields(
    specs: &[ParamSpec],
    typed: &Typed,
    saved: &BTreeSet<String>,
    errors: &[FieldError],
) -> Vec<Field> {
    let asked = asked_for(specs, typed, saved);
    specs
        .iter()
        .map(|spec| Field {
            name: spec.name.clone(),
            input: spec.input_name(),
            label: spec.label.clone(),
            hint: hint(spec),
            placeholder: spec.placeholder.clone(),
            required: spec.required,
            advanced: spec.advanced,
            group: spec.group.clone(),
            condition: condition(spec, specs, asked.contains(&spec.name)),
            control: control(spec, typed, saved.contains(&spec.name)),
            error: errors
                .iter()
                .find(|error| error.name == spec.name)
                .map(|error| error.message.clone()),
        })
        .collect()
}

fn condition(spec: &ParamSpec, specs: &[ParamSpec], is_met: bool) -> Option<FieldCondition> {
    let condition = spec.depends_on.as_ref()?;
    let other = specs.iter().find(|other| other.name == condition.param)?;
    Some(FieldCondition {
        input: other.input_name(),
        tokens: condition.values.iter().map(choice::token).collect(),
        is_met,
        sentence: condition_sentence(condition, other),
    })
}

fn condition_sentence(condition: &Condition, other: &ParamSpec) -> String {
    let word = |value: &Value| {
        let token = choice::token(value);
        let choice = other
            .choices()
            .and_then(|choices| choices.list.iter().find(|choice| choice.token() == token));
        format!("\"{}\"", choice.map_or(token, |choice| choice.label.clone()))
    };
    let words: Vec<String> = condition.values.iter().map(word).collect();
    let state = match (&other.kind, condition.values.as_slice()) {
        (ParamKind::Checkbox, [Value::Bool(false)]) => "is not ticked".to_owned(),
        (ParamKind::Checkbox, _) => "is ticked".to_owned(),
        (_, []) => "is filled in".to_owned(),
        (ParamKind::MultiSelect(_) | ParamKind::List(_), _) => format!("includes {}", any_of(&words)),
        _ => format!("is {}", any_of(&words)),
    };
    format!("Only used when \"{}\" {state}.", other.label)
}

fn control(spec: &ParamSpec, typed: &Typed, is_saved: bool) -> Control {
    let text = || typed.get(&spec.name).unwrap_or_default().to_owned();
    let line = |kind| Control::Line { kind, value: text() };
    let options = |choices: &Choices| shown_choices(choices, typed.all(&spec.name));
    match &spec.kind {
        ParamKind::Text(_) | ParamKind::Duration(_) => line("text"),
        ParamKind::Email => line("email"),
        ParamKind::Url => line("url"),
        ParamKind::Date(_) => line("date"),
        ParamKind::Time => line("time"),
        ParamKind::Textarea(_) | ParamKind::List(_) => Control::Lines {
            value: text(),
            code: false,
        },
        ParamKind::Json => Control::Lines {
            value: text(),
            code: true,
        },
        ParamKind::Password => Control::Password { saved: is_saved },
        ParamKind::Number(rules) => Control::Number {
            value: text(),
            whole: rules.whole,
            unit: rules.unit.clone(),
        },
        ParamKind::DateTime(_) => Control::Moment {
            value: text(),
            zone: typed.zone(&spec.name).to_owned(),
        },
        ParamKind::Checkbox => Control::Checkbox {
            checked: is_ticked(typed.all(&spec.name)),
        },
        // The choices could not be had, so the value is typed.
        ParamKind::Select(choices) | ParamKind::Radio(choices) if choices.problem.is_some() => line("text"),
        ParamKind::MultiSelect(choices) if choices.problem.is_some() => Control::Lines {
            value: typed.all(&spec.name).join("\n"),
            code: false,
        },
        ParamKind::Select(choices) => Control::Select {
            options: options(choices),
        },
        ParamKind::Radio(choices) => Control::Radio {
            options: options(choices),
        },
        ParamKind::MultiSelect(choices) => Control::MultiSelect {
            options: options(choices),
        },
        ParamKind::Credential(choices) => Control::Credential {
            options: options(choices),
        },
        ParamKind::File(rules) => Control::File {
            saved: typed.kept_file(&spec.name).cloned(),
            accept: rules.accept.join(","),
        },
    }
}

fn shown_choices(choices: &Choices, chosen: &[String]) -> Vec<ChoiceShown> {
    let shown = choices.list.iter().map(|choice| {
        let token = choice.token();
        ChoiceShown {
            chosen: chosen.contains(&token),
            label: choice.label.clone(),
            token,
        }
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::super::testing::{declared, field, form, now};
    use super::super::{declare, initial_values};
    use super::*;

    fn fresh(specs: &[ParamSpec]) -> Vec<Field> {
        fields(specs, &initial_values(specs, None, now()), &BTreeSet::new(), &[])
    }

    fn control_of(keys: Value) -> Control {
        fresh(&[field(keys)]).remove(0).control
    }

    fn shown(list: &[(&str, bool)]) -> Vec<ChoiceShown> {
        let shown = list.iter().map(|(token, chosen)| ChoiceShown {
            token: (*token).to_owned(),
            label: (*token).to_owned(),
            chosen: *chosen,
        });
        shown.collect()
    }

    #[test]
    fn the_form_follows_the_declared_order_and_shows_defaults() {
        let specs = declare(
            &[json!({"name": "b", "type": "password"}), json!("a")],
            &[
                json!({"name": "n", "type": "number", "default": 100, "unit": "rows"}),
                json!({"name": "c", "type": "checkbox", "default": true}),
            ],
        );
        let form = fresh(&specs.unwrap().specs);
        assert_eq!(
            form.iter().map(|field| field.input.as_str()).collect::<Vec<_>>(),
            ["param.b", "param.a", "param.n", "param.c"]
        );
        assert_eq!(
            form[2].control,
            Control::Number {
                value: "100".into(),
                whole: true,
                unit: Some("rows".into())
            }
        );
        assert_eq!(form[3].control, Control::Checkbox { checked: true });
    }

    #[test]
    fn every_type_has_its_control() {
        let line = |kind, value: &str| Control::Line {
            kind,
            value: value.into(),
        };
        let lines = |value: &str, code| Control::Lines {
            value: value.into(),
            code,
        };
        for (keys, expected) in [
            (json!({"default": "a"}), line("text", "a")),
            (
                json!({"type": "textarea", "default": "a\nb"}),
                lines("a\nb", false),
            ),
            (
                json!({"type": "email", "default": "a@b.c"}),
                line("email", "a@b.c"),
            ),
            (json!({"type": "url"}), line("url", "")),
            (
                json!({"type": "date", "default": "today"}),
                line("date", "2026-11-23"),
            ),
            (json!({"type": "time", "default": "now"}), line("time", "10:05")),
            (
                json!({"type": "duration", "default": 5400}),
                line("text", "1 h 30 min"),
            ),
            (
                json!({"type": "list", "default": ["a", "b"]}),
                lines("a\nb", false),
            ),
            (
                json!({"type": "json", "default": {"a": 1}}),
                lines("{\n  \"a\": 1\n}", true),
            ),
            (
                json!({"type": "checkbox", "default": false}),
                Control::Checkbox { checked: false },
            ),
            (
                json!({"type": "datetime", "default": "now"}),
                Control::Moment {
                    value: "2026-11-23T10:05".into(),
                    zone: "Europe/Paris".into(),
                },
            ),
            (
                json!({"type": "datetime", "default": "2026-03-29T09:30"}),
                Control::Moment {
                    value: "2026-03-29T09:30".into(),
                    zone: String::new(),
                },
            ),
            (
                json!({"options": ["a", 2], "default": 2}),
                Control::Select {
                    options: shown(&[("a", false), ("2", true)]),
                },
            ),
            (
                json!({"type": "radio", "options": ["a"]}),
                Control::Radio {
                    options: shown(&[("a", false)]),
                },
            ),
            (
                json!({"type": "multiselect", "options": ["a", "b", "c"], "default": ["c", "a"]}),
                Control::MultiSelect {
                    options: shown(&[("a", true), ("b", false), ("c", true)]),
                },
            ),
            (
                json!({"type": "file", "accept": ".csv,.txt"}),
                Control::File {
                    saved: None,
                    accept: ".csv,.txt".into(),
                },
            ),
            (
                json!({"type": "credential"}),
                Control::Credential { options: Vec::new() },
            ),
        ] {
            assert_eq!(control_of(keys.clone()), expected, "{keys}");
        }
    }

    #[test]
    fn choices_that_could_not_be_loaded_are_typed_instead() {
        let mut specs = [
            field(json!({"options_from": "f", "default": "a"})),
            field(json!({"type": "multiselect", "options_from": "f", "default": ["a", "b"]})),
        ];
        for spec in &mut specs {
            spec.choices_mut().unwrap().problem = Some("The list could not be loaded: it said no".into());
        }
        let [one, many] = specs;
        let one = fresh(&[one]).remove(0);
        assert_eq!(
            one.control,
            Control::Line {
                kind: "text",
                value: "a".into()
            }
        );
        let hint = one.hint.unwrap();
        assert_eq!(hint, "The list could not be loaded: it said no. Type the value.");
        assert_eq!(
            fresh(&[many]).remove(0).control,
            Control::Lines {
                value: "a\nb".into(),
                code: false
            }
        );
    }

    #[test]
    fn s14_a_password_field_never_carries_a_value() {
        let specs = [field(json!({"type": "password"}))];
        let mut typed = Typed::default();
        typed.set("x", "CANARY");
        let form = fields(&specs, &typed, &BTreeSet::from(["x".to_owned()]), &[]);
        assert!(!format!("{form:?}").contains("CANARY"));
        assert_eq!(form[0].control, Control::Password { saved: true });
    }

    #[test]
    fn a_saved_file_is_shown_by_name_and_size() {
        let specs = [field(json!({"type": "file"}))];
        let saved = super::super::FileRef {
            id: "7".into(),
            name: "old.csv".into(),
            size: 3,
        };
        let values = Map::from_iter([("x".to_owned(), saved.to_value())]);
        let typed = initial_values(&specs, Some(&values), now());
        let form = fields(&specs, &typed, &BTreeSet::new(), &[]);
        assert_eq!(
            form[0].control,
            Control::File {
                saved: Some(saved),
                accept: String::new()
            }
        );
    }

    #[test]
    fn a_condition_is_told_in_words_and_follows_what_is_typed() {
        let specs = declared(&[
            json!({"name": "mode", "options": [["d", "Daily"], ["w", "Weekly"]]}),
            json!({"name": "dry", "label": "Dry run", "type": "checkbox"}),
            json!({"name": "days", "type": "multiselect", "options": ["mon", "tue"]}),
            json!({"name": "a", "depends_on": {"mode": ["d", "w"]}}),
            json!({"name": "b", "depends_on": {"dry": true}}),
            json!({"name": "c", "depends_on": {"dry": false}}),
            json!({"name": "d", "depends_on": "mode"}),
            json!({"name": "e", "depends_on": {"days": "mon"}}),
        ])
        .specs;
        let typed = form(&specs, &[("mode", "w"), ("days", "tue")]);
        let shown = fields(&specs, &typed, &BTreeSet::new(), &[]);
        let conditions: Vec<_> = shown.into_iter().filter_map(|field| field.condition).collect();
        let told: Vec<_> = conditions
            .iter()
            .map(|condition| (condition.sentence.as_str(), condition.is_met))
            .collect();
        assert_eq!(
            told,
            [
                ("Only used when \"Mode\" is \"Daily\" or \"Weekly\".", true),
                ("Only used when \"Dry run\" is ticked.", false),
                ("Only used when \"Dry run\" is not ticked.", true),
                ("Only used when \"Mode\" is filled in.", true),
                ("Only used when \"Days\" includes \"mon\".", false),
            ]
        );
        assert_eq!(
            (conditions[0].input.as_str(), conditions[1].tokens[0].as_str()),
            ("param.mode", "true")
        );
    }
}
