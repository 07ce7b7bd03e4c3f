//! `GET /credentials/{id}`: its name, its secret and its end, each changed by a form of its own.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use chrono::NaiveDate;
use domain::params::FieldError;
use domain::run_out::{RunOut, day_words};
use engine::credentials::Credential;
use leptos::prelude::*;
use serde::Deserialize;

use super::MEANING;
use super::fields::{DAY, DayField, NEW_DAY, NameField, SecretField};
use super::list::{UsedBy, users};
use super::test::{Results, Shown, TestCard, TestForm};
use crate::components::breadcrumb::Breadcrumb;
use crate::components::error_summary::ErrorSummary;
use crate::components::flash::Flash;
use crate::components::layout::Section;
use crate::components::run_out::RunOutBadge;
use crate::components::time::Exactly;
use crate::error::AppError;
use crate::render::{Page, Viewer};
use crate::routes::AppState;
use crate::session::SignedIn;

/// Where the errors of deleting lead to.
pub(super) const DELETE: &str = "delete";

/// What the last action did.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// A form that did not pass.
#[derive(Clone, Default)]
pub(super) struct Rejected {
    /// The name as typed, if that was the form.
    pub(super) name: Option<String>,
    /// The day as typed, if that was the form.
    pub(super) day: Option<String>,
    /// The day as typed beside a new secret, which is not kept.
    pub(super) new_day: Option<String>,
    pub(super) errors: Vec<FieldError>,
}

/// What stands at the top of the page.
#[derive(Clone)]
pub(super) enum Top {
    Nothing,
    /// What the last action did.
    Done(&'static str),
    /// That the secret was replaced, with the offer to test it.
    Replaced,
    /// What the tests of the tasks said.
    Tested(Vec<Shown>),
}

/// The page as it is saved.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, AppError> {
    let top = match done.done.as_str() {
        "renamed" => Top::Done("Name saved."),
        "dated" => Top::Done("Day saved."),
        "replaced" => Top::Replaced,
        _ => Top::Nothing,
    };
    page(&state, &who, &id, Rejected::default(), top).await
}

/// The page, with the form that did not pass.
pub(super) async fn page(
    state: &AppState,
    who: &SignedIn,
    id: &str,
    rejected: Rejected,
    top: Top,
) -> Result<Response, AppError> {
    let credential = state
        .engine
        .credentials
        .find(id)
        .await?
        .ok_or(AppError::NotFound)?;
    let used_by = users(state, id).await?;
    let page = Page::new(format!("Credential {}", credential.name))
        .section(Section::Credentials)
        .with_errors(&rejected.errors);
    Ok(page.render(
        who.viewer(state),
        || view! { <CredentialPage credential used_by rejected top /> },
    ))
}

