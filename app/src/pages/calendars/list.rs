//! `GET /calendars`.

use axum::extract::{Query, State};
use axum::response::Response;
use domain::calendar;
use engine::calendars::Calendar;
use leptos::prelude::*;
use serde::Deserialize;

use super::MEANING;
use crate::components::empty_state::EmptyState;
use crate::components::flash::Flash;
use crate::components::layout::Section;
use crate::components::time::When;
use crate::error::AppError;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

/// What the last action did.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// All calendars.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Query(done): Query<Done>,
) -> Result<Response, AppError> {
    let calendars = state.engine.calendars.list().await?;
    let flash = match done.done.as_str() {
        "saved" => {
            Some("Calendar saved. Schedules can use it now: look under \"If something is in the way\".")
        }
        "deleted" => Some("Calendar deleted."),
        _ => None,
    };
    let flash = flash.map(str::to_owned);
    Ok(Page::new("Calendars")
        .section(Section::Calendars)
        .render(who.viewer(&state), || view! { <CalendarList calendars flash /> }))
}

#[component]
fn CalendarList(calendars: Vec<Calendar>, flash: Option<String>) -> AnyView {
    let is_empty = calendars.is_empty();
    let add = || {
        view! {
            <a class="button button-primary" href="/calendars/new">
                "New calendar"
            </a>
        }
    };
    let head = (!is_empty).then(add);
    let list = if is_empty {
        view! {
            <EmptyState title="No calendars yet">
                <p>"Write down the holidays once, or take them from a calendar file, and choose them in every schedule."</p>
                <p>{add()}</p>
            </EmptyState>
        }
        .into_any()
    } else {
        view! { <CalendarTable calendars /> }.into_any()
    };
    view! {
        <Flash message=flash />
        <div class="page-head page-head-split">
            <div>
                <h1>"Calendars"</h1>
                <p class="lead">{MEANING}</p>
            </div>
            {head}
        </div>
        {list}
    }
    .into_any()
}

#[component]
fn CalendarTable(calendars: Vec<Calendar>) -> AnyView {
    let rows = calendars
        .into_iter()
        .map(|calendar| {
            let count = calendar::parse(&calendar.content).map_or(0, |content| content.periods.len());
            let entries = if count == 1 {
                "1 entry".to_owned()
            } else {
                format!("{count} entries")
            };
            view! {
                <tr>
                    <th scope="row" data-label="Name">
                        <a class="row-title" href=format!("/calendars/{}", calendar.id)>
                            {calendar.name}
                        </a>
                    </th>
                    <td data-label="Entries">{entries}</td>
                    <td data-label="Last changed">
                        <div>
                            <When at=calendar.updated_at />
                            <span class="when-exact">{format!("by {}", calendar.updated_by)}</span>
                        </div>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="table">
            <caption class="visually-hidden">"Calendars"</caption>
            <thead>
                <tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"Entries"</th>
                    <th scope="col">"Last changed"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
