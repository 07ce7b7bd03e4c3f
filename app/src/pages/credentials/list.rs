//! `GET /credentials`.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::response::Response;
use engine::connections::Standing;
use engine::credentials::Credential;
use leptos::prelude::*;
use serde::Deserialize;

use super::MEANING;
use super::connected::card::StandingBadge;
use crate::components::empty_state::EmptyState;
use crate::components::flash::Flash;
use crate::components::layout::Section;
use crate::components::run_out::RunOutBadge;
use crate::components::time::When;
use crate::error::AppError;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

/// What the last action did.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// A credential and the tasks that use it: folder and title.
struct Row {
    credential: Credential,
    used_by: Vec<(String, String)>,
    /// Of a connected account.
    standing: Option<Standing>,
}

/// All credentials.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Query(done): Query<Done>,
) -> Result<Response, AppError> {
    let mut rows = Vec::new();
    let connections = state.engine.connections.list().await?;
    let mut standings: BTreeMap<String, Standing> = connections
        .into_iter()
        .map(|connection| (connection.credential, connection.standing))
        .collect();
    for credential in state.engine.credentials.list().await? {
        let used_by = users(&state, &credential.id).await?;
        rows.push(Row {
            standing: standings.remove(&credential.id),
            credential,
            used_by,
        });
    }
    let flash = match done.done.as_str() {
        "created" => Some("Credential saved. It can be chosen in a task's settings now.".to_owned()),
        "deleted" => Some("Credential deleted.".to_owned()),
        _ => None,
    };
    Ok(Page::new("Credentials")
        .section(Section::Credentials)
        .render(who.viewer(&state), || view! { <CredentialList rows flash /> }))
}

/// The tasks whose settings use a credential: folder and title.
pub(in crate::pages) async fn users(state: &AppState, id: &str) -> Result<Vec<(String, String)>, AppError> {
    let tasks = state.engine.credentials.used_by(id).await?;
    Ok(tasks
        .into_iter()
        .map(|task| {
            let title = state.engine.catalog.title_of(&task);
            (task, title)
        })
        .collect())
}

#[component]
fn CredentialList(rows: Vec<Row>, flash: Option<String>) -> AnyView {
    let is_empty = rows.is_empty();
    let add = (!is_empty).then(|| {
        view! {
            <div class="actions">
                <a class="button button-primary" href="/credentials/new">
                    "New credential"
                </a>
                <a class="button" href="/credentials/connect">
                    "Connect an account"
                </a>
            </div>
        }
    });
    let list = if is_empty {
        view! {
            <EmptyState title="No credentials yet">
                <p>"Save a key or a password once, and choose it in the settings of every task that needs it."</p>
                <p>
                    <a class="button button-primary" href="/credentials/new">
                        "New credential"
                    </a>
                    " "
                    <a class="button" href="/credentials/connect">
                        "Connect an account"
                    </a>
                </p>
            </EmptyState>
        }
        .into_any()
    } else {
        view! { <CredentialTable rows /> }.into_any()
    };
    view! {
        <Flash message=flash />
        <div class="page-head page-head-split">
            <div>
                <h1>"Credentials"</h1>
                <p class="lead">{MEANING}</p>
            </div>
            {add}
        </div>
        {list}
    }
    .into_any()
}

#[component]
fn CredentialTable(rows: Vec<Row>) -> AnyView {
    let rows = rows
        .into_iter()
        .map(|row| {
            let Row {
                credential,
                used_by,
                standing,
            } = row;
            let name = credential.name;
            view! {
                <tr>
                    <th scope="row" data-label="Name">
                        <a class="row-title" href=format!("/credentials/{}", credential.id)>
                            {name.clone()}
                        </a>
                        " "
                        <RunOutBadge day=credential.runs_out_on />
                        {standing.map(|standing| view! { <StandingBadge standing /> })}
                    </th>
                    <td data-label="Last changed">
                        <div>
                            <When at=credential.updated_at />
                            <span class="when-exact">{format!("by {}", credential.updated_by)}</span>
                        </div>
                    </td>
                    <td data-label="Used by">
                        <UsedBy tasks=used_by />
                    </td>
                    <td data-label="Actions">
                        <a class="button button-quiet" href=format!("/credentials/{}", credential.id)>
                            "Change"
                            <span class="visually-hidden">{format!(" {name}")}</span>
                        </a>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="table">
            <caption class="visually-hidden">"Credentials and the tasks that use them"</caption>
            <thead>
                <tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"Last changed"</th>
                    <th scope="col">"Used by"</th>
                    <th scope="col">"Actions"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// Links to the tasks, or word that there are none.
#[component]
pub(super) fn UsedBy(
    /// Folder and title of each.
    tasks: Vec<(String, String)>,
) -> AnyView {
    if tasks.is_empty() {
        return view! { <span class="muted">"No task"</span> }.into_any();
    }
    let items = tasks
        .into_iter()
        .map(|(task, title)| {
            view! {
                <li>
                    <a href=format!("/tasks/{task}")>{title}</a>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="plain-list">{items}</ul> }.into_any()
}
