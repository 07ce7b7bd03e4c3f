//! Steps through a list from newest to oldest.

use leptos::prelude::*;

/// Links to the newest entries, to newer and to older ones, where there are any.
#[component]
pub fn Pagination(
    /// Address of the first page, unless this is it.
    newest: Option<String>,
    /// Address of the page before this.
    newer: Option<String>,
    /// Address of the next page, unless this is the last.
    older: Option<String>,
    /// What the three are called.
    #[prop(default = ["Newest", "Newer", "Older"])]
    words: [&'static str; 3],
) -> AnyView {
    let steps: Vec<_> = words
        .into_iter()
        .zip([newest, newer, older])
        .filter_map(|(word, address)| {
            address.map(|address| {
                view! {
                    <a class="button button-quiet" href=address>
                        {word}
                    </a>
                }
            })
        })
        .collect();
    (!steps.is_empty())
        .then(|| {
            view! {
                <nav class="pagination" aria-label="Pages">
                    {steps}
                </nav>
            }
        })
        .into_any()
}
