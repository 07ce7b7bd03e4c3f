//! `GET /runs`.

use std::collections::{BTreeMap, HashSet};

use axum::extract::{Query, State};
use axum::response::Response;
use domain::params::FieldError;
use domain::run::{RunStatus, UsualDuration};
use engine::runs::{RunFilter, RunPage, RunSummary, StatusCounts};
use leptos::prelude::*;

use super::asked::Asked;
use super::filters::{Choices, FilterForm, Tabs, count_words};
use crate::components::empty_state::EmptyState;
use crate::components::error_summary::ErrorSummary;
use crate::components::layout::Section;
use crate::components::pagination::Pagination;
use crate::components::run_chart::RunChart;
use crate::components::run_table::RunTable;
use crate::error::AppError;
use crate::islands::RunNews;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

const PAGE_SIZE: u32 = 50;
/// As many runs as the chart shows.
const CHARTED: u32 = 30;

/// What the page shows.
#[derive(Clone)]
struct History {
    page: RunPage,
    counts: StatusCounts,
    usual: BTreeMap<String, UsualDuration>,
    /// The last runs of the task, oldest first, where one is asked for.
    charted: Vec<RunSummary>,
}

/// The history, newest first.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    let viewer = who.viewer(&state);
    let choices = choices(&state, &asked).await?;
    let (history, errors) = match asked.filter(viewer.zone, viewer.now) {
        Ok(filter) => (Some(load(&state, &filter).await?), Vec::new()),
        Err(errors) => (None, errors),
    };
    let newest = history
        .as_ref()
        .filter(|_| asked.is_newest())
        .map(|history| history.page.runs.first().map_or(0, |run| run.id));
    let title = RunStatus::from_code(&asked.status)
        .map_or_else(|| "Runs".to_owned(), |status| format!("Runs: {}", status.label()));
    let page = Page::new(title).section(Section::Runs).with_errors(&errors);
    Ok(page.render(
        viewer,
        || view! { <RunList asked choices history errors newest /> },
    ))
}

async fn load(state: &AppState, filter: &RunFilter) -> Result<History, AppError> {
    let runs = &state.engine.runs;
    let page = runs.list(filter, PAGE_SIZE).await?;
    let tasks: HashSet<&str> = page.runs.iter().map(|run| run.task_name.as_str()).collect();
    let usual = runs.usual_durations(tasks).await?;
    let charted = match &filter.task {
        Some(task) => {
            let last = RunFilter {
                task: Some(task.clone()),
                schedule: filter.schedule.clone(),
                ..RunFilter::default()
            };
            let mut last = runs.list(&last, CHARTED).await?.runs;
            last.reverse();
            last
        }
        None => Vec::new(),
    };
    Ok(History {
        counts: runs.count(filter).await?,
        page,
        usual,
        charted,
    })
}

async fn choices(state: &AppState, asked: &Asked) -> Result<Choices, AppError> {
    let mut tasks: Vec<(String, String)> = state.engine.catalog.titles().into_iter().collect();
    tasks.sort_by_key(|(_, title)| title.to_lowercase());
    let schedules = if asked.task.is_empty() {
        Vec::new()
    } else {
        state.engine.schedules.list_for_task(&asked.task).await?
    };
    Ok(Choices {
        tasks,
        schedules: schedules
            .into_iter()
            .map(|schedule| (schedule.id, schedule.timetable.rule.describe()))
            .collect(),
        people: state.engine.runs.people().await?,
    })
}

#[component]
fn RunList(
    asked: Asked,
    choices: Choices,
    history: Option<History>,
    errors: Vec<FieldError>,
    /// The newest run on the first page.
    newest: Option<i64>,
) -> AnyView {
    let news = newest.map(|newest| {
        let asking = asked.at(None, Some(newest)).address("/runs/news");
        view! { <RunNews asking list=asked.address("/runs") /> }
    });
    let titles: BTreeMap<String, String> = choices.tasks.iter().cloned().collect();
    // Days that make no sense narrow nothing: there is no list then, and no counts.
    let list = history.map(|history| {
        let counts = history.counts.clone();
        view! {
            <Tabs asked=asked.clone() counts />
            {news}
            <Listed asked=asked.clone() history titles />
        }
    });
    view! {
        <ErrorSummary errors=errors.clone() />
        <div class="page-head">
            <h1>"Runs"</h1>
            <p class="lead">
                "Every time a task ran, newest first. " <a href="/help#statuses">"What the statuses mean"</a>
            </p>
        </div>
        <FilterForm asked choices errors />
        {list}
    }
    .into_any()
}

#[component]
fn Listed(asked: Asked, history: History, titles: BTreeMap<String, String>) -> AnyView {
    let History {
        page,
        counts,
        usual,
        charted,
    } = history;
    // One run is no course of things.
    let chart = (charted.len() > 1).then(|| {
        let usual = usual.get(&asked.task).copied();
        let of = if asked.schedule.is_empty() {
            "this task"
        } else {
            "this schedule"
        };
        view! { <RunChart runs=charted usual of /> }
    });
    if page.runs.is_empty() {
        let is_filtered = asked.is_narrow() || !asked.status.is_empty();
        let nothing = if is_filtered {
            view! { <NothingMatches asked /> }.into_any()
        } else {
            view! { <NothingYet /> }.into_any()
        };
        return view! { {chart} {nothing} }.into_any();
    }
    let status = RunStatus::from_code(&asked.status);
    let found = count_words(status.map_or_else(|| counts.all(), |status| counts.of(status)));
    let go = |before, after| asked.at(before, after).address("/runs");
    let newest = (!asked.is_newest()).then(|| go(None, None));
    let newer = page.newer.map(|id| go(None, Some(id)));
    let older = page.older.map(|id| go(Some(id), None));
    let whole = asked.at(None, None);
    view! {
        {chart}
        <RunTable runs=page.runs titles usual />
        <div class="list-foot">
            <Pagination newest newer older />
            <p class="exports">
                {format!("Download {}: ", if found == "1" { "this run".to_owned() } else { format!("these {found} runs") })}
                <a href=whole.address("/runs/export.csv") download>
                    "Table (CSV)"
                </a>
                " "
                <a href=whole.address("/runs/export.json") download>
                    "JSON"
                </a>
            </p>
        </div>
    }
    .into_any()
}

#[component]
fn NothingMatches(asked: Asked) -> AnyView {
    let status = RunStatus::from_code(&asked.status);
    let words = match (status, asked.is_narrow()) {
        (Some(status), true) => format!("No run passes these filters and is “{}”.", status.label()),
        (Some(status), false) => format!("There are no runs with the status “{}”.", status.label()),
        (None, _) => "No run passes these filters.".to_owned(),
    };
    view! {
        <EmptyState title="Nothing matches">
            <p>{words}</p>
            <p>
                <a class="button" href="/runs">
                    "Show all runs"
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
