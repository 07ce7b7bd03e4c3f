//! One task in the list.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::task::TaskInfo;
use engine::runs::RunMark;
use engine::scheduler::Scheduled;
use engine::tasks::{TaskFolder, TaskState};
use leptos::prelude::*;

use super::attention::StandingBadge;
use super::readiness::Standing;
use super::run::new_form_key;
use crate::components::icons::{PauseIcon, WarningIcon};
use crate::components::run_strip::RunStrip;
use crate::components::status_badge::StatusBadge;
use crate::components::time::When;

/// What the list says of a task.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) tags: Vec<String>,
    standing: Standing,
    /// Whether it runs from older files, since the newest do not load.
    is_old: bool,
    /// Its last runs, oldest first, once they are known.
    pub(super) marks: Vec<RunMark>,
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
    pub(super) fn new(
        folder: &Arc<TaskFolder>,
        (info, standing): (&TaskInfo, Standing),
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
            tags: info.tags.clone(),
            standing,
            is_old: folder.state() == TaskState::ReadyButNewerBroken,
            marks: Vec::new(),
            next,
        }
    }

    /// Whether every word of a search is somewhere in what the list says of it.
    pub(super) fn matches(&self, search: &str) -> bool {
        let all = format!(
            "{} {} {} {}",
            self.title,
            self.name,
            self.description,
            self.tags.join(" ")
        );
        let all = all.to_lowercase();
        search
            .to_lowercase()
            .split_whitespace()
            .all(|word| all.contains(word))
    }
}

/// The rows as a table, which becomes cards on a narrow screen.
#[component]
pub(super) fn TaskTable(rows: Vec<Row>) -> AnyView {
    let rows = rows.into_iter().map(row).collect_view();
    view! {
        <table class="table task-table">
            <caption class="visually-hidden">"Tasks with their last and next run"</caption>
            <thead>
                <tr>
                    <th scope="col">"Task"</th>
                    <th scope="col">"Last run"</th>
                    <th scope="col">"Last 30 runs"</th>
                    <th scope="col">"Next run"</th>
                    <th scope="col">
                        <span class="visually-hidden">"What you can do"</span>
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(row: Row) -> AnyView {
    let next = match row.next {
        Next::At(at) => view! { <When at /> }.into_any(),
        Next::Waits => {
            view! { <span class="muted">"None until its settings are looked at"</span> }.into_any()
        }
        Next::Paused => view! { <span class="badge badge-paused"><PauseIcon />"Paused"</span> }.into_any(),
        Next::Unscheduled => view! { <span class="muted">"Not scheduled"</span> }.into_any(),
    };
    let run = (row.standing == Standing::Ready).then(|| {
        view! {
            <form method="post" action=format!("/tasks/{}/run", row.name)>
                <input type="hidden" name="form_key" value=new_form_key() />
                <button class="button button-quiet">
                    "Run now" <span class="visually-hidden">{format!(": {}", row.title)}</span>
                </button>
            </form>
        }
    });
    let tags = row
        .tags
        .into_iter()
        .map(|tag| view! { <span class="tag">{tag}</span> })
        .collect_view();
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
                    {tags}
                </p>
            </th>
            <td data-label="Last run">
                <LastRun run=row.marks.last().cloned() />
            </td>
            <td data-label="Last 30 runs">
                <RunStrip marks=row.marks task=row.name />
            </td>
            <td data-label="Next run">{next}</td>
            <td class="row-action">{run}</td>
        </tr>
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
fn LastRun(run: Option<RunMark>) -> AnyView {
    match run {
        Some(run) => view! {
            <div class="last-run">
                <a class="badge-link" href=format!("/runs/{}", run.run_id)>
                    <StatusBadge status=run.status />
                    <span class="visually-hidden">": open this run"</span>
                </a>
                <When at=run.at />
            </div>
        }
        .into_any(),
        None => view! { <span class="muted">"Never"</span> }.into_any(),
    }
}
