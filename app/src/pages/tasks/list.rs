//! `GET /tasks`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::task::{LoadProblem, ProblemKind, TaskInfo};
use engine::runs::RunSummary;
use engine::scheduler::Scheduled;
use engine::tasks::{TaskFolder, TaskState};
use leptos::prelude::*;

use super::attention::StandingBadge;
use super::folders::{GettingReady, ProblemFolders};
use super::readiness::Standing;
use crate::components::empty_state::EmptyState;
use crate::components::icons::{PauseIcon, WarningIcon};
use crate::components::layout::Section;
use crate::components::status_badge::StatusBadge;
use crate::components::time::When;
use crate::error::AppError;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

/// All tasks, and the folders that are none.
pub async fn show(State(state): State<AppState>, who: SignedIn) -> Result<Response, AppError> {
    let engine = &state.engine;
    let latest = engine.runs.latest_by_task().await?;
    let scheduled = engine.schedules.summarise_by_task().await?;
    let saved = engine.settings.list().await?;
    let mut folders = Folders::default();
    for folder in engine.catalog.list() {
        match &folder.found {
            Ok(info) => {
                let standing = Standing::new(&folder, saved.get(&folder.name), engine.zone);
                let last = latest.get(&folder.name).cloned();
                let scheduled = scheduled.get(&folder.name).copied();
                folders
                    .rows
                    .push(Row::new(&folder, (info, standing), last, scheduled));
            }
            Err(problem) if problem.kind == ProblemKind::Preparing => {
                folders.preparing.push(folder.name.clone());
            }
            Err(problem) => folders.problems.push((folder.name.clone(), problem.clone())),
        }
    }
    let root = engine.catalog.root().display().to_string();
    Ok(Page::new("Tasks")
        .section(Section::Tasks)
        .render(who.viewer(&state), || view! { <TaskList folders root /> }))
}

/// The folders of the list, by how they stand.
#[derive(Default)]
struct Folders {
    rows: Vec<Row>,
    /// Names of those whose packages are being installed.
    preparing: Vec<String>,
    problems: Vec<(String, LoadProblem)>,
}

struct Row {
    name: String,
    title: String,
    description: String,
    standing: Standing,
    /// Whether it runs from older files, since the newest do not load.
    is_old: bool,
    last: Option<RunSummary>,
    next: Next,
}

enum Next {
    At(DateTime<Utc>),
    /// It would have one, but its settings need attention first.
    Waits,
    Paused,
    Unscheduled,
}

impl Row {
    fn new(
        folder: &Arc<TaskFolder>,
        (info, standing): (&TaskInfo, Standing),
        last: Option<RunSummary>,
        scheduled: Option<Scheduled>,
    ) -> Self {
        let next = match scheduled {
            Some(Scheduled { next: Some(_), .. }) if matches!(standing, Standing::NeedsAttention(_)) => {
                Next::Waits
            }
            Some(Scheduled { next: Some(at), .. }) => Next::At(at),
            Some(Scheduled { has_paused: true, .. }) => Next::Paused,
            _ => Next::Unscheduled,
        };
        Self {
            name: folder.name.clone(),
            title: info.title.clone(),
            description: info.description.clone(),
            standing,
            is_old: folder.state() == TaskState::ReadyButNewerBroken,
            last,
            next,
        }
    }
}

#[component]
fn TaskList(folders: Folders, root: String) -> AnyView {
    let Folders {
        rows,
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
    let tasks = if rows.is_empty() && !preparing.is_empty() {
        ().into_any()
    } else if rows.is_empty() {
        view! { <NoTasks root=root.clone() /> }.into_any()
    } else {
        view! { <TaskTable rows /> }.into_any()
    };
    view! {
        <div class="page-head">
            <h1>"Tasks"</h1>
            <p class="lead">"What this server can do for you, by hand or on a schedule."</p>
        </div>
        {problem_note}
        <GettingReady names=preparing />
        {tasks}
        <ProblemFolders problems root />
    }
    .into_any()
}

#[component]
fn TaskTable(rows: Vec<Row>) -> AnyView {
    let rows = rows
        .into_iter()
        .map(|row| {
            let next = match row.next {
                Next::At(at) => view! { <When at /> }.into_any(),
                Next::Waits => {
                    view! { <span class="muted">"None until its settings are looked at"</span> }.into_any()
                }
                Next::Paused => {
                    view! { <span class="badge badge-paused"><PauseIcon />"Paused"</span> }.into_any()
                }
                Next::Unscheduled => view! { <span class="muted">"Not scheduled"</span> }.into_any(),
            };
            view! {
                <tr>
                    <th scope="row" data-label="Task">
                        <a class="row-title" href=format!("/tasks/{}", row.name)>
                            {row.title}
                        </a>
                        <p class="row-description">{row.description}</p>
                        <p class="badges">
                            <StandingBadge standing=row.standing />
                            {row.is_old.then(|| view! { <OldBadge /> })}
                        </p>
                    </th>
                    <td data-label="Last run">
                        <LastRun run=row.last />
                    </td>
                    <td data-label="Next run">{next}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="table task-table">
            <caption class="visually-hidden">"Tasks with their last and next run"</caption>
            <thead>
                <tr>
                    <th scope="col">"Task"</th>
                    <th scope="col">"Last run"</th>
                    <th scope="col">"Next run"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

#[component]
fn OldBadge() -> AnyView {
    view! {
        <span class="badge badge-attention">
            <WarningIcon />
            "Newest version does not load"
        </span>
    }
    .into_any()
}

#[component]
fn LastRun(run: Option<RunSummary>) -> AnyView {
    match run {
        Some(run) => view! {
            <div class="last-run">
                <a class="badge-link" href=format!("/runs/{}", run.run_id)>
                    <StatusBadge status=run.status />
                    <span class="visually-hidden">": open this run"</span>
                </a>
                <When at=run.started_at.unwrap_or(run.queued_at) />
            </div>
        }
        .into_any(),
        None => view! { <span class="muted">"Never"</span> }.into_any(),
    }
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
