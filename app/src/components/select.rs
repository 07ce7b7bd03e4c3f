//! One choice of a list to open.

use leptos::prelude::*;

use super::field::{Field, Labels};

/// The list.
#[component]
pub fn SelectField(
    /// What stands around it.
    labels: Labels,
    /// Codes with what a person reads.
    options: Vec<(String, String)>,
    /// The code of the one that is taken.
    chosen: String,
) -> AnyView {
    let options = options
        .into_iter()
        .map(|(code, words)| {
            let selected = code == chosen;
            view! {
                <option value=code selected=selected>
                    {words}
                </option>
            }
        })
        .collect_view();
    let input = view! {
        <select
            id=labels.input.clone()
            name=labels.input.clone()
            class="input input-long"
            aria-describedby=labels.described_by()
            aria-invalid=labels.invalid()
        >
            {options}
        </select>
    };
    view! { <Field labels>{input}</Field> }.into_any()
}
