//! `/tasks/{name}/presets/new` and `/presets/{id}`: a preset's name and values.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::params::FieldError;
use engine::presets::{Preset, PresetError, check_name};
use leptos::prelude::*;

use super::fields::{GivenFields, Misfits};
use super::given::Given;
use crate::components::breadcrumb::Breadcrumb;
use crate::components::error_summary::{ErrorSummary, field_error};
use crate::components::field::{Labels, TextField};
use crate::components::layout::Section;
use crate::components::time::date;
use crate::error::AppError;
use crate::form::Submitted;
use crate::islands::CheckedForm;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

/// The field with the preset's name: no parameter's input is called so.
const NAME: &str = "preset_name";

/// What stands in the form.
#[derive(Clone)]
struct Entered {
    /// The preset that is changed; none for a new one.
    preset: Option<Preset>,
    name: String,
    given: Given,
    /// Whether the values come from another form and are saved nowhere yet.
    is_draft: bool,
}

/// A new preset, with the values of the task's settings to start from.
pub async fn show_new(
    State(state): State<AppState>,
    who: SignedIn,
    Path(task): Path<String>,
) -> Result<Response, AppError> {
    let given = Given::load(&state, &task, None).await?.for_preset();
    let entered = Entered {
        preset: None,
        name: String::new(),
        given,
        is_draft: false,
    };
    Ok(page(&state, &who, entered))
}

/// The preset as it is saved.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, AppError> {
    let preset = find(&state, &id).await?;
    let given = Given::load(&state, &preset.task_name, Some(&preset)).await?;
    let entered = Entered {
        name: preset.name.clone(),
        preset: Some(preset),
        given: given.for_preset(),
        is_draft: false,
    };
    Ok(page(&state, &who, entered))
}

/// Makes the preset; or shows its form, with the values of another form or with mistakes.
pub async fn submit_new(
    State(state): State<AppState>,
    who: SignedIn,
    Path(task): Path<String>,
    form: Submitted,
) -> Result<Response, AppError> {
    let given = Given::load(&state, &task, None).await?.for_preset();
    let entered = Entered {
        preset: None,
        name: form.get(NAME).to_owned(),
        given: given.with_typed(&form),
        is_draft: form.get("action") == "draft",
    };
    save(&state, &who, entered).await
}

/// Changes the preset; or shows its form, with the values of another form or with mistakes.
pub async fn submit(
    State(state): State<AppState>,
    who: SignedIn,
    Path(id): Path<String>,
    form: Submitted,
) -> Result<Response, AppError> {
    let preset = find(&state, &id).await?;
    let given = Given::load(&state, &preset.task_name, Some(&preset)).await?;
    let is_draft = form.get("action") == "draft";
    let name = if is_draft {
        preset.name.as_str()
    } else {
        form.get(NAME)
    };
    let entered = Entered {
        name: name.to_owned(),
        given: given.for_preset().with_typed(&form),
        preset: Some(preset),
        is_draft,
    };
    save(&state, &who, entered).await
}

/// `POST /presets/{id}/delete`.
pub async fn delete(State(state): State<AppState>, Path(id): Path<String>) -> Result<Redirect, AppError> {
    let preset = find(&state, &id).await?;
    state.engine.presets.delete(&id).await?;
    Ok(Redirect::to(&format!(
        "/tasks/{}?done=preset_deleted#presets",
        preset.task_name
    )))
}

async fn find(state: &AppState, id: &str) -> Result<Preset, AppError> {
    state.engine.presets.find(id).await?.ok_or(AppError::NotFound)
}

