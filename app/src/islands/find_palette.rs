//! The box that goes anywhere by name. Without scripts its button leads to the page that does the same.

use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::html::{Dialog, Input};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use super::page::text_of;

/// Somewhere to go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Its name.
    pub title: String,
    /// What it is, in a word.
    pub kind: String,
    /// Its address.
    pub address: String,
}

/// What is heard when nothing is found, and when nobody answers.
const NOTHING: &str = "Nothing has such a name.";
const AWAY: &str = "The server does not answer.";

/// A button, and the box it opens; Ctrl and K open it from anywhere.
#[island]
pub fn FindPalette() -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let input = NodeRef::<Input>::new();
    let found = RwSignal::new(Vec::<Found>::new());
    let chosen = RwSignal::new(0_usize);
    let words = RwSignal::new("");
    let asked = StoredValue::new(0_u32);

    let ask = move |typed: String| {
        asked.update_value(|count| *count += 1);
        let number = asked.get_value();
        spawn_local(async move {
            let answer = suggested(&typed).await;
            // A slower answer to fewer letters comes too late.
            if asked.get_value() != number {
                return;
            }
            words.set(match &answer {
                Some(list) if list.is_empty() => NOTHING,
                Some(_) => "",
                None => AWAY,
            });
            chosen.set(0);
            found.set(answer.unwrap_or_default());
        });
    };
    let open = move || {
        let (Some(dialog), Some(input)) = (dialog.get_untracked(), input.get_untracked()) else {
            return;
        };
        if !dialog.open() && dialog.show_modal().is_ok() {
            input.select();
            ask(input.value());
        }
    };
    Effect::new(move || {
        let _ = window_event_listener(leptos::ev::keydown, move |event| {
            if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                open();
            }
        });
    });
    let clicked = move |event: MouseEvent| {
        // With a modifier it is a link like any other, to a tab of its own.
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            open();
        }
    };
    let go = move |index: usize| {
        if let Some(target) = found.read_untracked().get(index) {
            // A part of this same page loads nothing: the box would stay in front of it.
            if let Some(dialog) = dialog.get_untracked() {
                dialog.close();
            }
            let _ = window().location().set_href(&target.address);
        }
    };
    let pressed = move |event: KeyboardEvent| {
        let count = found.read_untracked().len();
        if count == 0 {
            return;
        }
        let at = chosen.get_untracked();
        match event.key().as_str() {
            "ArrowDown" => chosen.set((at + 1) % count),
            "ArrowUp" => chosen.set((at + count - 1) % count),
            "Enter" => go(at),
            _ => return,
        }
        event.prevent_default();
    };
    let options = move || {
        let option = move |(index, Found { title, kind, .. }): (usize, Found)| {
            view! {
                <li
                    id=option_id(index)
                    role="option"
                    aria-selected=move || (chosen.get() == index).to_string()
                    on:click=move |_| go(index)
                    on:mousemove=move |_| chosen.set(index)
                >
                    <span>{title}</span>
                    <span class="muted">{kind}</span>
                </li>
            }
        };
        found.get().into_iter().enumerate().map(option).collect_view()
    };
    view! {
        <a class="button button-quiet find-link" href="/find" on:click=clicked>
            "Find "
            <kbd>"Ctrl K"</kbd>
        </a>
        <dialog class="palette" node_ref=dialog aria-label="Find">
            <form method="get" action="/find" role="search">
                <label for="palette-q">"Go to a task, a credential, a page or an answer"</label>
                <input
                    class="input"
                    id="palette-q"
                    name="q"
                    autocomplete="off"
                    spellcheck="false"
                    role="combobox"
                    aria-autocomplete="list"
                    aria-controls="palette-found"
                    aria-expanded=move || (!found.read().is_empty()).to_string()
                    aria-activedescendant=move || {
                        (!found.read().is_empty()).then(|| option_id(chosen.get()))
                    }
                    node_ref=input
                    on:input=move |event| ask(event_target_value(&event))
                    on:keydown=pressed
                />
            </form>
            <ul id="palette-found" role="listbox" aria-label="Found" hidden=move || found.read().is_empty()>
                {options}
            </ul>
            <p role="status">{words}</p>
            <form class="palette-foot" method="dialog">
                <span class="hint">"Arrow keys choose, Enter goes there, Esc closes."</span>
                <button class="button button-quiet">"Close"</button>
            </form>
        </dialog>
    }
}

fn option_id(index: usize) -> String {
    format!("palette-{index}")
}

/// What the server suggests; nothing if it does not answer.
async fn suggested(typed: &str) -> Option<Vec<Found>> {
    let typed = String::from(js_sys::encode_uri_component(typed));
    let answer = window().fetch_with_str(&format!("/find/suggested?q={typed}"));
    serde_json::from_str(&text_of(answer).await.ok()?).ok()
}
