//! A task's settings form in the browser: checked before it is sent, with the code that the server checks it with, and
//! showing only what is asked for.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::params::{FileRef, ParamGroup, ParamSpec, Typed, check};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, File, FormData, HtmlFormElement};

use super::{asked, errors};

/// A second press within this time is the same press.
const ONE_PRESS: Duration = Duration::from_secs(3);

/// Around a task's settings form, whose fields the server draws.
#[island]
pub fn CheckedForm(
    /// What the task asks for.
    specs: Vec<ParamSpec>,
    /// Rules over several of them.
    groups: Vec<ParamGroup>,
    /// Names of the passwords and files that are there already, for which an empty field means "keep".
    saved: BTreeSet<String>,
    children: Children,
) -> impl IntoView {
    let is_sending = StoredValue::new(false);
    let is_live = RwSignal::new(false);
    let place = NodeRef::<leptos::html::Div>::new();
    let form = StoredValue::new((specs, groups, saved));
    // The browser may have put back what was typed before it left the page.
    Effect::new(move || {
        let drawn = place
            .get()
            .and_then(|place| place.query_selector("form").ok().flatten());
        if let Some(drawn) = drawn.and_then(|drawn| drawn.dyn_into().ok()) {
            form.with_value(|(specs, _, saved)| asked::refresh(specs, &typed(specs, &drawn), saved));
            is_live.set(true);
        }
    });
    let changed = move |event: Event| {
        if let Some(drawn) = form_of(&event) {
            form.with_value(|(specs, _, saved)| asked::refresh(specs, &typed(specs, &drawn), saved));
        }
    };
    let send = move |event: SubmitEvent| {
        let Some(drawn) = form_of(&event) else { return };
        if is_sending.get_value() {
            event.prevent_default();
            return;
        }
        let found =
            form.with_value(|(specs, groups, saved)| check(specs, groups, &typed(specs, &drawn), saved));
        if !found.is_empty() {
            event.prevent_default();
            errors::show(&document(), &found);
            return;
        }
        is_sending.set_value(true);
        set_timeout(move || is_sending.set_value(false), ONE_PRESS);
    };
    view! {
        <div node_ref=place class:is-live=move || is_live.get() on:submit=send on:input=changed>
            {children()}
        </div>
    }
}

/// The form that something happened in.
fn form_of(event: &Event) -> Option<HtmlFormElement> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    target.closest("form").ok()??.dyn_into().ok()
}

/// The form as the server would receive it. If the browser cannot tell, nothing is missing: the server decides.
fn typed(specs: &[ParamSpec], form: &HtmlFormElement) -> Typed {
    let Ok(data) = FormData::new_with_form(form) else {
        return Typed::default();
    };
    let inputs = specs
        .iter()
        .flat_map(|spec| [spec.input_name(), spec.zone_input_name(), spec.clear_input_name()]);
    let texts: Vec<(String, String)> = inputs
        .flat_map(|input| {
            let sent = data
                .get_all(&input)
                .into_iter()
                .filter_map(|sent| sent.as_string());
            sent.map(|text| (input.clone(), text)).collect::<Vec<_>>()
        })
        .collect();
    let mut typed = Typed::from_form(
        specs,
        texts.iter().map(|(input, text)| (input.as_str(), text.as_str())),
    );
    for spec in specs.iter().filter(|spec| spec.is_file()) {
        if let Some(file) = chosen_file(&data, &spec.input_name()) {
            typed.set_file(&spec.name, file);
        }
    }
    typed
}

/// Name and size of the file that would be sent.
fn chosen_file(data: &FormData, input: &str) -> Option<FileRef> {
    let file = data.get(input).dyn_into::<File>().ok()?;
    // Whole bytes, far below where a float would lose one.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let size = file.size() as u64;
    (!file.name().is_empty()).then(|| FileRef {
        id: String::new(),
        name: file.name(),
        size,
    })
}
