//! Steps through a list from newest to oldest.

use leptos::prelude::*;

/// Links to the newest entries and to older ones, where there are any.
#[component]
pub fn Pagination(
    /// Address of the first page, unless this is it.
    newest: Option<String>,
    /// Address of the next page, unless this is the last.
    older: Option<String>,
) -> AnyView {
    (newest.is_some() || older.is_some())
        .then(|| {
            view! {
                <nav class="pagination" aria-label="Pages">
                    {newest.map(|address| view! { <a class="button button-quiet" href=address>"Newest"</a> })}
                    {older.map(|address| view! { <a class="button button-quiet" href=address>"Older"</a> })}
                </nav>
            }
        })
        .into_any()
}
