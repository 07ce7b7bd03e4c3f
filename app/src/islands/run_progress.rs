//! How far a run is: drawn by the server, moved on by the browser.

use std::cell::RefCell;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use web_sys::Document;

/// The bar with its words. It is drawn hidden while there is nothing to tell, so that the browser can fill it.
const BAR_ID: &str = "run-progress-bar";
const WORDS_ID: &str = "run-progress-words";
const BOX_ID: &str = "run-progress";

/// Progress as it travels to the page, in words that the server chose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WireProgress {
    /// Per mille of the whole; none while the whole is not known.
    pub share: Option<u16>,
    /// `30 of 120. Reading March`.
    pub words: String,
}

/// Draws it.
pub fn run_progress(progress: Option<WireProgress>) -> impl IntoView {
    let hidden = progress.is_none();
    let (share, words) = progress.map_or((None, String::new()), |progress| (progress.share, progress.words));
    view! {
        <div class="progress" id=BOX_ID hidden=hidden>
            <progress id=BAR_ID max="1000" value=share aria-labelledby=WORDS_ID></progress>
            <p id=WORDS_ID>{words}</p>
        </div>
    }
}

thread_local! {
    /// What came last: the summary around the bar is fetched anew at times, and may be older than this when it arrives.
    static NEWEST: RefCell<Option<WireProgress>> = const { RefCell::new(None) };
}

/// Moves it on.
pub(super) fn show(page: &Document, progress: WireProgress) {
    draw(page, &progress);
    NEWEST.set(Some(progress));
}

/// Shows what came last once more, on a summary that has just been fetched.
pub(super) fn show_newest(page: &Document) {
    NEWEST.with_borrow(|newest| {
        if let Some(progress) = newest {
            draw(page, progress);
        }
    });
}

fn draw(page: &Document, progress: &WireProgress) {
    let (Some(place), Some(bar), Some(words)) = (
        page.get_element_by_id(BOX_ID),
        page.get_element_by_id(BAR_ID),
        page.get_element_by_id(WORDS_ID),
    ) else {
        return;
    };
    words.set_text_content(Some(&progress.words));
    // These fail for names that are no attributes only.
    let _ = match progress.share {
        Some(share) => bar.set_attribute("value", &share.to_string()),
        None => bar.remove_attribute("value"),
    };
    let _ = place.remove_attribute("hidden");
}
