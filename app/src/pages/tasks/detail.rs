//! `GET /tasks/{name}`: settings, schedules, recent runs and README of one task.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::params::FieldError;
use domain::task::{LoadProblem, TaskInfo};
use domain::words;
use engine::scheduler::Schedule;
use leptos::prelude::*;
use serde::Deserialize;

use super::data::TaskData;
use super::readiness::missing_settings;
use super::recent_runs::RecentRuns;
use super::schedule_list::{MayAdd, ScheduleList};
use super::settings_form::{FormState, SettingsForm};
use crate::components::breadcrumb::Breadcrumb;
use crate::components::error_summary::ErrorSummary;
use crate::components::flash::Flash;
use crate::components::icons::WarningIcon;
use crate::components::layout::Section;
use crate::components::markdown::Markdown;
use crate::components::problem::ProblemDetails;
use crate::error::AppError;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

/// What the last action did.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
    #[serde(default)]
    schedule: String,
}

impl Done {
    fn sentence(&self, schedules: &[Schedule]) -> Option<String> {
        let next = || {
            let schedule = schedules.iter().find(|schedule| schedule.id == self.schedule)?;
            Some(format!(
                " Next run: {}.",
                words::exact(schedule.next_run_at?, schedule.timetable.zone)
            ))
        };
        let words = match self.done.as_str() {
            "saved" => "Settings saved.",
            "scheduled" => "Schedule saved.",
            "paused" => "Paused. This schedule starts no more runs until you resume it.",
            "resumed" => "Resumed.",
            "deleted" => "Schedule deleted.",
            _ => return None,
        };
        Some(format!("{words}{}", next().unwrap_or_default()))
    }
}

/// The page as it is saved.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Path(name): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, AppError> {
    let data = TaskData::load(&state, &name).await?;
    let form = FormState::fresh(data.folder.params(), data.saved.as_ref());
    let flash = done.sentence(&data.schedules);
    Ok(page(&state, &who, data, form, flash))
}

/// The page with what must be filled in before the task can run.
pub(super) async fn with_missing(
    state: &AppState,
    who: &SignedIn,
    name: &str,
    errors: Vec<FieldError>,
) -> Result<Response, AppError> {
    let data = TaskData::load(state, name).await?;
    let form = FormState::fresh(data.folder.params(), data.saved.as_ref()).with_errors(errors);
    Ok(page(state, who, data, form, None))
}

/// The page with this form in it.
pub(super) fn page(
    state: &AppState,
    who: &SignedIn,
    data: TaskData,
    form: FormState,
    flash: Option<String>,
) -> Response {
    let page = Page::new(data.folder.title())
        .section(Section::Tasks)
        .islands(&state.leptos);
    let page = page.with_errors(&form.errors);
    page.render(who.viewer(state), || match data.folder.found.clone() {
        Ok(info) => view! { <TaskPage data info form flash /> }.into_any(),
        Err(problem) => view! { <ProblemPage data problem flash /> }.into_any(),
    })
}

#[component]
fn TaskPage(data: TaskData, info: TaskInfo, form: FormState, flash: Option<String>) -> AnyView {
    let task = data.folder.name.clone();
    let is_ready = missing_settings(&info.params, data.saved.as_ref()).is_empty();
    let may_add = if is_ready {
        MayAdd::Yes
    } else {
        MayAdd::SettingsFirst
    };
    let readme = data.folder.readme.clone().map(|text| {
        view! {
            <section class="card" aria-labelledby="readme-title">
                <h2 id="readme-title">"About this task"</h2>
                <Markdown text />
            </section>
        }
    });
    view! {
        <Breadcrumb links=vec![up()] />
        <ErrorSummary errors=form.errors.clone() />
        <Flash message=flash />
        <div class="page-head">
            <h1>{info.title}</h1>
            <p class="lead">{info.description}</p>
        </div>
        <div class="columns">
            <div class="column-main">
                <section class="card" aria-labelledby="settings-title">
                    <h2 id="settings-title">"Settings"</h2>
                    <SettingsForm task=task.clone() specs=info.params saved=data.saved form />
                </section>
                <AuthorWarnings warnings=info.warnings />
                {readme}
            </div>
            <div class="column-side">
                <ScheduleList task=task.clone() schedules=data.schedules may_add />
                <RecentRuns task runs=data.runs />
            </div>
        </div>
    }
    .into_any()
}

/// A folder that does not load keeps its schedules and its history.
#[component]
fn ProblemPage(data: TaskData, problem: LoadProblem, flash: Option<String>) -> AnyView {
    let task = data.folder.name.clone();
    view! {
        <Breadcrumb links=vec![up()] />
        <Flash message=flash />
        <div class="page-head">
            <h1>{task.clone()}</h1>
        </div>
        <div class="columns">
            <div class="column-main">
                <section class="card problem" aria-labelledby="problem-title">
                    <h2 id="problem-title">
                        <WarningIcon />
                        <span>"Problem: this task could not be loaded"</span>
                    </h2>
                    <ProblemDetails problem />
                    <p class="muted">"It is read again by itself when the file changes. Its settings are kept."</p>
                </section>
            </div>
            <div class="column-side">
                <ScheduleList task=task.clone() schedules=data.schedules may_add=MayAdd::ProblemFirst />
                <RecentRuns task runs=data.runs />
            </div>
        </div>
    }
    .into_any()
}

/// The list this page belongs to.
fn up() -> (String, String) {
    ("/tasks".to_owned(), "Tasks".to_owned())
}

#[component]
fn AuthorWarnings(warnings: Vec<String>) -> AnyView {
    (!warnings.is_empty())
        .then(|| {
            let items = warnings
                .into_iter()
                .map(|warning| view! { <li>{warning}</li> })
                .collect_view();
            view! {
                <section class="card" aria-labelledby="warnings-title">
                    <h2 id="warnings-title">"Notes for the task's developer"</h2>
                    <ul>{items}</ul>
                </section>
            }
        })
        .into_any()
}
