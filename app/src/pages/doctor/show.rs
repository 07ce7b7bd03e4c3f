//! `GET /doctor`.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use engine::environments::EnvironmentInfo;
use engine::tasks::{TaskFolder, TaskState};
use leptos::prelude::*;
use serde::Deserialize;

use super::folder::FolderCard;
use super::packages::Packages;
use crate::components::empty_state::EmptyState;
use crate::components::flash::Flash;
use crate::components::layout::Section;
use crate::error::AppError;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

/// What was just looked at again.
#[derive(Deserialize)]
pub struct Checked {
    #[serde(default)]
    checked: String,
}

/// All folders, those with problems first.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Query(checked): Query<Checked>,
) -> Result<Response, AppError> {
    let catalog = &state.engine.catalog;
    let mut folders = catalog.list();
    folders.sort_by_key(|folder| (urgency(folder), folder.name.clone()));
    let flash = sentence(&checked.checked, &folders);
    let environments = state.engine.environments.list(&folders).await;
    let helpers = catalog.helpers();
    let root = catalog.root().display().to_string();
    Ok(Page::new("Doctor")
        .section(Section::Doctor)
        .render(who.viewer(&state), || {
            view! { <Doctor folders helpers environments root flash /> }
        }))
}

/// What needs a hand comes first.
fn urgency(folder: &TaskFolder) -> u8 {
    let has_warnings = folder.found.as_ref().is_ok_and(|info| !info.warnings.is_empty());
    match folder.state() {
        TaskState::Problem => 0,
        TaskState::ReadyButNewerBroken => 1,
        TaskState::Preparing => 2,
        TaskState::Ready if has_warnings => 3,
        TaskState::Ready => 4,
    }
}

fn sentence(checked: &str, folders: &[Arc<TaskFolder>]) -> Option<String> {
    if checked == "all" {
        return Some("Every folder was looked at again.".to_owned());
    }
    let folder = folders.iter().find(|folder| folder.name == checked)?;
    let outcome = match folder.state() {
        TaskState::Ready => "it is ready.",
        TaskState::ReadyButNewerBroken => "its newest files still do not load.",
        TaskState::Preparing => "its packages are being installed.",
        TaskState::Problem => "it still does not load.",
    };
    Some(format!("{checked} was looked at again: {outcome}"))
}

#[component]
fn Doctor(
    folders: Vec<Arc<TaskFolder>>,
    helpers: Vec<String>,
    environments: Vec<EnvironmentInfo>,
    root: String,
    flash: Option<String>,
) -> AnyView {
    let count = folders.len();
    let ready = folders.iter().filter(|folder| folder.found.is_ok()).count();
    let lead = match (ready, count) {
        (_, 0) => "There is nothing to look at yet.".to_owned(),
        (ready, count) if ready == count => format!("All {count} tasks load."),
        (ready, count) => format!("{ready} of {count} tasks load."),
    };
    let cards = if folders.is_empty() {
        let root = root.clone();
        view! {
            <EmptyState title="The tasks folder is empty">
                <p>
                    "Put a folder with a file named job.py into " <code>{root}</code>
                    ". It appears here by itself."
                </p>
            </EmptyState>
        }
        .into_any()
    } else {
        let cards = folders
            .into_iter()
            .map(|folder| view! { <li><FolderCard folder /></li> })
            .collect_view();
        view! { <ul class="cards">{cards}</ul> }.into_any()
    };
    let helpers = (!helpers.is_empty()).then(|| {
        view! {
            <p class="muted">
                "Files that are no tasks, but may be imported by some: " {helpers.join(", ")} "."
            </p>
        }
    });
    view! {
        <Flash message=flash />
        <div class="page-head page-head-split">
            <div>
                <h1>"Doctor"</h1>
                <p class="lead">{lead} " The tasks folder is " <code>{root}</code> "."</p>
            </div>
            <form method="post" action="/doctor/check">
                <button class="button">"Check all again"</button>
            </form>
        </div>
        {cards}
        {helpers}
        <Packages environments />
    }
    .into_any()
}
