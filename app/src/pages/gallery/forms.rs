//! What is typed into and pressed.

use domain::params::FieldError;
use leptos::prelude::*;

use crate::components::field::{Labels, TextField};
use crate::components::radios::Radios;
use crate::components::select::SelectField;
use crate::components::ticks::Ticks;

const KINDS: [(&str, &str); 2] = [("day", "Each day"), ("week", "Each week")];

#[component]
pub(super) fn Buttons() -> AnyView {
    let button = |class: &str, words: &'static str| {
        view! {
            <button type="button" class=format!("button {class}")>
                {words}
            </button>
        }
    };
    view! {
        <div class="actions">
            {button("button-primary", "Save and run now")} {button("", "Save")} {button("button-quiet", "Change")}
            {button("button-danger", "Delete this credential")}
        </div>
        <details class="confirm" open>
            <summary>"Delete"</summary>
            <p>"The secret is removed for good. No task uses it."</p>
            {button("button-danger", "Delete")}
        </details>
    }
    .into_any()
}

#[component]
pub(super) fn Fields(errors: Vec<FieldError>) -> AnyView {
    let with_hint = |input, label, hint: &str| Labels {
        hint: Some(hint.to_owned()),
        ..Labels::required(input, label)
    };
    let optional = Labels {
        optional: true,
        ..Labels::required("optional", "Shop")
    };
    let options: Vec<_> = KINDS
        .iter()
        .map(|(code, words)| ((*code).to_owned(), (*words).to_owned()))
        .collect();
    let wrong = Labels::required("wrong", "First day").with_error(&errors);
    let wrong_kind = Labels::required("wrong-kind", "Kind").with_error(&errors);
    view! {
        <TextField labels=with_hint("rows", "Rows", "Between 1 and 5000.") value="100".to_owned() width="short" />
        <TextField labels=optional value=String::new() />
        <TextField labels=wrong value="31 June".to_owned() />
        <SelectField
            labels=Labels::required("select", "How often")
            options=options.clone()
            chosen="week".to_owned()
        />
        <Radios labels=wrong_kind options=&KINDS chosen=String::new() />
        <Ticks
            labels=with_hint("ticks", "On which days", "At least one.")
            options
            chosen=vec!["day".to_owned()]
        />
    }
    .into_any()
}
