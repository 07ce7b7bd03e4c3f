//! `/schedules`: all schedules, and pausing or resuming several at once.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use engine::scheduler::Schedule;
use leptos::prelude::*;
use serde::Deserialize;

use crate::components::breadcrumb::Breadcrumb;
use crate::components::empty_state::EmptyState;
use crate::components::flash::Flash;
use crate::components::icons::PauseIcon;
use crate::components::layout::Section;
use crate::components::time::When;
use crate::error::AppError;
use crate::form::Submitted;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

/// What the last action did.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    done: String,
    #[serde(default)]
    count: usize,
}

impl Asked {
    fn sentence(&self) -> Option<String> {
        let many = match self.count {
            0 => return (!self.done.is_empty()).then(|| "Nothing was ticked.".to_owned()),
            1 => "1 schedule".to_owned(),
            count => format!("{count} schedules"),
        };
        match self.done.as_str() {
            "paused" => Some(format!("{many} paused. No more runs start until you resume.")),
            "resumed" => Some(format!("{many} resumed.")),
            _ => None,
        }
    }
}

/// All schedules, the next to run first.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    let schedules = state.engine.schedules.list().await?;
    let titles = state.engine.catalog.titles();
    let done = asked.sentence();
    Ok(Page::new("Schedules").section(Section::Tasks).render(
        who.viewer(&state),
        || view! { <SchedulesPage schedules titles done /> },
    ))
}

/// `POST /schedules`: pauses or resumes those that are ticked.
pub async fn submit(State(state): State<AppState>, form: Submitted) -> Result<Response, AppError> {
    let schedules = &state.engine.schedules;
    let ids: Vec<&str> = form
        .pairs()
        .filter(|(name, _)| *name == "schedule")
        .map(|(_, id)| id)
        .collect();
    let pauses = form.get("action") == "pause";
    for id in &ids {
        if pauses {
            schedules.pause(id).await?;
        } else {
            schedules.resume(id).await?;
        }
    }
    let done = if pauses { "paused" } else { "resumed" };
    Ok(Redirect::to(&format!("/schedules?done={done}&count={}", ids.len())).into_response())
}

#[component]
fn SchedulesPage(
    schedules: Vec<Schedule>,
    titles: BTreeMap<String, String>,
    done: Option<String>,
) -> AnyView {
    let list = if schedules.is_empty() {
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
    } else {
        let rows = schedules
            .into_iter()
            .map(|schedule| {
                let title = titles.get(&schedule.task_name).unwrap_or(&schedule.task_name);
                row(&schedule, title)
            })
            .collect_view();
        view! { <Form>{rows}</Form> }.into_any()
    };
    view! {
        <Breadcrumb links=vec![("/tasks".to_owned(), "Tasks".to_owned())] />
        <Flash message=done />
        <div class="page-head page-head-split">
            <div>
                <h1>"Schedules"</h1>
                <p class="lead">"All of them, the next to run first."</p>
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
fn Form(children: Children) -> AnyView {
    view! {
        <form method="post" action="/schedules">
            <div class="actions">
                <button class="button" name="action" value="pause">
                    "Pause the ticked ones"
                </button>
                <button class="button" name="action" value="resume">
                    "Resume the ticked ones"
                </button>
            </div>
            <table class="table schedule-table">
                <caption class="visually-hidden">"Schedules, the next to run first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Task"</th>
                        <th scope="col">"Runs"</th>
                        <th scope="col">"Next run"</th>
                    </tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </form>
    }
    .into_any()
}

fn row(schedule: &Schedule, title: &str) -> AnyView {
    let zone = schedule.timetable.zone;
    let next = match schedule.next_run_at {
        Some(at) => view! { <When at zone /> }.into_any(),
        None if schedule.paused => {
            view! { <span class="badge badge-paused"><PauseIcon />"Paused"</span> }.into_any()
        }
        None => view! { <span class="muted">"No more by the clock"</span> }.into_any(),
    };
    let id = format!("tick-{}", schedule.id);
    let words = schedule.timetable.rule.describe();
    view! {
        <tr>
            <th scope="row" data-label="Task">
                <span class="tick">
                    <input type="checkbox" id=id.clone() name="schedule" value=schedule.id.clone() />
                    <label for=id>
                        {title.to_owned()} <span class="visually-hidden">{format!(", {words}")}</span>
                    </label>
                </span>
            </th>
            <td data-label="Runs">
                <div>
                    <a href=format!("/schedules/{}", schedule.id)>{words.clone()}</a>
                    <p class="row-description">{format!("{} time", zone.name())}</p>
                </div>
            </td>
            <td data-label="Next run">{next}</td>
        </tr>
    }
    .into_any()
}
