//! A task's parameter as an input, from the fields that `domain` works out.

use domain::params::{Control, Field as ParamField};
use leptos::prelude::*;

use super::field::{Field, Labels, TextField};
use crate::islands::RevealToggle;

/// Up to this many choices are shown side by side, more as a list to open.
const MOST_RADIOS: usize = 5;

/// Draws the control that fits.
#[component]
pub fn ParamInput(
    /// What to draw.
    field: ParamField,
    /// For a password: what is known of the saved one, or why it must be typed again.
    note: Option<String>,
) -> AnyView {
    let labels = Labels {
        input: field.input,
        label: field.label,
        hint: field.hint,
        note,
        error: field.error,
        // A tick box has no empty state that could be optional.
        optional: !field.required && !matches!(field.control, Control::Checkbox { .. }),
    };
    match field.control {
        Control::Text { value } => view! { <TextField labels value /> }.into_any(),
        Control::Number { value, whole } => {
            let inputmode = if whole { "numeric" } else { "decimal" };
            view! { <TextField labels value inputmode width="short" /> }.into_any()
        }
        Control::Password { saved } => view! { <ParamPassword labels saved /> }.into_any(),
        Control::Checkbox { checked } => view! { <Tick labels checked /> }.into_any(),
        Control::Select { options } if options.len() <= MOST_RADIOS => {
            view! { <Radios labels options /> }.into_any()
        }
        Control::Select { options } => view! { <Choices labels options /> }.into_any(),
    }
    .into_any()
}

/// A password, always drawn empty.
#[component]
pub fn PasswordField(
    /// What stands around it.
    labels: Labels,
    /// `current-password` to sign in, else `new-password`.
    autocomplete: &'static str,
) -> AnyView {
    let (input_id, label) = (labels.input.clone(), labels.label.clone());
    let input = view! {
        <div class="input-group">
            <input
                id=labels.input.clone()
                name=labels.input.clone()
                type="password"
                class="input input-long"
                autocomplete=autocomplete
                autocapitalize="off"
                spellcheck="false"
                aria-describedby=labels.described_by()
                aria-invalid=labels.invalid()
            />
            <RevealToggle input_id label />
        </div>
    };
    view! { <Field labels>{input}</Field> }.into_any()
}

#[component]
fn ParamPassword(labels: Labels, saved: bool) -> AnyView {
    let clear = format!("{}.clear", labels.input);
    let may_clear = saved && labels.optional;
    let clear_box = may_clear.then(|| {
        let word = format!("Remove the saved {}", labels.label);
        view! { <TickLine id=clear word checked=false /> }
    });
    view! {
        <PasswordField labels autocomplete="new-password" />
        {clear_box}
    }
    .into_any()
}

#[component]
fn Tick(labels: Labels, checked: bool) -> AnyView {
    view! {
        <div class="field">
            {labels.error_view()} <TickLine id=labels.input.clone() word=labels.label.clone() checked />
            {labels.hint_view()}
        </div>
    }
    .into_any()
}

#[component]
fn TickLine(id: String, word: String, checked: bool) -> AnyView {
    view! {
        <div class="tick">
            <input type="checkbox" id=id.clone() name=id.clone() value="on" checked=checked />
            <label for=id>{word}</label>
        </div>
    }
    .into_any()
}

#[component]
fn Radios(labels: Labels, mut options: Vec<(String, String, bool)>) -> AnyView {
    if labels.optional {
        let none_chosen = !options.iter().any(|(_, _, chosen)| *chosen);
        options.push((String::new(), "None".to_owned(), none_chosen));
    }
    let name = labels.input.clone();
    let radios = options
        .into_iter()
        .enumerate()
        .map(|(index, (token, label, chosen))| {
            // The first carries the field's own id, for the error summary to lead to.
            let id = if index == 0 {
                name.clone()
            } else {
                format!("{name}-{index}")
            };
            view! {
                <div class="tick">
                    <input type="radio" id=id.clone() name=name.clone() value=token checked=chosen />
                    <label for=id>{label}</label>
                </div>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field" aria-describedby=labels.described_by()>
            <legend>{labels.label.clone()} {labels.optional_word()}</legend>
            {labels.hint_view()}
            {labels.error_view()}
            {radios}
        </fieldset>
    }
    .into_any()
}

#[component]
fn Choices(labels: Labels, options: Vec<(String, String, bool)>) -> AnyView {
    let options = options
        .into_iter()
        .map(|(token, label, chosen)| view! { <option value=token selected=chosen>{label}</option> })
        .collect_view();
    let select = view! {
        <select
            id=labels.input.clone()
            name=labels.input.clone()
            class="input input-long"
            aria-describedby=labels.described_by()
            aria-invalid=labels.invalid()
        >
            <option value="">"Select one"</option>
            {options}
        </select>
    };
    view! { <Field labels>{select}</Field> }.into_any()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use domain::params::{Typed, declare, fields};
    use hydration_context::SsrSharedContext;
    use serde_json::{Value, json};

    use super::*;

    fn html(entry: Value, is_required: bool, typed: &[(&str, &str)]) -> String {
        let (required, optional) = if is_required {
            (vec![entry], Vec::new())
        } else {
            (Vec::new(), vec![entry])
        };
        let specs = declare(&required, &optional).unwrap().specs;
        let mut values = Typed::default();
        for (name, text) in typed {
            values.set(name, text);
        }
        let saved = BTreeSet::from(["key".to_owned()]);
        let field = fields(&specs, &values, &saved, &[]).remove(0);
        let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
        owner.with(|| view! { <ParamInput field note=None /> }.to_html())
    }

    #[test]
    fn s14_a_password_is_drawn_empty_whatever_was_typed() {
        let html = html(
            json!({"name": "key", "type": "password"}),
            true,
            &[("key", "CANARY")],
        );
        assert!(!html.contains("CANARY") && !html.contains(" value="), "{html}");
        assert!(html.contains("autocomplete=\"new-password\""), "{html}");
    }

    #[test]
    fn only_a_saved_password_that_may_be_missing_can_be_removed() {
        let entry = json!({"name": "key", "type": "password"});
        assert!(html(entry.clone(), false, &[]).contains("name=\"param.key.clear\""));
        assert!(!html(entry, true, &[]).contains("name=\"param.key.clear\""));
    }

    #[test]
    fn typed_text_comes_back_without_leaving_its_attribute() {
        let html = html(json!("note"), false, &[("note", "\" autofocus onfocus=\"x")]);
        assert!(
            html.contains("value=\"&quot; autofocus onfocus=&quot;x\""),
            "{html}"
        );
        assert!(html.contains("(optional)"), "{html}");
    }

    #[test]
    fn few_choices_are_radios_whose_first_carries_the_field_s_id_and_many_are_a_list() {
        let few = html(
            json!({"name": "r", "type": "select", "options": ["a", "b"]}),
            true,
            &[("r", "b")],
        );
        assert!(few.contains("type=\"radio\" id=\"param.r\""), "{few}");
        assert!(few.contains("value=\"b\" checked"), "{few}");
        let many: Vec<u32> = (0..6).collect();
        let many = html(
            json!({"name": "r", "type": "select", "options": many}),
            true,
            &[("r", "3")],
        );
        assert!(
            many.contains("<select id=\"param.r\"") && many.contains("value=\"3\" selected"),
            "{many}"
        );
    }

    #[test]
    fn a_choice_that_may_stay_open_can_be_taken_back() {
        let html = html(
            json!({"name": "r", "type": "select", "options": ["a"]}),
            false,
            &[],
        );
        assert!(html.contains(">None</label>"), "{html}");
    }
}