#[component]
fn CredentialPage(
    credential: Credential,
    used_by: Vec<(String, String)>,
    rejected: Rejected,
    top: Top,
) -> AnyView {
    let links = vec![("/credentials".to_owned(), "Credentials".to_owned())];
    let address = format!("/credentials/{}", credential.id);
    let Rejected {
        name,
        day,
        new_day,
        errors,
    } = rejected;
    let name = name.unwrap_or_else(|| credential.name.clone());
    let day = day.unwrap_or_else(|| {
        credential
            .runs_out_on
            .map(|day| day.to_string())
            .unwrap_or_default()
    });
    let runs_out_on = credential.runs_out_on;
    view! {
        <Breadcrumb links />
        <ErrorSummary errors=errors.clone() />
        <TopOfPage top address=address.clone() is_used=!used_by.is_empty() />
        <div class="page-head">
            <h1>{credential.name.clone()}</h1>
            <p class="lead">{MEANING}</p>
        </div>
        <div class="columns">
            <div class="column-main">
                <section class="card" aria-labelledby="replace-title">
                    <h2 id="replace-title">"Replace the secret"</h2>
                    <RanOut day=runs_out_on />
                    <form method="post" action=format!("{address}/replace") novalidate>
                        <SecretField label="New secret" again=new_day.is_some() errors=errors.clone() />
                        <DayField input=NEW_DAY value=new_day.unwrap_or_default() errors=errors.clone() />
                        <button class="button button-primary">"Replace secret"</button>
                    </form>
                </section>
                <TestCard address=address.clone() is_used=!used_by.is_empty() />
                <section class="card" aria-labelledby="day-title">
                    <h2 id="day-title">"When the present secret runs out"</h2>
                    <form method="post" action=format!("{address}/day") novalidate>
                        <DayField input=DAY value=day errors=errors.clone() />
                        <button class="button">"Save day"</button>
                    </form>
                </section>
                <section class="card" aria-labelledby="rename-title">
                    <h2 id="rename-title">"Rename"</h2>
                    <form method="post" action=format!("{address}/rename") novalidate>
                        <NameField name errors />
                        <button class="button">"Save name"</button>
                    </form>
                </section>
            </div>
            <div class="column-side">
                <Facts credential used_by=used_by.clone() />
                <Delete address used_by />
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn TopOfPage(top: Top, address: String, is_used: bool) -> AnyView {
    match top {
        Top::Nothing => ().into_any(),
        Top::Done(sentence) => view! { <Flash message=Some(sentence.to_owned()) /> }.into_any(),
        Top::Replaced => {
            let sentence = "Secret replaced. Every run that starts from now on gets the new one.";
            let offer = is_used.then(|| view! { <TestForm address label="Test it" /> });
            view! {
                <Flash message=Some(sentence.to_owned()) />
                {offer}
            }
            .into_any()
        }
        Top::Tested(results) => view! { <Results results /> }.into_any(),
    }
}

/// That the secret is over, or soon is, where it can be replaced.
#[component]
fn RanOut(day: Option<NaiveDate>) -> AnyView {
    let today = Viewer::current().today();
    day.filter(|day| RunOut::of(*day, today) != RunOut::Later)
        .map(|day| {
            let sentence = format!(
                "The day of the present secret, {}, does not stay when you replace it.",
                day_words(day)
            );
            view! {
                <p>
                    <RunOutBadge day=Some(day) />
                </p>
                <p class="muted">{sentence}</p>
            }
        })
        .into_any()
}

#[component]
fn Facts(credential: Credential, used_by: Vec<(String, String)>) -> AnyView {
    let runs_out = credential.runs_out_on.map(|day| {
        view! {
            <dt>"Runs out"</dt>
            <dd>
                <RunOutBadge day=Some(day) />
                <span class="when-exact">{day_words(day)}</span>
            </dd>
        }
    });
    view! {
        <section class="card" aria-labelledby="facts-title">
            <h2 id="facts-title">"About it"</h2>
            <dl class="facts">
                <dt>"Used by"</dt>
                <dd>
                    <UsedBy tasks=used_by />
                </dd>
                {runs_out}
                <dt>"Changed"</dt>
                <dd>
                    <Exactly at=credential.updated_at />
                    <span class="when-exact">{format!("by {}", credential.updated_by)}</span>
                </dd>
                <dt>"Created"</dt>
                <dd>
                    <Exactly at=credential.created_at />
                    <span class="when-exact">{format!("by {}", credential.created_by)}</span>
                </dd>
            </dl>
        </section>
    }
    .into_any()
}

#[component]
fn Delete(address: String, used_by: Vec<(String, String)>) -> AnyView {
    let action = if used_by.is_empty() {
        view! {
            <details class="confirm">
                <summary>"Delete"</summary>
                <form method="post" action=format!("{address}/delete")>
                    <p>"The secret is removed for good. No task uses it."</p>
                    <button class="button button-danger">"Delete this credential"</button>
                </form>
            </details>
        }
        .into_any()
    } else {
        view! {
            <p class="muted">
                "It cannot be deleted while tasks use it. Choose another one in their settings first."
            </p>
        }
        .into_any()
    };
    view! {
        <section class="card" id=DELETE aria-labelledby="delete-title">
            <h2 id="delete-title">"Delete"</h2>
            {action}
        </section>
    }
    .into_any()
}
