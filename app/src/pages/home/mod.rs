//! `GET /`: is anything failing, what is running, what is next, what did not happen.

mod checklist;
mod credentials;
mod data;
mod failing;
mod hide;
mod next;
mod now;

use axum::extract::State;
use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use leptos::prelude::*;

pub use hide::hide_checklist;

use self::checklist::Checklist;
use self::data::HomeData;
use self::failing::{Failing, NeedsAttention};
use self::next::Upcoming;
use self::now::RunningNow;
use crate::components::layout::Section;
use crate::error::AppError;
use crate::islands::{CURRENT_ID, KeepCurrent};
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

/// The page that people start from.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    jar: CookieJar,
) -> Result<Response, AppError> {
    let data = HomeData::load(&state, who.viewer(&state).today(), hide::is_hidden(&jar)).await?;
    Ok(Page::new("Home")
        .section(Section::Home)
        .render(who.viewer(&state), || view! { <HomePage data /> }))
}

#[component]
fn HomePage(data: HomeData) -> AnyView {
    let (title, is_well) = data.headline();
    let class = if is_well {
        "headline headline-good"
    } else {
        "headline headline-bad"
    };
    view! {
        <div class="page-head page-head-split">
            <h1>"Home"</h1>
            <KeepCurrent address="/".to_owned() />
        </div>
        <div id=CURRENT_ID>
            <p class=class>{title}</p>
            <Checklist steps=data.steps />
            <div class="columns columns-even">
                <Failing data=data.clone() />
                <RunningNow data=data.clone() />
                <Upcoming data=data.clone() />
                <NeedsAttention data />
            </div>
        </div>
    }
    .into_any()
}
