//! How a connected account stands, on its page.

use domain::params::FieldError;
use domain::run::RunStatus;
use engine::connections::{Connection, Standing};
use leptos::prelude::*;

use super::app_form::{AppFields, Entry};
use crate::components::icons::{StatusIcon, WarningIcon};
use crate::components::time::Exactly;

/// Icon and word.
#[component]
pub(in crate::pages::credentials) fn StandingBadge(
    /// What to show.
    standing: Standing,
) -> AnyView {
    match standing {
        Standing::New => view! { <span class="badge badge-attention"><WarningIcon />"Not connected"</span> }.into_any(),
        Standing::Connected { .. } => view! {
            <span class="badge badge-success"><StatusIcon status=RunStatus::Success />"Connected"</span>
        }
        .into_any(),
        Standing::Broken { .. } => view! {
            <span class="badge badge-failed"><StatusIcon status=RunStatus::Failed />"Needs connecting again"</span>
        }
        .into_any(),
    }
}

/// The account and the button that connects it.
#[component]
pub(in crate::pages::credentials) fn AccountCard(
    connection: Connection,
    address: String,
    back: String,
) -> AnyView {
    let Connection { app, standing, .. } = connection;
    let more = match standing.clone() {
        Standing::New => view! { <p>"No task can use it until somebody connects it."</p> }.into_any(),
        Standing::Connected { at, by } => view! {
            <p>
                {format!("Connected by {by} on ")} <Exactly at />
                ". Its access is renewed by itself before a task starts."
            </p>
        }
        .into_any(),
        Standing::Broken { at, why } => view! {
            <p>{why.sentence(app.provider)}</p>
            <p>"Noticed on " <Exactly at /> ". Runs that need it fail until it is connected again."</p>
        }
        .into_any(),
    };
    let (class, word) = match standing {
        Standing::Connected { .. } => ("button", "Connect again"),
        Standing::New => ("button button-primary", "Connect"),
        Standing::Broken { .. } => ("button button-primary", "Connect again"),
    };
    view! {
        <section class="card" id="account" aria-labelledby="account-title">
            <h2 id="account-title">"Account"</h2>
            <p>
                <StandingBadge standing />
            </p>
            {more}
            <form method="post" action=format!("{address}/connect")>
                <button class=class>{word}</button>
            </form>
            <p class="muted">
                "The address to come back to, as the service has to know it: " <code>{back}</code>
            </p>
        </section>
    }
    .into_any()
}

/// The app through which it is connected.
#[component]
pub(in crate::pages::credentials) fn AppCard(
    connection: Connection,
    address: String,
    entry: Option<Entry>,
    errors: Vec<FieldError>,
) -> AnyView {
    let entry = entry.unwrap_or_else(|| Entry::of(&connection.app));
    view! {
        <section class="card" aria-labelledby="app-title">
            <h2 id="app-title">"The app at the service"</h2>
            <p class="muted">
                "Another client ID, or another address that hands out access, means that the account has to be connected again."
            </p>
            <form method="post" action=format!("{address}/app") novalidate>
                <AppFields entry errors />
                <button class="button">"Save app"</button>
            </form>
        </section>
    }
    .into_any()
}
