//! `POST /tasks/{name}/check`: lets the task try its settings out, without a run.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::words;
use engine::settings::CheckOutcome;
use leptos::prelude::*;

use super::data::{TaskData, loaded};
use super::form_state::FormState;
use super::readiness::Readiness;
use super::{detail, settings};
use crate::components::icons::WarningIcon;
use crate::error::AppError;
use crate::form::Submitted;
use crate::render::Viewer;
use crate::routes::AppState;
use crate::session::SignedIn;

/// What came of trying the settings out.
#[derive(Debug, Clone, PartialEq)]
pub enum Tested {
    /// They work; the task's words.
    Fine(Option<String>),
    /// They do not; the task's words.
    Failed(String),
}

/// Tries the saved settings. A form that comes along is saved first: what a person sees is what is tried.
pub async fn submit(
    State(state): State<AppState>,
    who: SignedIn,
    Path(name): Path<String>,
    mut form: Submitted,
) -> Result<Response, AppError> {
    if !form.get("form_key").is_empty()
        && let Some(rejected) = settings::save(&state, &who, &name, &mut form).await?
    {
        return Ok(rejected);
    }
    let folder = state.engine.catalog.find(&name).ok_or(AppError::NotFound)?;
    loaded(&folder)?;
    if let Readiness::Missing(errors) = Readiness::establish(&state, &folder, &who.account.name).await? {
        return detail::with_missing(&state, &who, &name, errors).await;
    }
    let tested = match state.engine.try_settings(&folder).await? {
        CheckOutcome::Fine(message) => Tested::Fine(message),
        CheckOutcome::Failed { message } => Tested::Failed(message),
        CheckOutcome::NotOffered => {
            return Err(AppError::BadRequest(
                "This task offers no test of its settings. Run it to see whether they work.",
            ));
        }
        // They changed between the two looks; the page says what to do.
        CheckOutcome::NeedsAttention(_) => {
            return detail::with_missing(&state, &who, &name, Vec::new()).await;
        }
    };
    let data = TaskData::load(&state, &name).await?;
    let form = FormState::fresh(&data, state.engine.zone);
    Ok(detail::page(
        &state,
        &who,
        data,
        form,
        Some(detail::Message::Tested(tested)),
    ))
}

/// The outcome, at the top of the page.
#[component]
pub(super) fn TestNotice(tested: Tested) -> AnyView {
    let Viewer { zone, now, .. } = Viewer::current();
    let when = format!(
        "Tested {} with the saved settings.",
        words::exact_seconds(now, zone)
    );
    match tested {
        Tested::Fine(message) => view! {
            <div class="notice notice-good" role="status">
                <div>
                    <p class="notice-title">"The test passed"</p>
                    {message.map(|message| view! { <p>{message}</p> })}
                    <p>{when}</p>
                </div>
            </div>
        }
        .into_any(),
        Tested::Failed(message) => view! {
            <div class="notice notice-bad" role="alert">
                <WarningIcon />
                <div>
                    <p class="notice-title">"The test failed"</p>
                    <p class="notice-message">{message}</p>
                    <p>
                        "Correct the settings below and test them again. If they are right, show this message to the task's developer."
                    </p>
                    <p>{when}</p>
                </div>
            </div>
        }
        .into_any(),
    }
}
