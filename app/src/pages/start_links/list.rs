//! The part of a task's page on start links.

use domain::words;
use engine::start_links::StartLink;
use leptos::prelude::*;

use crate::render::Viewer;

/// The links of one task, or what they are for.
#[component]
pub fn StartLinkList(
    /// The task's folder.
    task: String,
    /// Its links.
    links: Vec<StartLink>,
) -> AnyView {
    let is_empty = links.is_empty();
    let items = links.into_iter().map(item).collect_view();
    let list = if is_empty {
        view! {
            <p class="muted">
                "With a start link another system, such as a web shop or a script, can start this task."
            </p>
        }
        .into_any()
    } else {
        view! { <ul class="schedule-list">{items}</ul> }.into_any()
    };
    view! {
        <section class="card" id="links" aria-labelledby="links-title">
            <h2 id="links-title">"Start links"</h2>
            {list}
            <p>
                <a class="button" href=format!("/tasks/{task}/links/new")>
                    "Add a start link"
                </a>
            </p>
        </section>
    }
    .into_any()
}

fn item(link: StartLink) -> AnyView {
    let used = match link.last_used_at {
        Some(at) => format!("Last used {}", words::relative(at, Viewer::current().now)),
        None => "Not used yet".to_owned(),
    };
    let sets = (!link.may_set.is_empty()).then(|| {
        let names = link.may_set.join(", ");
        view! { <p class="muted">{format!("May set: {names}")}</p> }
    });
    let title = format!("Delete the link “{}”", link.name);
    view! {
        <li>
            <h3>{link.name}</h3>
            <p class="muted">{format!("{used}. Made by {}.", link.created_by)}</p>
            {sets}
            <details class="confirm">
                <summary>"Delete"</summary>
                <form method="post" action=format!("/links/{}/delete", link.id)>
                    <p>"Whatever uses this link can start this task no more. Its past runs stay."</p>
                    <button class="button button-danger">{title}</button>
                </form>
            </details>
        </li>
    }
    .into_any()
}
