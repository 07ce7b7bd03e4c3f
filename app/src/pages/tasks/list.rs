//! `GET /tasks`.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::task::{LoadProblem, TaskInfo};
use engine::runs::RunSummary;
use engine::scheduler::Schedule;
use engine::tasks::TaskFolder;
use leptos::prelude::*;

use crate::components::empty_state::EmptyState;
use crate::components::icons::{PauseIcon, WarningIcon};
use crate::components::layout::Section;
use crate::components::problem::ProblemDetails;
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
    let schedules = engine.schedules.list().await?;
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for folder in engine.catalog.list() {
        match &folder.found {
            Ok(info) => rows.push(Row::new(&folder, info, &latest, &schedules)),
            Err(problem) => problems.push((folder.name.clone(), problem.clone())),
        }
    }
    let root = engine.catalog.root().display().to_string();
    Ok(Page::new("Tasks")
        .section(Section::Tasks)
        .render(who.viewer(&state), || view! { <TaskList rows problems root /> }))
}

struct Row {
    name: String,
    title: String,
    description: String,
    last: Option<RunSummary>,
    next: Next,
}

enum Next {
    At(DateTime<Utc>),
    Paused,
    Unscheduled,
}

impl Row {
    fn new(
        folder: &Arc<TaskFolder>,
        info: &TaskInfo,
        latest: &HashMap<String, RunSummary>,
        schedules: &[Schedule],
    ) -> Self {
        let own = || {
            schedules
                .iter()
                .filter(|schedule| schedule.task_name == folder.name)
        };
        let next = match own()
            .filter(|schedule| !schedule.paused)
            .filter_map(|schedule| schedule.next_run_at)
            .min()
        {
            Some(at) => Next::At(at),
            None if own().any(|schedule| schedule.paused) => Next::Paused,
            None => Next::Unscheduled,
        };
        Self {
            name: folder.name.clone(),
            title: info.title.clone(),
            description: info.description.clone(),
            last: latest.get(&folder.name).cloned(),
            next,
        }
    }
}

#[component]
fn TaskList(rows: Vec<Row>, problems: Vec<(String, LoadProblem)>, root: String) -> AnyView {
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
    let tasks = if rows.is_empty() {
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

#[component]
fn ProblemFolders(problems: Vec<(String, LoadProblem)>, root: String) -> AnyView {
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
