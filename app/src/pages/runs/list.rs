//! `GET /runs`.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::response::Response;
use domain::run::RunStatus;
use engine::runs::{RunFilter, RunPage};
use leptos::prelude::*;
use serde::Deserialize;

use crate::components::empty_state::EmptyState;
use crate::components::layout::Section;
use crate::components::pagination::Pagination;
use crate::components::run_table::RunTable;
use crate::error::AppError;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

const PAGE_SIZE: u32 = 50;

/// Tabs in the order of what people look for.
const TABS: [RunStatus; 6] = [
    RunStatus::Failed,
    RunStatus::Running,
    RunStatus::Queued,
    RunStatus::Success,
    RunStatus::Cancelled,
    RunStatus::Skipped,
];

/// The filter as it stands in the address. What cannot be read filters nothing.
#[derive(Clone, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    status: String,
    #[serde(default)]
    task: String,
    #[serde(default)]
    before: String,
}

impl Asked {
    fn filter(&self) -> RunFilter {
        RunFilter {
            status: RunStatus::from_code(&self.status),
            task: Some(self.task.clone()).filter(|task| !task.is_empty()),
            before: self.before.parse().ok(),
        }
    }
}

/// The history, newest first.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    let filter = asked.filter();
    let page = state.engine.runs.list(&filter, PAGE_SIZE).await?;
    let folders = state.engine.catalog.list();
    let titles = folders
        .iter()
        .map(|folder| (folder.name.clone(), folder.title().to_owned()))
        .collect();
    let title = filter
        .status
        .map_or_else(|| "Runs".to_owned(), |status| format!("Runs: {}", status.label()));
    Ok(Page::new(title)
        .section(Section::Runs)
        .render(who.viewer(&state), || view! { <RunList page filter titles /> }))
}

#[component]
fn RunList(page: RunPage, filter: RunFilter, titles: BTreeMap<String, String>) -> AnyView {
    let is_filtered = filter.status.is_some() || filter.task.is_some();
    let newest = filter
        .before
        .map(|_| address(filter.status, filter.task.as_deref(), None));
    let older = page
        .older
        .map(|before| address(filter.status, filter.task.as_deref(), Some(before)));
    let list = match (page.runs.is_empty(), is_filtered) {
        (false, _) => view! { <RunTable runs=page.runs titles=titles.clone() /> }.into_any(),
        (true, true) => view! { <NothingMatches filter=filter.clone() titles=titles.clone() /> }.into_any(),
        (true, false) => view! { <NothingYet /> }.into_any(),
    };
    view! {
        <div class="page-head">
            <h1>"Runs"</h1>
            <p class="lead">"Every time a task ran, newest first."</p>
        </div>
        <Tabs filter=filter.clone() />
        <TaskFilter filter titles />
        {list}
        <Pagination newest older />
    }
    .into_any()
}

#[component]
fn Tabs(filter: RunFilter) -> AnyView {
    let tab = |status: Option<RunStatus>| {
        let current = (filter.status == status).then_some("page");
        let word = status.map_or("All", RunStatus::label);
        view! {
            <li>
                <a href=address(status, filter.task.as_deref(), None) aria-current=current>
                    {word}
                </a>
            </li>
        }
    };
    let tabs = std::iter::once(None)
        .chain(TABS.map(Some))
        .map(tab)
        .collect_view();
    view! {
        <nav aria-label="Status">
            <ul class="tabs">{tabs}</ul>
        </nav>
    }
    .into_any()
}

#[component]
fn TaskFilter(filter: RunFilter, titles: BTreeMap<String, String>) -> AnyView {
    let mut tasks: Vec<(String, String)> = titles.into_iter().collect();
    // A task whose folder is gone can still be asked for.
    if let Some(task) = filter
        .task
        .as_ref()
        .filter(|task| tasks.iter().all(|(name, _)| name != *task))
    {
        tasks.push((task.clone(), task.clone()));
    }
    tasks.sort_by_key(|(_, title)| title.to_lowercase());
    let options = tasks
        .into_iter()
        .map(|(name, title)| {
            let chosen = filter.task.as_ref() == Some(&name);
            view! { <option value=name selected=chosen>{title}</option> }
        })
        .collect_view();
    let status = filter
        .status
        .map(|status| view! { <input type="hidden" name="status" value=status.code() /> });
    view! {
        <form class="filter" method="get" action="/runs">
            {status}
            <label for="task">"Task"</label>
            <select class="input" id="task" name="task">
                <option value="">"All tasks"</option>
                {options}
            </select>
            <button class="button">"Show"</button>
        </form>
    }
    .into_any()
}

#[component]
fn NothingMatches(filter: RunFilter, titles: BTreeMap<String, String>) -> AnyView {
    let status = filter
        .status
        .map(|status| format!(" with the status “{}”", status.label()));
    let task = filter
        .task
        .map(|task| format!(" of “{}”", titles.get(&task).unwrap_or(&task)));
    let words = format!(
        "There are no runs{}{}.",
        status.unwrap_or_default(),
        task.unwrap_or_default()
    );
    view! {
        <EmptyState title="Nothing matches">
            <p>{words}</p>
            <p>
                <a class="button" href="/runs">
                    "Clear filters"
                </a>
            </p>
        </EmptyState>
    }
    .into_any()
}

#[component]
fn NothingYet() -> AnyView {
    view! {
        <EmptyState title="Nothing has run yet">
            <p>"Each time a task runs, it is listed here with its log and its result."</p>
            <p>
                <a class="button button-primary" href="/tasks">
                    "Choose a task to run"
                </a>
            </p>
        </EmptyState>
    }
    .into_any()
}

/// The address of the list with this filter. Task names need no encoding: letters, digits, `-` and `_` only.
fn address(status: Option<RunStatus>, task: Option<&str>, before: Option<i64>) -> String {
    let parts: Vec<String> = [
        status.map(|status| format!("status={}", status.code())),
        task.filter(|task| domain::task::is_task_name(task))
            .map(|task| format!("task={task}")),
        before.map(|before| format!("before={before}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() {
        "/runs".to_owned()
    } else {
        format!("/runs?{}", parts.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_lives_in_the_address() {
        assert_eq!(address(None, None, None), "/runs");
        assert_eq!(
            address(Some(RunStatus::Failed), Some("my_task"), Some(7)),
            "/runs?status=failed&task=my_task&before=7"
        );
        assert_eq!(address(None, Some("a&b=c"), None), "/runs");
    }

    #[test]
    fn what_cannot_be_read_filters_nothing() {
        let asked = Asked {
            status: "done".into(),
            before: "x".into(),
            ..Asked::default()
        };
        let filter = asked.filter();
        assert!(filter.status.is_none() && filter.task.is_none() && filter.before.is_none());
    }
}
