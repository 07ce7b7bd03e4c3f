//! `GET /gallery`: every component in every state, for who works on them. Served with `COMPONENT_GALLERY=1` only;
//! `make dev` and the browser tests set it.

mod forms;
mod runs;

use axum::extract::State;
use axum::response::Response;
use leptos::prelude::*;

use self::forms::{Buttons, Fields};
use self::runs::{Figures, LogLines, Statuses};
use crate::components::breadcrumb::Breadcrumb;
use crate::components::empty_state::EmptyState;
use crate::components::error_summary::{ErrorSummary, field_error};
use crate::components::flash::Flash;
use crate::components::icons::WarningIcon;
use crate::components::markdown::Markdown;
use crate::components::pagination::Pagination;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

/// As developers write it.
const README: &str = "\
## Before you start

1. Ask for **access**.
2. Read [the rules](https://example.com).

> One shop at a time.

`shop = north`

| Shop | Orders |
|---|---|
| north | 12 |
";

/// The page.
pub async fn show(State(state): State<AppState>, who: SignedIn) -> Response {
    Page::new("Components").render(who.viewer(&state), || view! { <GalleryPage /> })
}

#[component]
fn GalleryPage() -> AnyView {
    let errors = vec![
        field_error("wrong", "Enter a day, like 2 March 2026"),
        field_error("wrong-kind", "Select the kind"),
    ];
    view! {
        <ErrorSummary errors=errors.clone() />
        <Breadcrumb links=vec![("/".to_owned(), "Home".to_owned()), ("/tasks".to_owned(), "Tasks".to_owned())] />
        <div class="page-head">
            <h1>"Components"</h1>
            <p class="lead">"What pages are made of, in each of its states."</p>
        </div>
        <Flash message=Some("Schedule saved. Next run: Mon 2 Mar, 09:00.".to_owned()) />
        <Notices />
        <Sample title="Buttons">
            <Buttons />
        </Sample>
        <Sample title="Fields">
            <Fields errors />
        </Sample>
        <Sample title="Statuses">
            <Statuses />
        </Sample>
        <Sample title="Figures and results">
            <Figures />
        </Sample>
        <Sample title="Log lines">
            <LogLines />
        </Sample>
        <Sample title="Text of a task's developer">
            <Markdown text=README.to_owned() />
        </Sample>
        <Sample title="Nothing there, and pages">
            <EmptyState title="No runs yet">
                <p>"Runs are listed here as soon as a task has run."</p>
            </EmptyState>
            <Pagination newest=Some("#".to_owned()) newer=Some("#".to_owned()) older=Some("#".to_owned()) />
        </Sample>
    }
    .into_any()
}

/// One group of components, under its name.
#[component]
fn Sample(title: &'static str, children: Children) -> AnyView {
    view! {
        <section class="card sample">
            <h2>{title}</h2>
            {children()}
        </section>
    }
    .into_any()
}

#[component]
fn Notices() -> AnyView {
    ["notice-warning", "notice-good", "notice-bad", "notice-active"]
        .map(|class| {
            view! {
                <div class=format!("notice {class}")>
                    <WarningIcon />
                    <div>
                        <p class="notice-title">"What it is about"</p>
                        <p>"What happened, and " <a href="/help">"what to do"</a> "."</p>
                    </div>
                </div>
            }
        })
        .collect_view()
        .into_any()
}
