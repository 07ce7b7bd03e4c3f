//! "Show" beside a password: reveals what is being typed, never anything saved.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// The button. It appears once the browser can make it work.
#[island]
pub fn RevealToggle(
    /// The password input beside it.
    input_id: String,
    /// What is revealed, for the button's name.
    label: String,
) -> impl IntoView {
    let is_ready = RwSignal::new(false);
    let is_shown = RwSignal::new(false);
    Effect::new(move || is_ready.set(true));
    Effect::new(move || {
        let kind = if is_shown.get() { "text" } else { "password" };
        let input = document().get_element_by_id(&input_id);
        if let Some(input) = input.and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) {
            input.set_type(kind);
        }
    });
    // Browsers keep what was typed into a text field for later suggestions, so no secret is sent as one.
    let on_send = window_event_listener(leptos::ev::submit, move |_| is_shown.set(false));
    on_cleanup(move || on_send.remove());
    let word = move || if is_shown.get() { "Hide" } else { "Show" };
    view! {
        <button
            type="button"
            class="reveal"
            hidden=move || !is_ready.get()
            on:click=move |_| is_shown.update(|is_shown| *is_shown = !*is_shown)
        >
            {word}
            <span class="visually-hidden">{format!(" {label}")}</span>
        </button>
    }
}
