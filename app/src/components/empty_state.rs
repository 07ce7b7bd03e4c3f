//! A list with nothing in it: one sentence on why, and what to do.

use leptos::prelude::*;

use super::icons::FolderIcon;

/// Takes the place of a list.
#[component]
pub fn EmptyState(
    /// Says that there is nothing, and of what.
    #[prop(into)]
    title: String,
    /// What to do about it.
    children: Children,
) -> AnyView {
    view! {
        <div class="empty">
            <FolderIcon />
            <h2>{title}</h2>
            {children()}
        </div>
    }
    .into_any()
}
