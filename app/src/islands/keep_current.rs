//! Keeps a page's main part up to date, as long as somebody looks at it and wants that.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::run_summary::take_over;

/// The part of the page that is replaced.
pub const CURRENT_ID: &str = "current";

/// Between two looks.
const EVERY: Duration = Duration::from_secs(10);

/// A button that stops and resumes it, with a word on how things stand. Nothing is replaced while the tab is hidden or
/// the keyboard is inside the part: what a person reads or types does not move away.
#[island]
pub fn KeepCurrent(
    /// The page.
    address: String,
) -> impl IntoView {
    let (stopped, set_stopped) = signal(false);
    let (words, set_words) = signal("");
    let (started, set_started) = signal(false);
    Effect::new(move || {
        if started.get() {
            return;
        }
        set_started.set(true);
        let address = address.clone();
        let look = move || {
            let page = document();
            let is_inside = page
                .get_element_by_id(CURRENT_ID)
                .is_some_and(|part| part.contains(page.active_element().as_deref()));
            if page.hidden() || stopped.get_untracked() || is_inside {
                return;
            }
            let address = address.clone();
            spawn_local(async move {
                let fresh = take_over(&address, &[CURRENT_ID]).await;
                set_words.set(match fresh {
                    Ok(()) => "",
                    Err(_) => "The server does not answer. Trying again.",
                });
            });
        };
        let _ = set_interval_with_handle(look, EVERY);
    });
    let toggle = move |_| set_stopped.update(|stopped| *stopped = !*stopped);
    view! {
        <p class="keep-current">
            <span role="status">{words}</span>
            <button type="button" class="button button-quiet" hidden=move || !started.get() on:click=toggle>
                {move || if stopped.get() { "Keep up to date" } else { "Stop updating" }}
            </button>
        </p>
    }
}
