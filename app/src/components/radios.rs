//! A few choices, one of which is taken: a group of radio buttons.

use leptos::prelude::*;

use super::field::Labels;

/// The group. The first button carries the group's own name as its id, so that an error's link leads there.
#[component]
pub fn Radios(
    /// What stands around it.
    labels: Labels,
    /// Codes with what a person reads.
    options: &'static [(&'static str, &'static str)],
    /// The code of the one that is taken.
    chosen: String,
) -> AnyView {
    let name = labels.input.clone();
    let radios = options
        .iter()
        .enumerate()
        .map(|(index, (code, words))| {
            let id = if index == 0 {
                name.clone()
            } else {
                format!("{name}-{code}")
            };
            view! {
                <div class="tick">
                    <input type="radio" id=id.clone() name=name.clone() value=*code checked=chosen == *code />
                    <label for=id>{*words}</label>
                </div>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field" aria-describedby=labels.described_by()>
            <legend>{labels.label.clone()}</legend>
            {labels.hint_view()}
            {labels.error_view()}
            {radios}
        </fieldset>
    }
    .into_any()
}
