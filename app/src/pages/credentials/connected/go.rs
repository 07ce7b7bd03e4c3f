//! `POST /credentials/{id}/connect`: a page with the link to the service. A redirect would do, but the content policy lets
//! forms lead to this server only, and browsers count where a form's answer redirects to.

use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use domain::secret::Secret;
use engine::connections::{ConnectError, Connection};
use leptos::prelude::*;

use super::{host, place, redirect_url};
use crate::components::breadcrumb::Breadcrumb;
use crate::components::layout::Section;
use crate::error::AppError;
use crate::render::Page;
use crate::routes::AppState;
use crate::session::{self, SignedIn};

/// Prepares the way there and shows where it leads.
pub async fn submit(
    State(state): State<AppState>,
    who: SignedIn,
    jar: CookieJar,
    Path(id): Path<String>,
) -> Result<Response, AppError> {
    let connections = &state.engine.connections;
    let connection = connections.find(&id).await?.ok_or(AppError::NotFound)?;
    let session = session::token(&state, &jar).ok_or(AppError::NotFound)?;
    let back = redirect_url(&state);
    let begun = connections.begin(&id, session, &back, &who.account.name).await;
    let url = begun.map_err(|error| match error {
        ConnectError::Failed(error) => error.into(),
        ConnectError::NotFound | ConnectError::Unasked | ConnectError::Refused { .. } => AppError::NotFound,
    })?;
    let page = Page::new("Connect").section(Section::Credentials);
    Ok(page.render(who.viewer(&state), || view! { <Go connection url back /> }))
}

#[component]
fn Go(connection: Connection, url: Secret, back: String) -> AnyView {
    let Connection { app, credential, .. } = connection;
    let place = place(app.provider, &app.authorise_url);
    let address = format!("/credentials/{credential}");
    let links = vec![
        ("/credentials".to_owned(), "Credentials".to_owned()),
        (address.clone(), "This credential".to_owned()),
    ];
    view! {
        <Breadcrumb links />
        <div class="page-head">
            <h1>{format!("Connect with {place}")}</h1>
        </div>
        <section class="card form-card" aria-label="The way there">
            <p>
                {format!(
                    "The next page is that of {}. Sign in there with the account that the tasks shall use, and allow the access. You come back here by yourself. The link works once, within ten minutes.",
                    host(&app.authorise_url),
                )}
            </p>
            <p>
                "If the service says that the address to come back to is not known, enter it there exactly like this: "
                <code>{back}</code>
            </p>
            <div class="actions">
                <a class="button button-primary" href=url.expose().to_owned() rel="noreferrer">
                    {format!("Continue to {place}")}
                </a>
                <a class="button" href=address>
                    "Cancel"
                </a>
            </div>
        </section>
    }
    .into_any()
}
