//! `GET /runs/{run_id}`.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use domain::run::RunStatus;
use engine::runs::RunSummary;
use leptos::prelude::*;

use super::log::{LogCard, LogWindow};
use super::log_filter::Asked;
use super::log_look::LogLook;
use super::story::{Story, TaskOfRun};
use super::summary::RunSummaryView;
use crate::components::breadcrumb::Breadcrumb;
use crate::components::layout::Section;
use crate::error::AppError;
use crate::render::{Page, Viewer};
use crate::routes::AppState;
use crate::session::SignedIn;

/// One run: how it went, then its log.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Path(run_id): Path<String>,
    Query(asked): Query<Asked>,
    jar: CookieJar,
) -> Result<Response, AppError> {
    // The run before its log: of a run that is over by then, all lines are there; of one that goes on, the stream
    // brings those that come.
    let run = state.engine.runs.find(&run_id).await?.ok_or(AppError::NotFound)?;
    let look = LogLook::of(&asked, &jar);
    let window = LogWindow::load(&state, &run.summary, &asked, look).await?;
    let story = Story::load(&state, run).await?;
    let viewer = who.viewer(&state);
    let page = Page::new(title(&story.run.summary, &story.task, &viewer))
        .section(Section::Runs)
        .refresh(!story.run.summary.status.is_final())
        .render(viewer, || view! { <RunPage story window /> });
    if asked.is_sent() {
        return Ok((look.remembered(jar, state.secure_cookies), page).into_response());
    }
    Ok(page)
}

/// `My Custom Task, failed 3 Mar 09:00`: unique among tabs and in the browser's history.
fn title(run: &RunSummary, task: &TaskOfRun, viewer: &Viewer) -> String {
    let at = run
        .started_at
        .unwrap_or(run.queued_at)
        .with_timezone(&viewer.zone)
        .format("%-d %b %H:%M");
    let status = match run.status {
        RunStatus::Queued => "waiting since".to_owned(),
        status => status.label().to_lowercase(),
    };
    format!("{}, {status} {at}", task.title)
}

#[component]
fn RunPage(story: Story, window: LogWindow) -> AnyView {
    let run_id = story.run.summary.run_id.clone();
    let status = story.run.summary.status;
    let links = vec![
        ("/runs".to_owned(), "Runs".to_owned()),
        (
            format!("/tasks/{}", story.run.summary.task_name),
            story.task.title.clone(),
        ),
    ];
    view! {
        <Breadcrumb links />
        <RunSummaryView story />
        <LogCard run_id window status />
    }
    .into_any()
}
