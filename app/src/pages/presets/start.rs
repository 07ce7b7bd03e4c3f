//! `/tasks/{name}/start`: a run with other values than the task's, from its settings or from a preset. They count for one
//! run.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use engine::presets::Preset;
use leptos::prelude::*;
use serde::Deserialize;

use super::fields::{GivenFields, Misfits};
use super::given::Given;
use crate::components::breadcrumb::Breadcrumb;
use crate::components::error_summary::ErrorSummary;
use crate::components::field::Labels;
use crate::components::layout::Section;
use crate::components::select::{SelectField, options};
use crate::error::AppError;
use crate::form::Submitted;
use crate::islands::{CheckedForm, FormAnswer};
use crate::pages::tasks::{form_key_of, new_form_key};
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

/// Which preset the form starts from.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    preset: String,
}

/// What the form may start from.
#[derive(Clone)]
struct Source {
    presets: Vec<Preset>,
    /// The one that was taken.
    taken: Option<Preset>,
    /// Whether another was asked for that is gone.
    is_gone: bool,
}

impl Source {
    async fn load(state: &AppState, task: &str, preset: &str) -> Result<Self, AppError> {
        let presets = state.engine.presets.list_for_task(task).await?;
        let taken = presets.iter().find(|each| each.id == preset).cloned();
        Ok(Self {
            is_gone: taken.is_none() && !preset.is_empty(),
            taken,
            presets,
        })
    }
}

/// The form with the values of the task, or of a preset.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    let source = Source::load(&state, &name, &asked.preset).await?;
    let given = Given::load(&state, &name, source.taken.as_ref()).await?;
    Ok(page(&state, &who, source, given))
}

/// Starts the run, or shows what is wrong with what was typed.
pub async fn run(
    State(state): State<AppState>,
    who: SignedIn,
    Path(name): Path<String>,
    form: Submitted,
) -> Result<Response, AppError> {
    let source = Source::load(&state, &name, form.get("preset")).await?;
    let mut given = Given::load(&state, &name, source.taken.as_ref())
        .await?
        .with_typed(&form);
    match given.accept() {
        Ok(own) => {
            let form_key = form_key_of(&form);
            let runs = &state.engine.runs;
            let run_id = runs.start_with(&name, &own, &who.account.name, &form_key).await?;
            Ok(Redirect::to(&format!("/runs/{run_id}")).into_response())
        }
        Err(errors) => {
            given.errors = errors;
            Ok(page(&state, &who, source, given))
        }
    }
}

/// `POST /tasks/{name}/start/asked` answers the form's island.
pub async fn asked(
    State(state): State<AppState>,
    Path(name): Path<String>,
    form: Submitted,
) -> Result<Json<FormAnswer>, AppError> {
    let given = Given::load(&state, &name, None).await?.with_typed(&form);
    Ok(Json(given.answer()))
}

/// `POST /tasks/{name}/presets/asked` does so for the form of a preset.
pub async fn asked_for_preset(
    State(state): State<AppState>,
    Path(name): Path<String>,
    form: Submitted,
) -> Result<Json<FormAnswer>, AppError> {
    let given = Given::load(&state, &name, None).await?.for_preset();
    Ok(Json(given.with_typed(&form).answer()))
}

fn page(state: &AppState, who: &SignedIn, source: Source, given: Given) -> Response {
    Page::new(format!("Run {} with other values", given.folder.title()))
        .section(Section::Tasks)
        .with_errors(&given.errors)
        .render(who.viewer(state), || view! { <StartPage source given /> })
}

#[component]
fn StartPage(source: Source, given: Given) -> AnyView {
    let address = format!("/tasks/{}", given.task());
    let links = vec![
        ("/tasks".to_owned(), "Tasks".to_owned()),
        (address, given.folder.title().to_owned()),
    ];
    let gone = source.is_gone.then(|| {
        view! {
            <p class="notice notice-warning">
                "The preset that was asked for was deleted. These are the values of the task's settings."
            </p>
        }
    });
    view! {
        <Breadcrumb links />
        <ErrorSummary errors=given.errors.clone() />
        <div class="page-head">
            <h1>"Run with other values"</h1>
            <p class="lead">"They count for this one run; the task's saved settings stay as they are."</p>
        </div>
        {gone}
        <StartFrom source=source.clone() task=given.task().to_owned() />
        <Misfits misfits=given.misfits.clone() then="Look at the values below before you run the task with them." />
        <section class="card" aria-labelledby="values-title">
            <h2 id="values-title">"Values for this run"</h2>
            <RunForm taken=source.taken given />
        </section>
    }
    .into_any()
}

/// What the form below starts from; nothing is drawn where there is no choice.
#[component]
fn StartFrom(source: Source, task: String) -> AnyView {
    if source.presets.is_empty() {
        return ().into_any();
    }
    let chosen = source.taken.map(|preset| preset.id).unwrap_or_default();
    let presets = source.presets.into_iter();
    let presets = presets.map(|preset| (preset.id, format!("Preset: {}", preset.name)));
    let labels = Labels {
        hint: Some("Its values replace those in the form below.".to_owned()),
        ..Labels::required("preset", "Start from")
    };
    let options = options("The task's settings", presets.collect(), &chosen, str::to_owned);
    view! {
        <form class="filters" method="get" action=format!("/tasks/{task}/start")>
            <SelectField labels options chosen />
            <div class="filter-buttons">
                <button class="button">"Take these values"</button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn RunForm(taken: Option<Preset>, given: Given) -> AnyView {
    let address = format!("/tasks/{}/start", given.task());
    let new_preset = format!("/tasks/{}/presets/new", given.task());
    let preset = taken
        .clone()
        .map(|preset| view! { <input type="hidden" name="preset" value=preset.id /> });
    let replace = taken.map(|preset| {
        view! {
            <button
                class="button"
                name="action"
                value="draft"
                formaction=format!("/presets/{}", preset.id)
            >
                {format!("Replace “{}” with these values…", preset.name)}
            </button>
        }
    });
    view! {
        <CheckedForm address=format!("{address}/asked")>
            <form method="post" action=address.clone() novalidate>
                <input type="hidden" name="form_key" value=new_form_key() />
                {preset}
                <GivenFields given />
                <div class="actions">
                    <button class="button button-primary" id="save" name="action" value="run">
                        "Run with these values"
                    </button>
                    <button class="button" name="action" value="draft" formaction=new_preset>
                        "Save these values as a preset…"
                    </button>
                    {replace}
                </div>
            </form>
        </CheckedForm>
    }
    .into_any()
}
