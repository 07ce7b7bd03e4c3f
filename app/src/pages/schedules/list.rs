//! `GET /schedules`: all schedules, a page at a time.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::response::Response;
use engine::scheduler::{ScheduleCounts, SchedulePage};
use leptos::prelude::*;

use super::asked::Asked;
use super::filters::{FilterForm, Tabs};
use super::table::Table;
use crate::components::breadcrumb::Breadcrumb;
use crate::components::empty_state::EmptyState;
use crate::components::flash::Flash;
use crate::components::layout::Section;
use crate::components::pagination::Pagination;
use crate::error::AppError;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

const PAGE_SIZE: usize = 200;

/// The schedules that pass the filter, the next to run first.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    let titles = state.engine.catalog.titles();
    let filter = asked.filter(&titles);
    let schedules = &state.engine.schedules;
    let counts = schedules.count(&filter).await?;
    let page = schedules.find_page(&filter, PAGE_SIZE).await?;
    Ok(Page::new("Schedules").section(Section::Tasks).render(
        who.viewer(&state),
        || view! { <SchedulesPage asked titles counts page /> },
    ))
}

#[component]
fn SchedulesPage(
    asked: Asked,
    titles: BTreeMap<String, String>,
    counts: ScheduleCounts,
    page: SchedulePage,
) -> AnyView {
    let is_filtered = asked.is_narrow() || !asked.state.is_empty();
    let done = view! { <Done asked=asked.clone() /> };
    let list = if page.schedules.is_empty() && !is_filtered && counts.all() == 0 {
        view! { <NothingYet /> }.into_any()
    } else {
        view! {
            <FilterForm asked=asked.clone() titles=titles.clone() />
            <Tabs asked=asked.clone() counts />
            <Listed asked titles page />
        }
        .into_any()
    };
    view! {
        <Breadcrumb links=vec![("/tasks".to_owned(), "Tasks".to_owned())] />
        {done}
        <div class="page-head page-head-split">
            <div>
                <h1>"Schedules"</h1>
                <p class="lead">"The next to run first."</p>
            </div>
            <a class="button" href="/week">
                "The coming week"
            </a>
        </div>
        {list}
    }
    .into_any()
}

#[component]
fn Listed(asked: Asked, titles: BTreeMap<String, String>, page: SchedulePage) -> AnyView {
    let (Some(first), Some(last)) = (page.schedules.first(), page.schedules.last()) else {
        return view! { <NothingMatches asked /> }.into_any();
    };
    let start = (!asked.is_first()).then(|| asked.first().address());
    let sooner = page.has_earlier.then(|| asked.before(first).address());
    let later = page.has_later.then(|| asked.behind(last).address());
    view! {
        <Table asked titles schedules=page.schedules />
        <Pagination newest=start newer=sooner older=later words=["First", "Sooner", "Later"] />
    }
    .into_any()
}

/// What the last action did, and how to take it back.
#[component]
fn Done(asked: Asked) -> AnyView {
    let count: usize = asked.count.parse().unwrap_or_default();
    let many = match count {
        1 => "1 schedule".to_owned(),
        count => format!("{count} schedules"),
    };
    let message = match (asked.done.as_str(), count) {
        ("nothing", _) => "Nothing was ticked.".to_owned(),
        ("paused", 0) => "Nothing changed: what was ticked is paused already.".to_owned(),
        ("resumed", 0) => "Nothing changed: nothing that was ticked is paused.".to_owned(),
        ("paused", _) => format!("{many} paused. No more runs start until you resume."),
        ("resumed", _) => format!("{many} resumed."),
        ("undone", 0) => "Nothing was left to take back.".to_owned(),
        ("undone", _) => format!("Taken back for {many}."),
        _ => return ().into_any(),
    };
    if asked.switch.is_empty() || count == 0 {
        return view! { <Flash message=Some(message) /> }.into_any();
    }
    let what = if asked.done == "paused" {
        "pausing"
    } else {
        "resuming"
    };
    view! {
        <div class="flash flash-undo">
            <p role="status">{message}</p>
            <form method="post" action=asked.address()>
                <input type="hidden" name="switch" value=asked.switch.clone() />
                <button class="button button-quiet" name="action" value="undo">
                    "Undo" <span class="visually-hidden">{format!(" {what} {many}")}</span>
                </button>
            </form>
        </div>
    }
    .into_any()
}

#[component]
fn NothingYet() -> AnyView {
    view! {
        <EmptyState title="No schedules yet">
            <p>"A schedule lets a task run by itself. Add one on the task's page."</p>
            <p>
                <a class="button button-primary" href="/tasks">
                    "Choose a task"
                </a>
            </p>
        </EmptyState>
    }
    .into_any()
}

#[component]
fn NothingMatches(asked: Asked) -> AnyView {
    let (sentence, address, words) = if asked.is_first() {
        (
            "No schedule passes these filters.",
            "/schedules".to_owned(),
            "Clear filters",
        )
    } else {
        (
            "No schedule is left at this place of the list.",
            asked.first().address(),
            "Show the first ones",
        )
    };
    view! {
        <EmptyState title="Nothing matches">
            <p>{sentence}</p>
            <p>
                <a class="button" href=address>
                    {words}
                </a>
            </p>
        </EmptyState>
    }
    .into_any()
}
