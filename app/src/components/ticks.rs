//! Several choices, any of which are taken: a group of tick boxes.

use leptos::prelude::*;

use super::field::Labels;

/// The group. The first box carries the group's own name as its id, so that an error's link leads there.
#[component]
pub fn Ticks(
    /// What stands around it.
    labels: Labels,
    /// Codes with what a person reads.
    options: Vec<(String, String)>,
    /// The codes of those that are taken.
    chosen: Vec<String>,
) -> AnyView {
    let name = labels.input.clone();
    let boxes = options
        .into_iter()
        .enumerate()
        .map(|(index, (code, words))| {
            let id = if index == 0 {
                name.clone()
            } else {
                format!("{name}-{code}")
            };
            let checked = chosen.contains(&code);
            view! {
                <div class="tick">
                    <input type="checkbox" id=id.clone() name=name.clone() value=code checked=checked />
                    <label for=id>{words}</label>
                </div>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field" aria-describedby=labels.described_by()>
            <legend>{labels.label.clone()} {labels.optional_word()}</legend>
            {labels.hint_view()}
            {labels.error_view()}
            <div class="ticks">{boxes}</div>
        </fieldset>
    }
    .into_any()
}
