//! The folders of the list of tasks that are no tasks, or not yet.

use domain::task::LoadProblem;
use leptos::prelude::*;

use crate::components::icons::WarningIcon;
use crate::components::problem::ProblemDetails;

/// The tasks whose packages are being installed.
#[component]
pub(super) fn GettingReady(names: Vec<String>) -> AnyView {
    if names.is_empty() {
        return ().into_any();
    }
    let items = names
        .into_iter()
        .map(|name| view! { <li><a href=format!("/tasks/{name}")>{name.clone()}</a></li> })
        .collect_view();
    view! {
        <section class="notice notice-active" aria-labelledby="preparing-title">
            <div>
                <h2 class="notice-title" id="preparing-title">
                    "Getting ready"
                </h2>
                <p>"The packages of these tasks are being installed. They appear in the list by themselves."</p>
                <ul>{items}</ul>
            </div>
        </section>
    }
    .into_any()
}

/// What keeps each from being a task.
#[component]
pub(super) fn ProblemFolders(problems: Vec<(String, LoadProblem)>, root: String) -> AnyView {
    let cards: Vec<_> = problems
        .into_iter()
        .map(|(name, problem)| {
            view! {
                <li class="card problem">
                    <h3>
                        <WarningIcon />
                        <span>"Problem: " <a href=format!("/tasks/{name}")>{name.clone()}</a></span>
                    </h3>
                    <ProblemDetails problem />
                </li>
            }
        })
        .collect();
    (!cards.is_empty()).then(|| {
        view! {
            <section id="problems" aria-labelledby="problems-title">
                <h2 id="problems-title">"Folders that could not be loaded"</h2>
                <p class="muted">"In " <code class="path">{root}</code> ". The other tasks are not affected."</p>
                <ul class="cards">{cards}</ul>
            </section>
        }
    })
    .into_any()
}
