//! From parameters to form fields: a pure function, so that the page only draws.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::spec::{ParamKind, ParamSpec, plain};
use super::validate::{FieldError, Typed};

/// One field as it stands on the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Name and id of the input.
    pub input: String,
    /// Words beside it.
    pub label: String,
    /// Sentence under the label.
    pub hint: Option<String>,
    /// Whether it may stay empty.
    pub required: bool,
    /// What to draw.
    pub control: Control,
    /// What is wrong with what was typed.
    pub error: Option<String>,
}

/// The input to draw, with its present value.
#[derive(Debug, Clone, PartialEq)]
pub enum Control {
    /// One line.
    Text {
        /// Present text.
        value: String,
    },
    /// Always drawn empty; `saved` says whether a sealed value exists.
    Password {
        /// A sealed value exists, so empty means "keep it".
        saved: bool,
    },
    /// A number.
    Number {
        /// Present text, as typed.
        value: String,
        /// Whole numbers only.
        whole: bool,
    },
    /// A tick box.
    Checkbox {
        /// Ticked.
        checked: bool,
    },
    /// A list to choose from: token, label, chosen.
    Select {
        /// In declared order.
        options: Vec<(String, String, bool)>,
    },
}

/// The form for these parameters, in declared order: what was typed, what is saved, what is wrong.
pub fn fields(
    specs: &[ParamSpec],
    typed: &Typed,
    saved: &BTreeSet<String>,
    errors: &[FieldError],
) -> Vec<Field> {
    specs
        .iter()
        .map(|spec| Field {
            input: spec.input_name(),
            label: spec.label.clone(),
            hint: spec.description.clone(),
            required: spec.required,
            control: control(spec, typed.get(&spec.name), saved.contains(&spec.name)),
            error: errors
                .iter()
                .find(|error| error.name == spec.name)
                .map(|error| error.message.clone()),
        })
        .collect()
}

fn control(spec: &ParamSpec, typed: Option<&str>, saved: bool) -> Control {
    let text = || typed.unwrap_or_default().to_owned();
    match &spec.kind {
        ParamKind::Text => Control::Text { value: text() },
        ParamKind::Password => Control::Password { saved },
        ParamKind::Number { whole } => Control::Number {
            value: text(),
            whole: *whole,
        },
        ParamKind::Checkbox => Control::Checkbox {
            checked: typed.is_some(),
        },
        ParamKind::Select(choices) => Control::Select {
            options: choices
                .iter()
                .map(|choice| {
                    (
                        choice.token(),
                        choice.label.clone(),
                        Some(choice.token().as_str()) == typed,
                    )
                })
                .collect(),
        },
    }
}

/// What a fresh form shows: saved values where there are any, else the defaults.
pub fn initial_values(specs: &[ParamSpec], saved: Option<&Map<String, Value>>) -> Typed {
    let mut typed = Typed::default();
    for spec in specs.iter().filter(|spec| !spec.is_secret()) {
        let value = match saved {
            Some(saved) => saved.get(&spec.name),
            None => spec.default.as_ref(),
        };
        match value {
            Some(Value::Bool(false)) if spec.kind == ParamKind::Checkbox => {}
            Some(value) => typed.set(&spec.name, &plain(value)),
            None => {}
        }
    }
    typed
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::declare;
    use super::*;

    #[test]
    fn the_form_follows_the_declared_order_and_shows_defaults() {
        let specs = declare(
            &[json!({"name": "b", "type": "password"}), json!("a")],
            &[
                json!({"name": "n", "type": "number", "default": 100}),
                json!({"name": "c", "type": "checkbox", "default": true}),
            ],
        )
        .unwrap()
        .specs;
        let form = fields(&specs, &initial_values(&specs, None), &BTreeSet::new(), &[]);
        assert_eq!(
            form.iter().map(|field| field.input.as_str()).collect::<Vec<_>>(),
            ["param.b", "param.a", "param.n", "param.c"]
        );
        assert_eq!(
            form[2].control,
            Control::Number {
                value: "100".into(),
                whole: true
            }
        );
        assert_eq!(form[3].control, Control::Checkbox { checked: true });
    }

    #[test]
    fn s14_a_password_field_never_carries_a_value() {
        let specs = declare(&[json!({"name": "key", "type": "password"})], &[])
            .unwrap()
            .specs;
        let mut typed = Typed::default();
        typed.set("key", "CANARY");
        let form = fields(&specs, &typed, &BTreeSet::from(["key".to_owned()]), &[]);
        assert!(!format!("{form:?}").contains("CANARY"));
        assert_eq!(form[0].control, Control::Password { saved: true });
    }

    #[test]
    fn saved_values_win_over_defaults_even_when_empty() {
        let specs = declare(&[], &[json!({"name": "n", "type": "number", "default": 100})])
            .unwrap()
            .specs;
        assert_eq!(initial_values(&specs, Some(&Map::new())).get("n"), None);
        let saved = Map::from_iter([("n".to_owned(), json!(5))]);
        assert_eq!(initial_values(&specs, Some(&saved)).get("n"), Some("5"));
    }
}
