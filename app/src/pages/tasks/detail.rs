//! `GET /tasks/{name}`: settings, schedules, recent runs and README of one task.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::params::{FieldError, ParamSpec};
use domain::task::{LoadProblem, ProblemKind, TaskInfo};
use domain::words;
use engine::scheduler::Schedule;
use leptos::prelude::*;
use serde::Deserialize;

use super::attention::AttentionNotice;
use super::check::{TestNotice, Tested};
use super::data::TaskData;
use super::form_state::FormState;
use super::readiness::Standing;
use super::recent_runs::RecentRuns;
use super::schedule_list::{MayAdd, ScheduleList};
use super::settings_form::SettingsForm;
use crate::components::breadcrumb::Breadcrumb;
use crate::components::error_summary::ErrorSummary;
use crate::components::flash::Flash;
use crate::components::icons::WarningIcon;
use crate::components::layout::Section;
use crate::components::markdown::Markdown;
use crate::components::problem::{NewerProblem, ProblemDetails};
use crate::error::AppError;
use crate::pages::presets::PresetList;
use crate::pages::schedules::can_be_own;
use crate::pages::start_links::StartLinkList;
use crate::render::{Page, Viewer};
use crate::routes::AppState;
use crate::session::SignedIn;

/// What was asked for, and what the last action did.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    done: String,
    #[serde(default)]
    schedule: String,
    #[serde(default)]
    refresh: String,
}

/// What the page says first.
#[derive(Clone)]
pub(super) enum Message {
    /// What the last action did.
    Done(String),
    /// What came of trying the settings out.
    Tested(Tested),
}

impl Asked {
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
            "credential" => "Credential saved. Choose it in the settings below, then save them.",
            "scheduled" | "changed" => "Schedule saved.",
            "drafted" => "Schedule saved, and paused. Run it once to check it, then start it.",
            "not_restored" => {
                "Nothing was changed: that version came after a schedule that is gone, or that now comes after this one."
            }
            "paused" => "Paused. This schedule starts no more runs until you resume it.",
            "resumed" => "Resumed.",
            "deleted" => "Schedule deleted.",
            "preset_saved" => "Preset saved.",
            "preset_deleted" => "Preset deleted. Runs and schedules that started from it keep their values.",
            "link_deleted" => "Start link deleted. It starts nothing any more.",
            "followed" => {
                "Not deleted: another schedule comes after this one. Change or delete that one first."
            }
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
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    if asked.refresh == "choices" {
        state.engine.choices.refresh(&name);
    }
    let data = TaskData::load(&state, &name).await?;
    let form = FormState::fresh(&data, state.engine.zone);
    let has_problem = |spec: &ParamSpec| spec.choices().is_some_and(|choices| choices.problem.is_some());
    let message = match asked.refresh.as_str() {
        "choices" if data.specs.iter().any(has_problem) => None,
        "choices" => Some("The choices were loaded again.".to_owned()),
        _ => asked.sentence(&data.schedules),
    };
    let message = message.map(Message::Done);
    Ok(page(&state, &who, data, form, message))
}

/// The page with what must be filled in before the task can run.
pub(super) async fn with_missing(
    state: &AppState,
    who: &SignedIn,
    name: &str,
    errors: Vec<FieldError>,
) -> Result<Response, AppError> {
    let data = TaskData::load(state, name).await?;
    let form = FormState::fresh(&data, state.engine.zone).with_errors(errors);
    Ok(page(state, who, data, form, None))
}

/// The page with this form in it.
pub(super) fn page(
    state: &AppState,
    who: &SignedIn,
    data: TaskData,
    form: FormState,
    message: Option<Message>,
) -> Response {
    let page = Page::new(data.folder.title()).section(Section::Tasks);
    let page = page.with_errors(&form.errors);
    page.render(who.viewer(state), || match data.folder.found.clone() {
        Ok(info) => view! { <TaskPage data info form message /> }.into_any(),
        Err(problem) => view! { <ProblemPage data problem message /> }.into_any(),
    })
}

