//! A task's settings form in the browser: checked before it is sent, and showing only what is asked for. The server says
//! both, with its own code; nothing is lost while it does, neither chosen files nor typed passwords.

use std::time::Duration;

use domain::params::FieldError;
use leptos::ev::SubmitEvent;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use web_sys::{Event, File, FormData, HtmlElement, HtmlFormElement, RequestInit, UrlSearchParams};

use super::page::{form_of, text_of};
use super::{asked, errors};

/// A second press within this time is the same press.
const ONE_PRESS: Duration = Duration::from_secs(3);

/// How long after the last key the server is asked what else it asks for.
const PAUSE: Duration = Duration::from_millis(120);

/// What the server says of a form as it is filled in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FormAnswer {
    /// The inputs that are asked for.
    pub asked: Vec<String>,
    /// What is wrong, in the order of the form.
    pub errors: Vec<FieldError>,
}

/// The field in which a question names the file that an input holds: its size, a space, its name.
pub fn chosen_input(input: &str) -> String {
    format!("{input}.chosen")
}

/// Around a task's settings form, whose fields the server draws.
#[island]
pub fn CheckedForm(
    /// Where to ask.
    address: String,
    children: Children,
) -> impl IntoView {
    let (sending, passed, asks) = (
        StoredValue::new(false),
        StoredValue::new(false),
        StoredValue::new(0_u32),
    );
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let is_live = RwSignal::new(false);
    let place = NodeRef::<leptos::html::Div>::new();
    let address = StoredValue::new(address);
    let refresh = move |form: HtmlFormElement| {
        asked::count(&form);
        if !asked::has_dependents(&form) {
            return;
        }
        asks.update_value(|asks| *asks += 1);
        let ask = asks.get_value();
        spawn_local(async move {
            let answer = fetch(&address.get_value(), &form).await;
            // A later question has a later answer.
            if let Some(answer) = answer.filter(|_| asks.get_value() == ask) {
                asked::show(&form, &answer.asked);
            }
        });
    };
    // The browser may have put back what was typed before it left the page.
    Effect::new(move || {
        let drawn = place
            .get()
            .and_then(|place| place.query_selector("form").ok().flatten());
        if let Some(drawn) = drawn.and_then(|drawn| drawn.dyn_into().ok()) {
            refresh(drawn);
            is_live.set(true);
        }
    });
    let changed = move |event: Event| {
        let Some(form) = form_of(&event) else { return };
        if let Some(earlier) = waiting.try_update_value(Option::take).flatten() {
            earlier.clear();
        }
        waiting.set_value(set_timeout_with_handle(move || refresh(form), PAUSE).ok());
    };
    let send = move |event: SubmitEvent| {
        if passed.get_value() {
            passed.set_value(false);
            return;
        }
        let Some(form) = form_of(&event) else { return };
        event.prevent_default();
        if sending.get_value() {
            return;
        }
        sending.set_value(true);
        let button: Option<HtmlElement> = event.submitter();
        spawn_local(async move {
            // Without an answer the form is sent as it is: the server checks it again.
            let answer = fetch(&address.get_value(), &form).await.unwrap_or_default();
            if !answer.errors.is_empty() {
                sending.set_value(false);
                errors::show(&document(), &answer.errors);
                return;
            }
            passed.set_value(true);
            let _ = form.request_submit_with_submitter(button.as_ref());
            set_timeout(move || sending.set_value(false), ONE_PRESS);
        });
    };
    view! {
        <div node_ref=place class:is-live=move || is_live.get() on:submit=send on:input=changed>
            {children()}
        </div>
    }
}

/// What the server says of the form. Of files it is told name and size only.
async fn fetch(address: &str, form: &HtmlFormElement) -> Option<FormAnswer> {
    let data = FormData::new_with_form(form).ok()?;
    let body = UrlSearchParams::new().ok()?;
    for entry in data.entries() {
        let entry = js_sys::Array::from(&entry.ok()?);
        let (input, value) = (entry.get(0).as_string()?, entry.get(1));
        match value.as_string() {
            Some(text) => body.append(&input, &text),
            None => {
                let file = value.dyn_into::<File>().ok()?;
                if !file.name().is_empty() {
                    body.append(&chosen_input(&input), &format!("{} {}", file.size(), file.name()));
                }
            }
        }
    }
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_body(&body);
    let text = text_of(window().fetch_with_str_and_init(address, &request))
        .await
        .ok()?;
    serde_json::from_str(&text).ok()
}
