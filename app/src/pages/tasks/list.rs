//! `GET /tasks`.

use std::collections::BTreeSet;

use axum::extract::{Query, State};
use axum::response::Response;
use domain::task::{LoadProblem, ProblemKind};
use leptos::prelude::*;

use super::folders::{GettingReady, ProblemFolders};
use super::readiness::Standing;
use super::row::{Row, TaskTable};
use super::search::{Asked, Search};
use crate::components::empty_state::EmptyState;
use crate::components::icons::WarningIcon;
use crate::components::layout::Section;
use crate::error::AppError;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

/// As many past runs as a row shows.
const STRIP: u32 = 30;

/// All tasks, and the folders that are none.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    let engine = &state.engine;
    let scheduled = engine.schedules.summarise_by_task().await?;
    let saved = engine.settings.list().await?;
    let mut folders = Folders::default();
    for folder in engine.catalog.list() {
        match &folder.found {
            Ok(info) => {
                let standing = Standing::new(&folder, saved.get(&folder.name), engine.zone);
                let scheduled = scheduled.get(&folder.name).copied();
                folders.rows.push(Row::new(&folder, (info, standing), scheduled));
            }
            Err(problem) if problem.kind == ProblemKind::Preparing => {
                folders.preparing.push(folder.name.clone());
            }
            Err(problem) => folders.problems.push((folder.name.clone(), problem.clone())),
        }
    }
    folders.count = folders.rows.len();
    folders.tags = folders.rows.iter().flat_map(|row| row.tags.clone()).collect();
    folders.rows.retain(|row| asked.wants(row));
    let shown: Vec<String> = folders.rows.iter().map(|row| row.name.clone()).collect();
    let mut marks = engine.runs.last_by_task(&shown, STRIP).await?;
    for row in &mut folders.rows {
        row.marks = marks.remove(&row.name).unwrap_or_default();
    }
    let root = engine.catalog.root().display().to_string();
    Ok(Page::new("Tasks")
        .section(Section::Tasks)
        .render(who.viewer(&state), || view! { <TaskList folders root asked /> }))
}

/// The folders of the list, by how they stand.
#[derive(Default)]
struct Folders {
    rows: Vec<Row>,
    /// How many tasks there are, listed or not.
    count: usize,
    /// Their tags.
    tags: BTreeSet<String>,
    /// Names of those whose packages are being installed.
    preparing: Vec<String>,
    problems: Vec<(String, LoadProblem)>,
}

#[component]
fn TaskList(folders: Folders, root: String, asked: Asked) -> AnyView {
    let Folders {
        rows,
        count,
        tags,
        preparing,
        problems,
    } = folders;
    let problem_note = (!problems.is_empty()).then(|| {
        let words = match problems.len() {
            1 => "1 folder could not be loaded".to_owned(),
            count => format!("{count} folders could not be loaded"),
        };
        view! {
            <p class="notice notice-warning">
                <WarningIcon />
                <span>{words} ". " <a href="#problems">"See what is wrong"</a></span>
            </p>
        }
    });
    let tasks = if rows.is_empty() && count > 0 {
        view! { <NothingMatches /> }.into_any()
    } else if rows.is_empty() && !preparing.is_empty() {
        ().into_any()
    } else if rows.is_empty() {
        view! { <NoTasks root=root.clone() /> }.into_any()
    } else {
        view! { <TaskTable rows /> }.into_any()
    };
    view! {
        <div class="page-head page-head-split">
            <div>
                <h1>"Tasks"</h1>
                <p class="lead">"What this server can do for you, by hand or on a schedule."</p>
            </div>
            <a class="button" href="/schedules">
                "All schedules"
            </a>
        </div>
        {problem_note}
        <GettingReady names=preparing />
        <Search asked count tags />
        {tasks}
        <ProblemFolders problems root />
    }
    .into_any()
}

#[component]
fn NothingMatches() -> AnyView {
    view! {
        <EmptyState title="Nothing matches">
            <p>"No task has all of these words in its name, description or tags."</p>
            <p>
                <a class="button" href="/tasks">
                    "Show all tasks"
                </a>
            </p>
        </EmptyState>
    }
    .into_any()
}

#[component]
fn NoTasks(root: String) -> AnyView {
    view! {
        <EmptyState title="No tasks yet">
            <p>"A task is a folder with a file named job.py. Put one into this folder on the server:"</p>
            <p>
                <code class="path">{root}</code>
            </p>
            <p>"It appears here within a few seconds."</p>
            <p>
                <a class="button button-primary" href="/tasks">
                    "Look again"
                </a>
            </p>
        </EmptyState>
    }
    .into_any()
}