async fn save(state: &AppState, who: &SignedIn, mut entered: Entered) -> Result<Response, AppError> {
    let accepted = entered.given.accept();
    if entered.is_draft {
        entered.given.errors = accepted.err().unwrap_or_default();
        return Ok(page(state, who, entered));
    }
    let (presets, by) = (&state.engine.presets, &who.account.name);
    let task = entered.given.task().to_owned();
    let saved = match (&accepted, &entered.preset) {
        // So that all mistakes are named at once.
        (Err(_), _) => check_name(&entered.name),
        (Ok(values), None) => presets.create(&task, &entered.name, values, by).await.map(drop),
        (Ok(values), Some(preset)) => presets.replace(&preset.id, &entered.name, values, by).await,
    };
    let mut errors = match saved {
        Ok(()) => Vec::new(),
        Err(PresetError::NotFound) => return Err(AppError::NotFound),
        Err(PresetError::Failed(error)) => return Err(error.into()),
        Err(error) => vec![field_error(NAME, error.to_string())],
    };
    errors.extend(accepted.err().unwrap_or_default());
    if errors.is_empty() {
        let address = format!("/tasks/{task}?done=preset_saved#presets");
        return Ok(Redirect::to(&address).into_response());
    }
    entered.given.errors = errors;
    Ok(page(state, who, entered))
}

fn page(state: &AppState, who: &SignedIn, entered: Entered) -> Response {
    let title = match &entered.preset {
        Some(preset) => format!("Preset {}, {}", preset.name, entered.given.folder.title()),
        None => format!("Add a preset, {}", entered.given.folder.title()),
    };
    Page::new(title)
        .section(Section::Tasks)
        .with_errors(&entered.given.errors)
        .render(who.viewer(state), || view! { <PresetPage entered /> })
}

#[component]
fn PresetPage(entered: Entered) -> AnyView {
    let Entered {
        preset,
        name,
        given,
        is_draft,
    } = entered;
    let task = format!("/tasks/{}", given.task());
    let links = vec![
        ("/tasks".to_owned(), "Tasks".to_owned()),
        (task.clone(), given.folder.title().to_owned()),
    ];
    let title = match &preset {
        Some(preset) => format!("Preset “{}”", preset.name),
        None => "Add a preset".to_owned(),
    };
    let changed = preset.as_ref().map(|preset| {
        let when = date(preset.updated_at);
        format!("Last changed {when} by {}. ", preset.updated_by)
    });
    let draft = is_draft.then(|| {
        view! {
            <p class="notice notice-warning">
                "These values are not saved yet. Look at the name and save the preset."
            </p>
        }
    });
    view! {
        <Breadcrumb links />
        <ErrorSummary errors=given.errors.clone() />
        <div class="page-head">
            <h1>{title}</h1>
            <p class="lead">
                {changed} "Runs and schedules take its values when they start from it; changing it later changes none of them."
            </p>
        </div>
        {draft}
        <Misfits misfits=given.misfits.clone() then="Saving the preset forgets what is not used." />
        <section class="card" aria-labelledby="values-title">
            <h2 id="values-title">"Name and values"</h2>
            <PresetForm preset name errors=given.errors.clone() given />
        </section>
    }
    .into_any()
}

#[component]
fn PresetForm(preset: Option<Preset>, name: String, errors: Vec<FieldError>, given: Given) -> AnyView {
    let task = format!("/tasks/{}", given.task());
    let address = match preset {
        Some(preset) => format!("/presets/{}", preset.id),
        None => format!("{task}/presets/new"),
    };
    let labels = Labels {
        hint: Some("What the values are for, such as Monthly close or Test with 10 rows.".to_owned()),
        ..Labels::required(NAME, "Name of the preset").with_error(&errors)
    };
    view! {
        <CheckedForm address=format!("{task}/presets/asked")>
            <form method="post" action=address novalidate>
                <TextField labels value=name />
                <GivenFields given />
                <div class="actions">
                    <button class="button button-primary" id="save" name="action" value="save">
                        "Save preset"
                    </button>
                    <a class="button" href=task.clone()>
                        "Back to the task"
                    </a>
                </div>
            </form>
        </CheckedForm>
    }
    .into_any()
}