#[component]
fn TaskPage(data: TaskData, info: TaskInfo, form: FormState, message: Option<Message>) -> AnyView {
    let task = data.folder.name.clone();
    let zone = Viewer::current().zone;
    let (may_add, attention) = match data.standing.clone() {
        Standing::Ready => (MayAdd::Yes, Vec::new()),
        Standing::NotSetUp => (MayAdd::SettingsFirst, Vec::new()),
        Standing::NeedsAttention(attention) => (MayAdd::AttentionFirst, attention),
    };
    // Where there is nothing to choose there is nothing to keep.
    let has_values = data.specs.iter().any(can_be_own) || !data.presets.is_empty();
    let presets = has_values.then(|| {
        let can_run = may_add == MayAdd::Yes;
        view! { <PresetList task=task.clone() presets=data.presets.clone() can_run /> }
    });
    let newer = data.folder.newer.clone();
    let newer = newer.map(|newer| view! { <NewerProblem problem=newer.problem since=newer.found_at /> });
    // The errors of the form say the same, and more of it.
    let attention =
        (!attention.is_empty() && form.errors.is_empty()).then(|| view! { <AttentionNotice attention /> });
    let readme = data.folder.readme.clone().map(|text| {
        view! {
            <section class="card" aria-labelledby="readme-title">
                <h2 id="readme-title">"About this task"</h2>
                <Markdown text />
            </section>
        }
    });
    // Without a form there is room for them where one looks first.
    let recent = view! { <RecentRuns task=task.clone() runs=data.runs.clone() /> };
    let (in_main, beside) = if data.specs.is_empty() {
        (Some(recent), None)
    } else {
        (None, Some(recent))
    };
    view! {
        <Breadcrumb links=vec![up()] />
        <ErrorSummary errors=form.errors.clone() />
        <MessageView message />
        <div class="page-head">
            <h1>{info.title.clone()}</h1>
            <p class="lead">{info.description.clone()}</p>
        </div>
        {newer}
        {attention}
        <div class="columns">
            <div class="column-main">
                <section class="card" aria-labelledby="settings-title">
                    <h2 id="settings-title">"Settings"</h2>
                    <SettingsForm data=data.clone() info=info.clone() form zone />
                </section>
                <AuthorWarnings warnings=info.warnings />
                {in_main}
                {readme}
            </div>
            <div class="column-side">
                <ScheduleList task=task.clone() schedules=data.schedules kept=data.kept names=data.names calendars=data.calendars may_add />
                {beside}
                {presets}
                <StartLinkList task links=data.links />
            </div>
        </div>
    }
    .into_any()
}

/// A folder that does not load keeps its schedules and its history.
#[component]
fn ProblemPage(data: TaskData, problem: LoadProblem, message: Option<Message>) -> AnyView {
    let task = data.folder.name.clone();
    let state = if problem.kind == ProblemKind::Preparing {
        view! {
            <section class="card" aria-labelledby="problem-title">
                <h2 id="problem-title">"This task is getting ready"</h2>
                <ProblemDetails problem />
                <p>
                    <a class="button" href=format!("/tasks/{task}")>
                        "Look again"
                    </a>
                </p>
            </section>
        }
        .into_any()
    } else {
        view! {
            <section class="card problem" aria-labelledby="problem-title">
                <h2 id="problem-title">
                    <WarningIcon />
                    <span>"Problem: this task could not be loaded"</span>
                </h2>
                <ProblemDetails problem />
                <p class="muted">"It is read again by itself when the file changes. Its settings are kept."</p>
            </section>
        }
        .into_any()
    };
    view! {
        <Breadcrumb links=vec![up()] />
        <MessageView message />
        <div class="page-head">
            <h1>{task.clone()}</h1>
        </div>
        <div class="columns">
            <div class="column-main">{state}</div>
            <div class="column-side">
                <ScheduleList task=task.clone() schedules=data.schedules kept=data.kept names=data.names calendars=data.calendars may_add=MayAdd::ProblemFirst />
                <RecentRuns task=task.clone() runs=data.runs />
                <StartLinkList task links=data.links />
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn MessageView(message: Option<Message>) -> AnyView {
    match message {
        None => ().into_any(),
        Some(Message::Done(sentence)) => view! { <Flash message=Some(sentence) /> }.into_any(),
        Some(Message::Tested(tested)) => view! { <TestNotice tested /> }.into_any(),
    }
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
