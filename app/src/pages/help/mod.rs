//! `GET /help`: what the words mean, what to do when, in one page that can be searched and printed.

mod answers;
mod meanings;

use axum::extract::State;
use axum::response::Response;
use leptos::prelude::*;

use self::answers::{ANSWERS, Answers};
use self::meanings::{Failures, Glossary, Statuses};
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

/// Where the meaning of the statuses stands, for links from other pages.
pub const STATUSES: &str = "statuses";
/// Where the reasons stand for which runs fail.
pub const FAILURES: &str = "failures";
/// Where the words are explained.
pub const GLOSSARY: &str = "words";

/// Parts of the page besides the answers: where they stand and what they are called.
pub(crate) const PARTS: [(&str, &str); 3] = [
    (GLOSSARY, "What the words mean"),
    (STATUSES, "What the statuses mean"),
    (FAILURES, "Why runs fail"),
];

/// Everything on the page that can be found by its title: where it stands and what it is called.
pub(crate) fn topics() -> impl Iterator<Item = (&'static str, &'static str)> {
    ANSWERS
        .iter()
        .map(|answer| (answer.id, answer.question))
        .chain(PARTS)
}

/// The page.
pub async fn show(State(state): State<AppState>, who: SignedIn) -> Response {
    Page::new("Help").render(who.viewer(&state), || view! { <HelpPage /> })
}

#[component]
fn HelpPage() -> AnyView {
    let contents = topics()
        .map(|(id, title)| {
            view! {
                <li>
                    <a href=format!("#{id}")>{title}</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="page-head">
            <h1>"Help"</h1>
            <p class="lead">"How to run tasks, let them run by themselves, and find out what went wrong."</p>
        </div>
        <div class="help">
            <nav class="help-contents no-print" aria-labelledby="contents-title">
                <h2 id="contents-title">"On this page"</h2>
                <ul>{contents}</ul>
            </nav>
            <div class="help-text">
                <Answers />
                <Glossary />
                <Statuses />
                <Failures />
            </div>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::render::Viewer;

    #[test]
    fn every_topic_stands_on_the_page_under_an_address_of_its_own() {
        let html = Owner::new().with(|| {
            provide_context(Viewer::nobody());
            HelpPage().to_html()
        });
        let mut seen = HashSet::new();
        for (id, title) in topics() {
            assert!(seen.insert(id), "{id} is there twice");
            assert!(html.contains(&format!("id=\"{id}\"")), "{id}: {title}");
        }
    }
}
