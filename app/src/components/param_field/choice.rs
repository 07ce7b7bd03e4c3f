//! What is chosen: tick boxes, side by side, from a list.

use domain::params::ChoiceShown;
use leptos::prelude::*;

use crate::components::field::{Field, Labels};
use crate::islands::{count_id, count_words};

/// Up to this many choices of a list are shown side by side, more as a list to open.
const MOST_RADIOS: usize = 5;
/// More tick boxes than this scroll in a box of their own.
const MOST_TICKS: usize = 12;

/// Yes or no.
#[component]
pub(super) fn Tick(labels: Labels, checked: bool) -> AnyView {
    view! {
        <div class="field">
            {labels.error_view()}
            <div class="tick">
                <input
                    type="checkbox"
                    id=labels.input.clone()
                    name=labels.input.clone()
                    value="on"
                    checked=checked
                    aria-describedby=labels.described_by()
                    aria-invalid=labels.invalid()
                />
                <label for=labels.input.clone()>{labels.label.clone()}</label>
            </div>
            {labels.hint_view()}
        </div>
    }
    .into_any()
}

/// A tick box of our own, beside a field.
#[component]
pub(super) fn TickLine(id: String, word: String, checked: bool) -> AnyView {
    view! {
        <div class="tick">
            <input type="checkbox" id=id.clone() name=id.clone() value="on" checked=checked />
            <label for=id>{word}</label>
        </div>
    }
    .into_any()
}

/// One of a list: few side by side, many to open.
#[component]
pub(super) fn OneOf(labels: Labels, options: Vec<ChoiceShown>) -> AnyView {
    if options.len() <= MOST_RADIOS {
        view! { <Radios labels options /> }.into_any()
    } else {
        view! { <List labels options /> }.into_any()
    }
}

/// One of a few, all in sight.
#[component]
pub(super) fn Radios(labels: Labels, mut options: Vec<ChoiceShown>) -> AnyView {
    if labels.optional {
        options.push(ChoiceShown {
            token: String::new(),
            label: "None".to_owned(),
            chosen: !options.iter().any(|option| option.chosen),
        });
    }
    let name = labels.input.clone();
    let radios = options
        .into_iter()
        .enumerate()
        .map(|(index, ChoiceShown { token, label, chosen })| {
            let id = nth_id(&name, index);
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

/// Any number of a list, as tick boxes with one name. Long lists scroll and say how many are chosen.
#[component]
pub(super) fn AnyOf(labels: Labels, options: Vec<ChoiceShown>) -> AnyView {
    let name = labels.input.clone();
    let (all, chosen) = (
        options.len(),
        options.iter().filter(|option| option.chosen).count(),
    );
    let ticks = options
        .into_iter()
        .enumerate()
        .map(|(index, ChoiceShown { token, label, chosen })| {
            let id = nth_id(&name, index);
            view! {
                <div class="tick">
                    <input type="checkbox" id=id.clone() name=name.clone() value=token checked=chosen />
                    <label for=id>{label}</label>
                </div>
            }
        })
        .collect_view();
    let is_long = all > MOST_TICKS;
    let count = is_long.then(|| {
        view! {
            <p class="hint" id=count_id(&name) aria-live="polite">
                {count_words(chosen, all)}
            </p>
        }
    });
    let class = if is_long { "ticks is-long" } else { "ticks" };
    view! {
        <fieldset class="field" aria-describedby=labels.described_by()>
            <legend>{labels.label.clone()} {labels.optional_word()}</legend>
            {labels.hint_view()}
            {labels.error_view()}
            <div class=class>{ticks}</div>
            {count}
        </fieldset>
    }
    .into_any()
}

/// One of the saved credentials, or word that there are none yet.
#[component]
pub(super) fn Credentials(labels: Labels, options: Vec<ChoiceShown>) -> AnyView {
    if !options.is_empty() {
        return view! { <List labels options /> }.into_any();
    }
    // Something with the field's id, for the error summary to lead to.
    view! {
        <div class="field">
            <p class="field-name" id=labels.input.clone() tabindex="-1">
                {labels.label.clone()}
                {labels.optional_word()}
            </p>
            {labels.hint_view()}
            {labels.error_view()}
            <p class="muted">"No credential is saved yet. Create one, then choose it here."</p>
        </div>
    }
    .into_any()
}

#[component]
fn List(labels: Labels, options: Vec<ChoiceShown>) -> AnyView {
    let nothing = if labels.optional { "None" } else { "Select one" };
    let options = options
        .into_iter()
        .map(|ChoiceShown { token, label, chosen }| {
            view! { <option value=token selected=chosen>{label}</option> }
        })
        .collect_view();
    let select = view! {
        <select
            id=labels.input.clone()
            name=labels.input.clone()
            class="input input-long"
            aria-describedby=labels.described_by()
            aria-invalid=labels.invalid()
        >
            <option value="">{nothing}</option>
            {options}
        </select>
    };
    view! { <Field labels>{select}</Field> }.into_any()
}

/// The first carries the field's own id, for the error summary to lead to.
fn nth_id(name: &str, index: usize) -> String {
    if index == 0 {
        name.to_owned()
    } else {
        format!("{name}-{index}")
    }
}
