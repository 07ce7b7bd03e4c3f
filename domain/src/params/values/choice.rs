//! Choices: one of a list, several of it, and credentials.

use serde_json::Value;

use super::list;
use crate::params::spec::{Choice, Choices};
use crate::params::violation::Violation;

/// The text that stands for a value in the form.
pub(crate) fn token(value: &Value) -> String {
    Choice {
        value: value.clone(),
        label: String::new(),
    }
    .token()
}

/// One choice. Where the choices could not be had, any text.
pub(crate) fn one(
    choices: &Choices,
    texts: &[String],
    is_required: bool,
) -> Result<Option<Value>, Violation> {
    match texts.iter().find(|text| !text.is_empty()) {
        None if is_required => Err(Violation::NotChosen),
        None => Ok(None),
        Some(text) => find(choices, text).map(Some),
    }
}

/// A credential. Never any text: it would reach the task in place of a secret.
pub(crate) fn credential(
    choices: &Choices,
    texts: &[String],
    is_required: bool,
) -> Result<Option<Value>, Violation> {
    let listed = Choices {
        problem: None,
        ..choices.clone()
    };
    one(&listed, texts, is_required)
}

/// Any number of choices, in the order of the list. Where the choices could not be had, any texts, one a line.
pub(crate) fn many(
    choices: &Choices,
    texts: &[String],
    is_required: bool,
) -> Result<Option<Value>, Violation> {
    let typed: Vec<&str> = if choices.problem.is_some() {
        texts.iter().flat_map(|text| list::entries(text)).collect()
    } else {
        texts
            .iter()
            .map(String::as_str)
            .filter(|text| !text.is_empty())
            .collect()
    };
    let mut values = Vec::new();
    for text in typed {
        let value = find(choices, text)?;
        if !values.contains(&value) {
            values.push(value);
        }
    }
    let place = |value: &Value| choices.list.iter().position(|choice| choice.value == *value);
    values.sort_by_key(|value| place(value).unwrap_or(usize::MAX));
    match values.is_empty() {
        true if is_required => Err(Violation::NotChosen),
        true => Ok(None),
        false => Ok(Some(Value::Array(values))),
    }
}

fn find(choices: &Choices, text: &str) -> Result<Value, Violation> {
    match choices.list.iter().find(|choice| choice.token() == text) {
        Some(choice) => Ok(choice.value.clone()),
        None if choices.problem.is_some() => Ok(Value::from(text)),
        None => Err(Violation::NotAChoice),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::params::spec::ParamSpec;
    use crate::params::testing::{field, submit};

    fn with_problem(mut spec: ParamSpec) -> ParamSpec {
        spec.choices_mut().unwrap().problem = Some("no answer".into());
        spec
    }

    #[test]
    fn f71_only_what_is_in_the_list_is_a_choice() {
        for of_type in ["select", "radio", "multiselect"] {
            let spec = field(json!({"type": of_type, "options": ["eu", {"value": 2, "label": "US"}]}));
            for text in ["mars", "US", "EU", "2.0", " eu"] {
                assert_eq!(
                    submit(&spec, &[text]),
                    Err("Field must be one of the choices in the list".into()),
                    "{of_type} {text}"
                );
            }
        }
    }

    #[test]
    fn one_choice_has_the_type_that_the_author_gave_it() {
        for of_type in ["select", "radio"] {
            let mut spec = field(json!({"type": of_type, "options": ["eu", 2, true]}));
            for (text, value) in [("eu", json!("eu")), ("2", json!(2)), ("true", json!(true))] {
                assert_eq!(submit(&spec, &[text]), Ok(Some(value)));
            }
            assert_eq!(submit(&spec, &[""]), Ok(None));
            spec.required = true;
            assert_eq!(submit(&spec, &[""]), Err("Select Field".into()));
            assert_eq!(submit(&spec, &[]), Err("Select Field".into()));
        }
    }

    #[test]
    fn several_choices_come_once_each_in_the_order_of_the_list() {
        let mut spec = field(json!({"type": "multiselect", "options": ["a", "b", 3]}));
        assert_eq!(submit(&spec, &["3", "a", "", "3"]), Ok(Some(json!(["a", 3]))));
        assert_eq!(submit(&spec, &[]), Ok(None));
        assert!(submit(&spec, &["a", "z"]).is_err());
        spec.required = true;
        assert_eq!(submit(&spec, &[""]), Err("Select Field".into()));
    }

    #[test]
    fn choices_that_could_not_be_had_take_any_text_and_those_not_asked_for_none() {
        let select = field(json!({"options_from": "f"}));
        assert!(submit(&select, &["x"]).is_err());
        assert_eq!(submit(&with_problem(select), &["x"]), Ok(Some(json!("x"))));
        let many = with_problem(field(json!({"type": "multiselect", "options_from": "f"})));
        assert_eq!(submit(&many, &["x\r\n y \n"]), Ok(Some(json!(["x", "y"]))));
    }

    #[test]
    fn a_credential_is_one_of_the_saved_ones_whatever_happened() {
        let mut spec = field(json!({"type": "credential"}));
        let mark = json!({"$credential": {"id": "7", "name": "Mail"}});
        spec.choices_mut().unwrap().list = vec![super::Choice {
            value: mark.clone(),
            label: "Mail".into(),
        }];
        assert_eq!(submit(&spec, &["7"]), Ok(Some(mark)));
        for spec in [spec.clone(), with_problem(spec)] {
            assert!(submit(&spec, &["8"]).is_err());
        }
    }
}
