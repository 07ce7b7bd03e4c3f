//! A task's parameter as an input, from the fields that `domain` works out.
//!
//! Every control is named by its label and described by its hint, note and error. The one that carries the field's own
//! id is where the error summary leads to: the input, or the first of several.

#![allow(unreachable_pub)] // `#[component]` makes the builders of its properties public, however it is called

mod choice;
mod file;
mod text;

use domain::params::{Control, Field as ParamField};
use leptos::prelude::*;

use super::field::{Labels, TextField};
pub use file::upload_input;
pub use text::{PasswordField, ZoneNames};

/// What a page knows about a field beyond its declaration.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct About {
    /// What is known of the saved value, or why it must be typed again.
    pub note: Option<String>,
    /// A link under the input: address and words.
    pub link: Option<(String, String)>,
    /// A file that came with a form that did not pass: its id, so that it need not be sent again.
    pub upload: Option<String>,
    /// Whether it is one of several of which some must be filled in, so that "optional" would mislead.
    pub is_one_of: bool,
}

/// Draws the control that fits.
#[component]
pub fn ParamInput(
    /// What to draw.
    field: ParamField,
    /// What stands beside it on this page.
    about: About,
) -> AnyView {
    let label = field.label.clone();
    let labels = Labels {
        input: field.input.clone(),
        label: field.label,
        hint: field.hint,
        note: about.note,
        condition: field
            .condition
            .as_ref()
            .map(|condition| condition.sentence.clone()),
        placeholder: field.placeholder,
        error: field.error,
        is_one_of: about.is_one_of,
        // A tick box has no empty state that could be optional.
        optional: !field.required && !matches!(field.control, Control::Checkbox { .. }),
    };
    let input = match field.control {
        Control::Line { kind, value } => view! { <Line labels kind value /> }.into_any(),
        Control::Lines { value, code } => view! { <text::Lines labels value code /> }.into_any(),
        Control::Number { value, whole, unit } => {
            view! { <text::Number labels value whole unit /> }.into_any()
        }
        Control::Moment { value, zone } => view! { <text::Moment labels value zone /> }.into_any(),
        Control::Password { saved } => view! { <text::ParamPassword labels saved /> }.into_any(),
        Control::Checkbox { checked } => view! { <choice::Tick labels checked /> }.into_any(),
        Control::Select { options } => view! { <choice::OneOf labels options /> }.into_any(),
        Control::Radio { options } => view! { <choice::Radios labels options /> }.into_any(),
        Control::MultiSelect { options } => view! { <choice::AnyOf labels options /> }.into_any(),
        Control::File { saved, accept } => {
            view! { <file::FileField labels saved accept upload=about.upload /> }.into_any()
        }
        Control::Credential { options } => view! { <choice::Credentials labels options /> }.into_any(),
    };
    let link = about.link.map(|(address, words)| {
        view! {
            <p class="field-link">
                <a href=address>
                    {words} <span class="visually-hidden">{format!(" for {label}")}</span>
                </a>
            </p>
        }
    });
    match field.condition {
        None => view! { {input} {link} }.into_any(),
        Some(condition) => {
            let class = if condition.is_met {
                "dependent"
            } else {
                "dependent is-unmet"
            };
            view! {
                <div class=class id=crate::islands::dependent_id(&field.input)>
                    {input}
                    {link}
                </div>
            }
            .into_any()
        }
    }
}

#[component]
fn Line(labels: Labels, kind: &'static str, value: String) -> AnyView {
    let width = match kind {
        "date" | "time" => "medium",
        _ => "long",
    };
    view! { <TextField labels value kind width /> }.into_any()
}

#[cfg(test)]
mod tests;
