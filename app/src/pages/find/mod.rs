//! Going anywhere by its name: `GET /find` as a page, `GET /find/suggested` for the box that opens over any page.

mod targets;

use axum::Json;
use axum::extract::{Query, State};
use axum::response::Response;
use leptos::prelude::*;
use serde::Deserialize;

use self::targets::targets;
use crate::components::empty_state::EmptyState;
use crate::error::AppError;
use crate::islands::Found;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

/// As many as the page shows; who looks for more adds a word.
const MOST: usize = 50;
/// As many as the box shows, without scrolling on a laptop.
const MOST_SUGGESTED: usize = 8;

/// What is looked for.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

/// The page.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    let found = targets(&state, &asked.q, MOST).await?;
    Ok(Page::new("Find").render(who.viewer(&state), || view! { <FindPage q=asked.q found /> }))
}

/// The best few, for the box.
pub async fn suggest(
    State(state): State<AppState>,
    Query(asked): Query<Asked>,
) -> Result<Json<Vec<Found>>, AppError> {
    Ok(Json(targets(&state, &asked.q, MOST_SUGGESTED).await?))
}

#[component]
fn FindPage(q: String, found: Vec<Found>) -> AnyView {
    let list = if found.is_empty() {
        view! {
            <EmptyState title="Nothing has such a name">
                <p>"Tasks, credentials, calendars, pages and help are found by words of their names."</p>
            </EmptyState>
        }
        .into_any()
    } else {
        let items = found
            .into_iter()
            .map(|Found { title, kind, address }| {
                view! {
                    <li>
                        <a class="row-title" href=address>
                            {title}
                        </a>
                        <span class="muted">{kind}</span>
                    </li>
                }
            })
            .collect_view();
        view! { <ul class="card found">{items}</ul> }.into_any()
    };
    view! {
        <div class="page-head">
            <h1>"Find"</h1>
            <p class="lead">"Go to a task, a credential, a calendar, a page or an answer by its name."</p>
        </div>
        <form class="filter" method="get" action="/find" role="search">
            <label for="find-q">"Words of its name"</label>
            <input class="input" id="find-q" name="q" type="search" value=q autocomplete="off" />
            <button class="button">"Find"</button>
        </form>
        {list}
    }
    .into_any()
}
