//! What the last action did, at the top of the page it led to.

use leptos::prelude::*;

/// Announced to screen readers as well.
#[component]
pub fn Flash(
    /// One sentence; nothing is drawn without it.
    message: Option<String>,
) -> AnyView {
    message
        .map(|message| {
            view! {
                <p class="flash" role="status">
                    {message}
                </p>
            }
        })
        .into_any()
}
