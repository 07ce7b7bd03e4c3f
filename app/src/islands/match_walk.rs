//! Goes from match to match of a search in a log.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

use super::live_log::show_line;
use super::log_line::CURRENT;
use super::page::elements;

/// Links to the match before and after this one, and which it is. The links work by themselves; this moves within the
/// part of the log that is on the page, also with Enter in the box.
#[island]
pub fn MatchWalk(
    /// How many matches lie before this part.
    before: i64,
    /// How many there are in the whole log.
    all: i64,
    /// Which of this part it begins at.
    at: usize,
    /// What was looked for; Enter with another text is a new search.
    text: String,
    /// Addresses of the match before and after that one, and of the parts before and after this one.
    addresses: [String; 4],
) -> impl IntoView {
    let [previous, next, part_before, part_after] = addresses;
    let index = RwSignal::new(at);
    let go = move |is_forward: bool| {
        let lines = elements(document().query_selector_all(".log .log-line").ok());
        let to = if is_forward {
            index.get_untracked().checked_add(1)
        } else {
            index.get_untracked().checked_sub(1)
        };
        let Some(line) = to.and_then(|to| lines.get(to)) else {
            let address = if is_forward { &part_after } else { &part_before };
            let _ = location().set_href(address);
            return;
        };
        for other in &lines {
            let _ = other.class_list().remove_1(CURRENT);
            let _ = other.remove_attribute("aria-current");
        }
        let _ = line.class_list().add_1(CURRENT);
        let _ = line.set_attribute("aria-current", "true");
        let frame = line.closest(".log").ok().flatten();
        if let (Some(frame), Some(line)) = (
            frame.and_then(|frame| frame.dyn_into::<HtmlElement>().ok()),
            line.dyn_ref::<HtmlElement>(),
        ) {
            show_line(&frame, line);
        }
        index.set(to.unwrap_or_default());
    };
    let by_key = go.clone();
    Effect::new(move || {
        let (go, text) = (by_key.clone(), text.clone());
        let _ = window_event_listener(leptos::ev::keydown, move |event| {
            let input = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            let is_same = input.is_some_and(|input| input.id() == "find" && input.value().trim() == text);
            if is_same && !text.is_empty() && event.key() == "Enter" {
                event.prevent_default();
                go(!event.shift_key());
            }
        });
    });
    let back = go.clone();
    view! {
        <span role="status">
            {move || {
                let rank = before + i64::try_from(index.get()).unwrap_or_default() + 1;
                format!("Match {rank} of {all}")
            }}
        </span>
        <a
            class="button button-quiet"
            href=previous
            on:click=move |event| {
                event.prevent_default();
                back(false);
            }
        >
            "Previous match"
        </a>
        <a
            class="button button-quiet"
            href=next
            on:click=move |event| {
                event.prevent_default();
                go(true);
            }
        >
            "Next match"
        </a>
    }
}
