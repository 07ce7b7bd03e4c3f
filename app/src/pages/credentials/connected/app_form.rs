//! The fields of an app as it is registered at a service.

use domain::params::FieldError;
use domain::secret::Secret;
use engine::connections::{App, ConnectionError, Provider, Typed};
use leptos::prelude::*;

use crate::components::error_summary::field_error;
use crate::components::field::{Labels, TextField};
use crate::components::radios::Radios;
use crate::error::AppError;
use crate::form::Submitted;
use crate::pages::credentials::fields;

const PROVIDER: &str = "provider";
const CLIENT_ID: &str = "client_id";
const CLIENT_SECRET: &str = "client_secret";
const SCOPES: &str = "scopes";
const AUTHORISE_URL: &str = "authorise_url";
const TOKEN_URL: &str = "token_url";

const PROVIDERS: &[(&str, &str)] = &[
    ("google", "Google"),
    ("slack", "Slack"),
    ("other", "Another service with OAuth 2.0"),
];

/// What stands in the form. The secret is never part of it.
#[derive(Clone)]
pub(in crate::pages::credentials) struct Entry {
    provider: String,
    client_id: String,
    scopes: String,
    authorise_url: String,
    token_url: String,
    /// Whether one is saved already, so that an empty field keeps it.
    has_secret: bool,
}

impl Entry {
    pub(super) fn empty() -> Self {
        Self {
            provider: Provider::Google.code().to_owned(),
            client_id: String::new(),
            scopes: String::new(),
            authorise_url: String::new(),
            token_url: String::new(),
            has_secret: false,
        }
    }

    pub(super) fn of(app: &App) -> Self {
        Self {
            provider: app.provider.code().to_owned(),
            client_id: app.client_id.clone(),
            scopes: app.scopes.join(" "),
            authorise_url: app.authorise_url.clone(),
            token_url: app.token_url.clone(),
            has_secret: true,
        }
    }

    pub(super) fn typed(form: &Submitted, has_secret: bool) -> Self {
        let text = |name| form.get(name).to_owned();
        Self {
            provider: text(PROVIDER),
            client_id: text(CLIENT_ID),
            scopes: text(SCOPES),
            authorise_url: text(AUTHORISE_URL),
            token_url: text(TOKEN_URL),
            has_secret,
        }
    }
}

/// A form as the engine takes it.
pub(super) fn typed(form: &Submitted) -> Typed {
    let text = |name| form.get(name).to_owned();
    Typed {
        provider: Provider::from_code(form.get(PROVIDER)).unwrap_or(Provider::Other),
        client_id: text(CLIENT_ID),
        client_secret: Secret::new(form.get(CLIENT_SECRET)),
        scopes: text(SCOPES),
        authorise_url: text(AUTHORISE_URL),
        token_url: text(TOKEN_URL),
    }
}

/// What a person can mend, at its field; everything else is a page of its own.
pub(super) fn at_field(error: ConnectionError) -> Result<FieldError, AppError> {
    let input = match error {
        ConnectionError::Credential(error) => return fields::at_field(error),
        ConnectionError::ClientIdMissing => CLIENT_ID,
        ConnectionError::ClientSecretMissing => CLIENT_SECRET,
        ConnectionError::ScopesMissing => SCOPES,
        ConnectionError::AuthoriseUrl(_) => AUTHORISE_URL,
        ConnectionError::TokenUrl(_) => TOKEN_URL,
    };
    Ok(field_error(input, error.to_string()))
}

/// All but the name.
#[component]
pub(super) fn AppFields(entry: Entry, errors: Vec<FieldError>) -> AnyView {
    let field = |input: &str, label: &str, hint: &str| Labels {
        hint: Some(hint.to_owned()),
        ..Labels::required(input, label).with_error(&errors)
    };
    let secret = Labels {
        note: entry
            .has_secret
            .then(|| "One is saved. Leave the field empty to keep it.".to_owned()),
        optional: entry.has_secret,
        ..field(CLIENT_SECRET, "Client secret", "Nobody can read it back here.")
    };
    let address = |input: &str, label: &str| Labels {
        optional: true,
        ..field(
            input,
            label,
            "Left empty, it is Google's or Slack's own. Another service says it in its documentation.",
        )
    };
    let scopes = field(
        SCOPES,
        "Permissions to ask for",
        "Also called scopes, with a space between them. For Google Drive: https://www.googleapis.com/auth/drive.readonly. \
         For the people of Slack: users:read users:read.email team:read",
    );
    view! {
        <Radios labels=field(PROVIDER, "Service", "Where the account is.") options=PROVIDERS chosen=entry.provider.clone() />
        <TextField
            labels=field(CLIENT_ID, "Client ID", "The service shows it where the app is registered.")
            value=entry.client_id
        />
        <TextField labels=secret value=String::new() kind="password" autocomplete="new-password" />
        <TextField labels=scopes value=entry.scopes />
        <TextField labels=address(AUTHORISE_URL, "Address on which a person consents") value=entry.authorise_url />
        <TextField labels=address(TOKEN_URL, "Address that hands out access") value=entry.token_url />
    }
    .into_any()
}
