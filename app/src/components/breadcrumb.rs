//! Where the page lies: links to what it belongs to.

use leptos::prelude::*;

/// From the section downwards, without the page itself.
#[component]
pub fn Breadcrumb(
    /// Address and words of each.
    links: Vec<(String, String)>,
) -> AnyView {
    let items = links
        .into_iter()
        .map(|(address, words)| view! { <li><a href=address>{words}</a></li> })
        .collect_view();
    view! {
        <nav aria-label="Breadcrumb">
            <ol class="breadcrumb">{items}</ol>
        </nav>
    }
    .into_any()
}
