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

/// What was found, and which of it is chosen.
#[derive(Clone, Copy)]
struct Finding {
    found: RwSignal<Vec<Found>>,
    chosen: RwSignal<usize>,
    /// What is said where nothing is listed.
    words: RwSignal<&'static str>,
    /// How often it was asked.
    asked: StoredValue<u32>,
}

impl Finding {
    fn new() -> Self {
        Self {
            found: RwSignal::new(Vec::new()),
            chosen: RwSignal::new(0),
            words: RwSignal::new(""),
            asked: StoredValue::new(0),
        }
    }

    /// Looks for what has such a name.
    fn ask(self, typed: String) {
        self.asked.update_value(|count| *count += 1);
        let number = self.asked.get_value();
        spawn_local(async move {
            let answer = suggested(&typed).await;
            // A slower answer to fewer letters comes too late.
            if self.asked.get_value() != number {
                return;
            }
            self.words.set(match &answer {
                Some(list) if list.is_empty() => NOTHING,
                Some(_) => "",
                None => AWAY,
            });
            self.chosen.set(0);
            self.found.set(answer.unwrap_or_default());
        });
    }

    /// Chooses the next entry or the one before, around the list's ends.
    fn step(self, forwards: bool) {
        let count = self.found.read_untracked().len();
        let by = if forwards { 1 } else { count - 1 };
        self.chosen.update(|at| *at = (*at + by) % count);
    }

    fn is_empty(self) -> bool {
        self.found.read().is_empty()
    }

    /// The list, each entry going where it says.
    fn options(self, go: impl Fn(usize) + Copy + 'static) -> impl IntoView {
        let chosen = self.chosen;
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
        self.found
            .get()
            .into_iter()
            .enumerate()
            .map(option)
            .collect_view()
    }
}

/// A button, and the box it opens; Ctrl and K open it from anywhere.
#[island]
pub fn FindPalette() -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let input = NodeRef::<Input>::new();
    let finding = Finding::new();
    let open = move || {
        let (Some(dialog), Some(input)) = (dialog.get_untracked(), input.get_untracked()) else {
            return;
        };
        if !dialog.open() && dialog.show_modal().is_ok() {
            input.select();
            finding.ask(input.value());
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
        if let Some(target) = finding.found.read_untracked().get(index) {
            // A part of this same page loads nothing: the box would stay in front of it.
            if let Some(dialog) = dialog.get_untracked() {
                dialog.close();
            }
            let _ = window().location().set_href(&target.address);
        }
    };
    let pressed = move |event: KeyboardEvent| {
        if finding.found.read_untracked().is_empty() {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => finding.step(true),
            "ArrowUp" => finding.step(false),
            "Enter" => go(finding.chosen.get_untracked()),
            _ => return,
        }
        event.prevent_default();
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
                    aria-expanded=move || (!finding.is_empty()).to_string()
                    aria-activedescendant=move || (!finding.is_empty()).then(|| option_id(finding.chosen.get()))
                    node_ref=input
                    on:input=move |event| finding.ask(event_target_value(&event))
                    on:keydown=pressed
                />
            </form>
            <ul id="palette-found" role="listbox" aria-label="Found" hidden=move || finding.is_empty()>
                {move || finding.options(go)}
            </ul>
            <p role="status">{finding.words}</p>
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
