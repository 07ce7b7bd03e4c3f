//! Offers the time zone of the person's computer.

use js_sys::{Array, Intl, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, EventInit, HtmlInputElement};

/// A button that fills the zone field. Shown only where it would change something.
#[island]
pub fn ZoneSuggestion(
    /// The field it fills.
    input_id: String,
    /// The zone that an empty field means.
    when_empty: String,
) -> impl IntoView {
    let zone = RwSignal::new(String::new());
    let input = {
        let input_id = input_id.clone();
        move || {
            document()
                .get_element_by_id(&input_id)?
                .dyn_into::<HtmlInputElement>()
                .ok()
        }
    };
    let field = input.clone();
    Effect::new(move || {
        let here = browser_zone().unwrap_or_default();
        let means = field().map(|field| field.value());
        let means = means.map(|typed| {
            if typed.is_empty() {
                when_empty.clone()
            } else {
                typed
            }
        });
        if means.is_some_and(|means| means != here) {
            zone.set(here);
        }
    });
    let fill = move |_| {
        let Some(input) = input() else { return };
        input.set_value(&zone.get());
        zone.set(String::new());
        announce_input(&input);
    };
    view! {
        <button type="button" class="link-button" hidden=move || zone.read().is_empty() on:click=fill>
            {move || format!("Use this computer's time zone, {}", zone.get())}
        </button>
    }
}

/// Tells the preview of a change made by code.
fn announce_input(input: &HtmlInputElement) {
    let bubbles = EventInit::new();
    bubbles.set_bubbles(true);
    if let Ok(event) = Event::new_with_event_init_dict("input", &bubbles) {
        let _ = input.dispatch_event(&event);
    }
}

/// The IANA name the browser runs in.
pub(super) fn browser_zone() -> Option<String> {
    let options = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
}
