//! Checks the settings form before it is sent, with the code that the server checks it with.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::params::{ParamSpec, Typed, validate};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement};

use super::errors;

/// A second press within this time is the same press.
const ONE_PRESS: Duration = Duration::from_secs(3);

/// Around a task's settings form, whose fields the server draws.
#[island]
pub fn CheckedForm(
    /// What the task asks for.
    specs: Vec<ParamSpec>,
    /// Names of the passwords that are saved, for which an empty field means "keep".
    saved: BTreeSet<String>,
    children: Children,
) -> impl IntoView {
    let is_sending = StoredValue::new(false);
    let check = move |event: SubmitEvent| {
        let Some(form) = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlFormElement>().ok())
        else {
            return;
        };
        if is_sending.get_value() {
            event.prevent_default();
            return;
        }
        if let Err(found) = validate(&specs, &typed(&specs, &form), &saved) {
            event.prevent_default();
            errors::show(&document(), &found);
            return;
        }
        is_sending.set_value(true);
        set_timeout(move || is_sending.set_value(false), ONE_PRESS);
    };
    view! { <div on:submit=check>{children()}</div> }
}

/// The form as the server would receive it. If the browser cannot tell, nothing is missing: the server decides.
fn typed(specs: &[ParamSpec], form: &HtmlFormElement) -> Typed {
    let Ok(data) = FormData::new_with_form(form) else {
        return Typed::default();
    };
    let pairs: Vec<(String, String)> = specs
        .iter()
        .flat_map(|spec| [spec.input_name(), format!("{}.clear", spec.input_name())])
        .filter_map(|input| Some((input.clone(), data.get(&input).as_string()?)))
        .collect();
    Typed::from_form(
        specs,
        pairs.iter().map(|(input, text)| (input.as_str(), text.as_str())),
    )
}
