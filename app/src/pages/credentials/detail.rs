//! `GET /credentials/{id}`: its name, its secret and its end, each changed by a form of its own.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::params::FieldError;
use domain::run_out::day_words;
use engine::connections::{Connection, Provider, Refusal};
use engine::credentials::Credential;
use leptos::prelude::*;
use serde::Deserialize;

use super::connected::app_form::Entry;
use super::connected::card::{AccountCard, AppCard};
use super::connected::redirect_url;
use super::fields::NameField;
use super::list::{UsedBy, users};
use super::secret_cards::SecretCards;
use super::test::{Results, Shown, TestCard, TestForm};
use super::{ACCOUNT, MEANING};
use crate::components::breadcrumb::Breadcrumb;
use crate::components::error_summary::ErrorSummary;
use crate::components::flash::Flash;
use crate::components::icons::WarningIcon;
use crate::components::layout::Section;
use crate::components::run_out::RunOutBadge;
use crate::components::time::Exactly;
use crate::error::AppError;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

/// Where the errors of deleting lead to.
pub(super) const DELETE: &str = "delete";

/// What the last action did.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
    /// Why a service sent the person back without access.
    #[serde(default)]
    refused: String,
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
    /// A connected account's app as typed, if that was the form.
    pub(super) app: Option<Entry>,
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
    /// Why an account is not connected.
    Refused(Refusal),
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
        "registered" => Top::Done("Saved. Connect the account now."),
        "app" => Top::Done("App saved."),
        "connected" => Top::Done("Connected. Tasks can use the account now."),
        _ => Refusal::from_code(&done.refused).map_or(Top::Nothing, Top::Refused),
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
    let account = state
        .engine
        .connections
        .find(id)
        .await?
        .map(|connection| Account {
            connection,
            back: redirect_url(state),
        });
    let page = Page::new(format!("Credential {}", credential.name))
        .section(Section::Credentials)
        .with_errors(&rejected.errors);
    Ok(page.render(
        who.viewer(state),
        || view! { <CredentialPage credential account used_by rejected top /> },
    ))
}

/// What a connected account has besides.
#[derive(Clone)]
struct Account {
    connection: Connection,
    /// The address to come back to.
    back: String,
}

#[component]
fn CredentialPage(
    credential: Credential,
    account: Option<Account>,
    used_by: Vec<(String, String)>,
    rejected: Rejected,
    top: Top,
) -> AnyView {
    let links = vec![("/credentials".to_owned(), "Credentials".to_owned())];
    let address = format!("/credentials/{}", credential.id);
    let is_used = !used_by.is_empty();
    let provider = account.as_ref().map(|account| account.connection.app.provider);
    let name = rejected.name.clone().unwrap_or_else(|| credential.name.clone());
    let errors = rejected.errors.clone();
    let meaning = if account.is_some() { ACCOUNT } else { MEANING };
    let cards = match account {
        None => {
            let runs_out_on = credential.runs_out_on;
            view! { <SecretCards address=address.clone() runs_out_on is_used rejected /> }.into_any()
        }
        Some(Account { connection, back }) => view! {
            <AccountCard connection=connection.clone() address=address.clone() back />
            <TestCard address=address.clone() is_used />
            <AppCard connection address=address.clone() entry=rejected.app errors=rejected.errors />
        }
        .into_any(),
    };
    view! {
        <Breadcrumb links />
        <ErrorSummary errors=errors.clone() />
        <TopOfPage top address=address.clone() is_used provider />
        <div class="page-head">
            <h1>{credential.name.clone()}</h1>
            <p class="lead">{meaning}</p>
        </div>
        <div class="columns">
            <div class="column-main">
                {cards}
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
fn TopOfPage(top: Top, address: String, is_used: bool, provider: Option<Provider>) -> AnyView {
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
        Top::Refused(why) => view! {
            <div class="notice notice-bad" role="alert">
                <WarningIcon />
                <div>
                    <p class="notice-title">"The account is not connected"</p>
                    <p>{why.sentence(provider.unwrap_or(Provider::Other))}</p>
                </div>
            </div>
        }
        .into_any(),
        Top::Tested(results) => view! { <Results results /> }.into_any(),
    }
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
                "It cannot be deleted while tasks use it. Choose another one in their settings, schedules and presets first."
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
