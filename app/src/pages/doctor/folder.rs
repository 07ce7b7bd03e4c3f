//! One folder of the doctor's list.

use std::sync::Arc;

use domain::task::{TaskInfo, TaskLimits};
use engine::tasks::{TaskFolder, TaskState};
use leptos::prelude::*;

use super::check::encoded;
use crate::components::icons::{StatusIcon, WarningIcon};
use crate::components::problem::ProblemDetails;
use crate::components::time::Relative;

/// State, problem, notes, facts, and a button to look again.
#[component]
pub(super) fn FolderCard(folder: Arc<TaskFolder>) -> AnyView {
    let name = folder.name.clone();
    let loads = folder.found.is_ok();
    let title = if loads {
        let address = format!("/tasks/{name}");
        view! { <a href=address>{folder.title().to_owned()}</a> }.into_any()
    } else {
        view! { <span>{name.clone()}</span> }.into_any()
    };
    let class = match folder.state() {
        TaskState::Problem | TaskState::ReadyButNewerBroken => "card problem",
        _ => "card",
    };
    let problem = folder
        .found
        .clone()
        .err()
        .map(|problem| view! { <ProblemDetails problem /> });
    let newer = folder.newer.clone().map(|newer| {
        view! {
            <div class="stack">
                <p>
                    "The newest files do not load (found " <Relative at=newer.found_at />
                    "); the version before them still runs."
                </p>
                <ProblemDetails problem=newer.problem />
            </div>
        }
    });
    let facts = folder
        .found
        .as_ref()
        .ok()
        .map(|info| view! { <Facts info=info.clone() folder=Arc::clone(&folder) /> });
    let notes = folder
        .found
        .as_ref()
        .map(|info| info.warnings.clone())
        .unwrap_or_default();
    let action = format!("/doctor/{}/check", encoded(&name));
    view! {
        <article class=class id=encoded(&name)>
            <div class="card-head">
                <h2>{title}</h2>
                <StateBadge state=folder.state() />
            </div>
            {problem}
            {newer}
            <Notes notes />
            {facts}
            <form method="post" action=action>
                <button class="button button-quiet" aria-label=format!("Check {name} again")>
                    "Check again"
                </button>
            </form>
        </article>
    }
    .into_any()
}

/// Icon and word.
#[component]
fn StateBadge(state: TaskState) -> AnyView {
    use domain::run::RunStatus;
    let (class, word, status) = match state {
        TaskState::Ready => ("success", "Ready", Some(RunStatus::Success)),
        TaskState::Preparing => ("running", "Installing packages", Some(RunStatus::Running)),
        TaskState::ReadyButNewerBroken => ("paused", "Older version runs", None),
        TaskState::Problem => ("failed", "Problem", Some(RunStatus::Failed)),
    };
    let icon = match status {
        Some(status) => view! { <StatusIcon status /> }.into_any(),
        None => view! { <WarningIcon /> }.into_any(),
    };
    view! { <span class=format!("badge badge-{class}")>{icon}{word}</span> }.into_any()
}

#[component]
fn Notes(notes: Vec<String>) -> AnyView {
    let items: Vec<_> = notes.into_iter().map(|note| view! { <li>{note}</li> }).collect();
    (!items.is_empty())
        .then(|| {
            view! {
                <div class="stack">
                    <h3>"Notes for the task's developer"</h3>
                    <ul>{items}</ul>
                </div>
            }
        })
        .into_any()
}

#[component]
fn Facts(info: TaskInfo, folder: Arc<TaskFolder>) -> AnyView {
    let limits = in_words(info.limits);
    let packages = match &folder.requirements {
        Some(_) => "Its own, from requirements.txt",
        None => "Those of the server's Python",
    };
    let version: String = folder.code_hash.chars().take(12).collect();
    view! {
        <dl class="facts">
            <dt>"Folder"</dt>
            <dd>{folder.name.clone()}</dd>
            <dt>"Version of the code"</dt>
            <dd>
                <code>{version}</code>
            </dd>
            <dt>"Packages"</dt>
            <dd>{packages}</dd>
            {(!limits.is_empty()).then(|| view! { <dt>"Limits of its own"</dt><dd>{limits}</dd> })}
        </dl>
    }
    .into_any()
}

fn in_words(limits: TaskLimits) -> String {
    let parts = [
        limits.memory_mb.map(|count| format!("{count} MB of memory")),
        limits.time_minutes.map(|count| format!("{count} minutes")),
        limits.processes.map(|count| format!("{count} processes")),
        limits.open_files.map(|count| format!("{count} open files")),
        limits.file_mb.map(|count| format!("files of {count} MB")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
