//! `GET /week`: which task runs when, in the coming seven days.

mod days;

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::response::Response;
use leptos::prelude::*;
use serde::Deserialize;

use self::days::{Day, Entry, days};
use crate::components::breadcrumb::Breadcrumb;
use crate::components::empty_state::EmptyState;
use crate::components::layout::Section;
use crate::error::AppError;
use crate::pages::schedules::Calendars;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

/// As many schedules are looked at; a page for more would be read by nobody.
const MOST: u32 = 300;

/// Which task, if not all.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    task: String,
}

/// The week.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    let titles = state.engine.catalog.titles();
    let schedules = if asked.task.is_empty() {
        state.engine.schedules.list_next(MOST).await?
    } else {
        let mut schedules = state.engine.schedules.list_for_task(&asked.task).await?;
        schedules.retain(|schedule| schedule.next_run_at.is_some());
        schedules
    };
    let is_cut = schedules.len() == MOST as usize;
    let calendars = Calendars::load(&state).await?;
    let viewer = who.viewer(&state);
    let days = days(&schedules, &calendars, (viewer.now, viewer.zone));
    Ok(Page::new("The coming week")
        .section(Section::Home)
        .render(viewer, || view! { <WeekPage days titles is_cut /> }))
}

#[component]
fn WeekPage(days: Vec<Day>, titles: BTreeMap<String, String>, is_cut: bool) -> AnyView {
    let is_empty = days.iter().all(|day| day.entries.is_empty());
    let cut = is_cut.then(
        || view! { <p class="notice">"There are many schedules. These are the 300 that are due next."</p> },
    );
    let content = if is_empty {
        view! {
            <EmptyState title="No run is planned">
                <p>"Schedules that are not paused are listed here."</p>
            </EmptyState>
        }
        .into_any()
    } else {
        let days = days.into_iter().map(|day| day_view(day, &titles)).collect_view();
        view! { <div class="week">{days}</div> }.into_any()
    };
    view! {
        <Breadcrumb links=vec![("/".to_owned(), "Home".to_owned())] />
        <div class="page-head">
            <h1>"The coming week"</h1>
            <p class="lead">"Which task runs when. Schedules that are paused are left out."</p>
        </div>
        {cut}
        {content}
    }
    .into_any()
}

fn day_view(day: Day, titles: &BTreeMap<String, String>) -> AnyView {
    let nothing = day
        .entries
        .is_empty()
        .then(|| view! { <p class="muted">"Nothing is planned."</p> });
    let entries = day
        .entries
        .into_iter()
        .map(|entry| entry_view(entry, titles))
        .collect_view();
    view! {
        <section class="card week-day">
            <h2>{day.title}</h2>
            {nothing}
            <ul class="week-list">{entries}</ul>
        </section>
    }
    .into_any()
}

fn entry_view(entry: Entry, titles: &BTreeMap<String, String>) -> AnyView {
    let title = titles.get(&entry.task).unwrap_or(&entry.task).clone();
    let class = if entry.note.is_some() {
        "week-entry is-off"
    } else {
        "week-entry"
    };
    view! {
        <li class=class>
            <span class="week-time">{entry.time}</span>
            <span>
                <a href=format!("/schedules/{}", entry.schedule)>{title}</a>
                <span class="glance-reason">{entry.note}</span>
            </span>
        </li>
    }
    .into_any()
}
