//! `/tasks/{name}/links/new`: makes a start link and shows its address, this once.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use domain::params::{FieldError, ParamKind, ParamSpec};
use engine::start_links::{StartLinkError, StartToken};
use engine::tasks::TaskFolder;
use leptos::prelude::*;

use crate::components::breadcrumb::Breadcrumb;
use crate::components::error_summary::{ErrorSummary, field_error};
use crate::components::field::{Labels, TextField};
use crate::components::layout::Section;
use crate::components::ticks::Ticks;
use crate::error::AppError;
use crate::form::Submitted;
use crate::pages::schedules::can_be_own;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

const NAME: &str = "name";
const MAY_SET: &str = "may_set";

/// What was typed.
#[derive(Clone, Default)]
struct Entry {
    name: String,
    may_set: Vec<String>,
}

/// An empty form.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Path(name): Path<String>,
) -> Result<Response, AppError> {
    let folder = state.engine.catalog.find(&name).ok_or(AppError::NotFound)?;
    Ok(form_page(&state, &who, &folder, Entry::default(), Vec::new()))
}

/// Makes it. The answer holds the address, so it is no redirect.
pub async fn submit(
    State(state): State<AppState>,
    who: SignedIn,
    Path(name): Path<String>,
    headers: HeaderMap,
    form: Submitted,
) -> Result<Response, AppError> {
    let folder = state.engine.catalog.find(&name).ok_or(AppError::NotFound)?;
    let possible = settable(&folder);
    let entry = Entry {
        name: form.get(NAME).to_owned(),
        may_set: form
            .pairs()
            .filter(|(key, value)| *key == MAY_SET && possible.iter().any(|(name, _)| name == value))
            .map(|(_, value)| value.to_owned())
            .collect(),
    };
    let links = &state.engine.start_links;
    match links
        .create(&name, &entry.name, &entry.may_set, &who.account.name)
        .await
    {
        Ok(token) => Ok(made(
            &state,
            &who,
            &folder,
            &address(&state, &headers, &token),
            entry,
        )),
        Err(StartLinkError::Failed(error)) => Err(error.into()),
        Err(error) => {
            let errors = vec![field_error(NAME, error.to_string())];
            Ok(form_page(&state, &who, &folder, entry, errors))
        }
    }
}

/// The address as the person's own browser reached the server.
fn address(state: &AppState, headers: &HeaderMap, token: &StartToken) -> String {
    let scheme = if state.secure_cookies { "https" } else { "http" };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    format!(
        "{scheme}://{}/start/{}",
        host.unwrap_or("localhost"),
        token.expose()
    )
}

/// Parameters that a link may set, by name, with their labels.
fn settable(folder: &TaskFolder) -> Vec<(String, String)> {
    let specs: &[ParamSpec] = folder.found.as_ref().map_or(&[], |info| &info.params);
    // Which credential is used is for people with an account to say.
    let is_plain = |spec: &&ParamSpec| can_be_own(spec) && !matches!(spec.kind, ParamKind::Credential(_));
    let plain = specs.iter().filter(is_plain);
    plain
        .map(|spec| (spec.name.clone(), format!("{} ({})", spec.label, spec.name)))
        .collect()
}

fn form_page(
    state: &AppState,
    who: &SignedIn,
    folder: &TaskFolder,
    entry: Entry,
    errors: Vec<FieldError>,
) -> Response {
    let page = Page::new("Add a start link")
        .section(Section::Tasks)
        .with_errors(&errors);
    let (task, title, possible) = (folder.name.clone(), folder.title().to_owned(), settable(folder));
    page.render(
        who.viewer(state),
        || view! { <FormPage task title possible entry errors /> },
    )
}

#[component]
fn FormPage(
    task: String,
    title: String,
    possible: Vec<(String, String)>,
    entry: Entry,
    errors: Vec<FieldError>,
) -> AnyView {
    let name = Labels {
        hint: Some(
            "Say which system will use it, such as Web shop. Its runs are listed under this name.".to_owned(),
        ),
        ..Labels::required(NAME, "Name")
    };
    let sets = (!possible.is_empty()).then(|| {
        let labels = Labels {
            hint: Some(
                "Whoever uses the link may send other values for these. All else is as you saved it."
                    .to_owned(),
            ),
            optional: true,
            ..Labels::required(MAY_SET, "Settings it may change")
        };
        view! { <Ticks labels options=possible chosen=entry.may_set.clone() /> }
    });
    view! {
        <Breadcrumb links=up(&task, title) />
        <ErrorSummary errors=errors.clone() />
        <div class="page-head">
            <h1>"Add a start link"</h1>
            <p class="lead">
                "A start link is an address. Whoever has it can start this task, and nothing else: treat it like a password."
            </p>
        </div>
        <form class="card form-card" method="post" action=format!("/tasks/{task}/links/new") novalidate>
            <TextField labels=name.with_error(&errors) value=entry.name />
            {sets}
            <div class="actions">
                <button class="button button-primary">"Make the link"</button>
                <a class="button" href=format!("/tasks/{task}#links")>
                    "Cancel"
                </a>
            </div>
        </form>
    }
    .into_any()
}

fn made(state: &AppState, who: &SignedIn, folder: &TaskFolder, address: &str, entry: Entry) -> Response {
    let page = Page::new("Start link made")
        .section(Section::Tasks)
        .status(StatusCode::CREATED);
    let (task, title, address) = (folder.name.clone(), folder.title().to_owned(), address.to_owned());
    page.render(
        who.viewer(state),
        || view! { <MadePage task title address entry /> },
    )
}

#[component]
fn MadePage(task: String, title: String, address: String, entry: Entry) -> AnyView {
    let example = example(&address, &entry.may_set);
    view! {
        <Breadcrumb links=up(&task, title) />
        <div class="page-head">
            <h1>"Start link made"</h1>
            <p class="lead">"Copy the address now. It is not shown again, not even to you."</p>
        </div>
        <section class="card form-card" aria-labelledby="address-title">
            <h2 id="address-title">{entry.name}</h2>
            <div class="field">
                <label for="address">"Address"</label>
                <input id="address" class="input is-code" readonly value=address />
            </div>
            <h3>"For who sets up the other system"</h3>
            <p>
                "A POST to the address starts a run. The header Idempotency-Key makes sure that the same order sent twice is one run."
            </p>
            <pre>{example}</pre>
            <p>
                <a class="button button-primary" href=format!("/tasks/{task}#links")>
                    "I have copied it"
                </a>
            </p>
        </section>
    }
    .into_any()
}

fn example(address: &str, may_set: &[String]) -> String {
    let mut lines = vec![
        "curl -X POST \\".to_owned(),
        format!("  {address} \\"),
        "  -H 'Idempotency-Key: order-1234'".to_owned(),
    ];
    if let Some(name) = may_set.first() {
        lines.push("  -H 'Content-Type: application/json' \\".to_owned());
        lines.push(format!("  -d '{{\"values\": {{\"{name}\": \"…\"}}}}'"));
        if let Some(line) = lines.get_mut(2) {
            line.push_str(" \\");
        }
    }
    lines.join("\n")
}

fn up(task: &str, title: String) -> Vec<(String, String)> {
    vec![
        ("/tasks".to_owned(), "Tasks".to_owned()),
        (format!("/tasks/{task}"), title),
    ]
}
