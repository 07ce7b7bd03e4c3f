//! `GET` and `POST /runs/{run_id}/like`: a run like this one, but with other values. They count for one run only.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::params::{ParamSpec, fields};
use domain::words;
use leptos::prelude::*;

use super::run_values::RunValues;
use crate::components::breadcrumb::Breadcrumb;
use crate::components::error_summary::ErrorSummary;
use crate::components::layout::Section;
use crate::error::AppError;
use crate::form::Submitted;
use crate::islands::{CheckedForm, FormAnswer};
use crate::pages::tasks::{OtherFields, SETTINGS_ID, new_form_key};
use crate::render::{Page, Viewer};
use crate::routes::AppState;
use crate::session::SignedIn;

/// The form with the run's values.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Path(run_id): Path<String>,
) -> Result<Response, AppError> {
    let values = RunValues::load(&state, &run_id).await?;
    Ok(page(&state, &who, values))
}

/// Starts the run, or shows what is wrong with what was typed.
pub async fn submit(
    State(state): State<AppState>,
    who: SignedIn,
    Path(run_id): Path<String>,
    form: Submitted,
) -> Result<Response, AppError> {
    let values = RunValues::load(&state, &run_id).await?.with_typed(&form);
    match values.start(&state, &who, &form).await? {
        Ok(started) => Ok(started),
        Err(refused) => Ok(page(&state, &who, *refused)),
    }
}

/// Answers the form's island.
pub async fn asked(
    State(state): State<AppState>,
    Path(run_id): Path<String>,
    form: Submitted,
) -> Result<Json<FormAnswer>, AppError> {
    let values = RunValues::load(&state, &run_id).await?.with_typed(&form);
    Ok(Json(values.answer(state.engine.zone)))
}

/// The page with this form in it.
pub(super) fn page(state: &AppState, who: &SignedIn, values: RunValues) -> Response {
    let title = format!("Run {} like last time, but", values.folder.title());
    Page::new(title)
        .section(Section::Runs)
        .with_errors(&values.errors)
        .render(who.viewer(state), || view! { <LikePage values /> })
}

#[component]
fn LikePage(values: RunValues) -> AnyView {
    let summary = values.run.summary.clone();
    let zone = Viewer::current().zone;
    let at = words::exact(summary.started_at.unwrap_or(summary.queued_at), zone);
    let links = vec![
        ("/runs".to_owned(), "Runs".to_owned()),
        (format!("/runs/{}", summary.run_id), format!("Run of {at}")),
    ];
    let lost = values
        .lost
        .iter()
        .map(|(label, file)| {
            let words = format!("{label}: the file “{file}” of that run is no longer kept. The one in the task's settings is used, if there is one.");
            view! { <p class="notice notice-warning"><span>{words}</span></p> }
        })
        .collect_view();
    view! {
        <Breadcrumb links />
        <ErrorSummary errors=values.errors.clone() />
        <div class="page-head">
            <h1>"Run like last time, but…"</h1>
            <p class="lead">
                {format!("{}: change what shall be different. It counts for this one run; the task's saved settings stay as they are.", values.folder.title())}
            </p>
        </div>
        {lost}
        <section class="card" aria-labelledby="values-title">
            <h2 id="values-title">"Values for this run"</h2>
            <LikeForm values />
        </section>
    }
    .into_any()
}

#[component]
fn LikeForm(values: RunValues) -> AnyView {
    let run_id = values.run.summary.run_id.clone();
    let shown = fields(&values.specs, &values.typed, &values.kept, &values.errors);
    let groups = values.info.groups.clone();
    let task = format!("/tasks/{}", values.task());
    let new_preset = format!("{task}/presets/new");
    let others = others(&values);
    view! {
        <CheckedForm address=format!("/runs/{run_id}/asked")>
            <form method="post" action=format!("/runs/{run_id}/like") novalidate>
                <input type="hidden" name="form_key" value=new_form_key() />
                <OtherFields fields=shown specs=values.specs.clone() groups />
                <p class="hint" id=SETTINGS_ID>
                    {others}
                    <a href=task>"Open the task's settings"</a>
                </p>
                <div class="actions">
                    <button class="button button-primary" id="save">
                        "Run with these values"
                    </button>
                    <button class="button" name="action" value="draft" formaction=new_preset>
                        "Save these values as a preset…"
                    </button>
                    <a class="button" href=format!("/runs/{run_id}")>
                        "Back to the run"
                    </a>
                </div>
            </form>
        </CheckedForm>
    }
    .into_any()
}

/// What the form does not show, and where it comes from.
fn others(values: &RunValues) -> Option<String> {
    let labels = |is_such: fn(&ParamSpec) -> bool| -> Vec<String> {
        values
            .specs
            .iter()
            .filter(|spec| is_such(spec) && !values.lost.iter().any(|(label, _)| *label == spec.label))
            .map(|spec| format!("“{}”", spec.label))
            .collect()
    };
    let secrets = labels(ParamSpec::is_secret);
    let files = labels(ParamSpec::is_file);
    let mut sentences = Vec::new();
    if !secrets.is_empty() {
        sentences.push(format!(
            "{}: as saved in the task's settings today.",
            words::all_of(&secrets)
        ));
    }
    if !files.is_empty() {
        sentences.push(format!("{}: as that run had it.", words::all_of(&files)));
    }
    (!sentences.is_empty()).then(|| format!("{} ", sentences.join(" ")))
}
