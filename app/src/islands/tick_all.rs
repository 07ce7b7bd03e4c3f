//! "Tick all on this page" over a list with tick boxes. Without a script it is not there.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

use super::page::{elements, form_of};

/// The tick box. It follows no other: ticking one of them by hand leaves it as it is.
#[island]
pub fn TickAll(
    /// Name of the tick boxes in the same form.
    name: String,
) -> impl IntoView {
    let is_ready = RwSignal::new(false);
    Effect::new(move || is_ready.set(true));
    let id = format!("all-{name}");
    let tick = move |event: Event| {
        let is_ticked = event_target_checked(&event);
        let found = form_of(&event).map(|form| form.query_selector_all(&format!("input[name={name}]")));
        for input in elements(found.and_then(Result::ok)) {
            if let Ok(input) = input.dyn_into::<HtmlInputElement>() {
                input.set_checked(is_ticked);
            }
        }
    };
    view! {
        <div class="tick tick-all" hidden=move || !is_ready.get()>
            <input type="checkbox" id=id.clone() autocomplete="off" on:change=tick />
            <label for=id>"Tick all on this page"</label>
        </div>
    }
}
