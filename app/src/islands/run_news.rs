//! Tells of new runs above the list, without moving what is read.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// More are not counted.
pub const MOST_NEW: usize = 50;

/// Between two looks.
const EVERY: Duration = Duration::from_secs(10);

/// Asks every ten seconds, while the tab is looked at, how many runs have come that belong on the list.
#[island]
pub fn RunNews(
    /// Where to ask.
    asking: String,
    /// The list with them.
    list: String,
) -> impl IntoView {
    let count = RwSignal::new(0_usize);
    let has_ended = RwSignal::new(false);
    Effect::new(move || {
        let asking = asking.clone();
        let look = move || {
            if document().hidden() || has_ended.get_untracked() {
                return;
            }
            let asking = asking.clone();
            spawn_local(async move {
                match ask(&asking).await {
                    Ok(Some(new)) if new != count.get_untracked() => count.set(new),
                    // The session has ended, and so has this.
                    Ok(None) => has_ended.set(true),
                    // The server may be back the next time.
                    Ok(Some(_)) | Err(_) => {}
                }
            });
        };
        // Lives as long as the page does.
        let _ = set_interval_with_handle(look, EVERY);
    });
    view! {
        <p class="run-news" role="status">
            <a class="button" href=list hidden=move || count.get() == 0>
                {move || words(count.get())}
            </a>
        </p>
    }
}

/// How many there are; none if nobody is signed in any more.
async fn ask(address: &str) -> Result<Option<usize>, JsValue> {
    let response: Response = JsFuture::from(window().fetch_with_str(address))
        .await?
        .dyn_into()?;
    if response.status() == 401 {
        return Ok(None);
    }
    let text = JsFuture::from(response.text()?).await?;
    let count = text.as_string().and_then(|text| text.parse().ok());
    count.map(Some).ok_or(JsValue::NULL)
}

fn words(count: usize) -> String {
    match count {
        1 => "1 new run: show".to_owned(),
        count if count > MOST_NEW => format!("More than {MOST_NEW} new runs: show"),
        count => format!("{count} new runs: show"),
    }
}
