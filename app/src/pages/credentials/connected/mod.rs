//! Connected accounts: the app that an administrator registered at a service, the way there and back, and how it stands.

pub(super) mod app_form;
pub mod back;
pub(super) mod card;
pub mod change;
pub mod go;
pub mod new;

use axum::http::Uri;
use engine::connections::Provider;

use crate::routes::AppState;

/// Where services send people back to.
pub const BACK: &str = "/credentials/connected";

/// The same as it has to be registered at the service.
pub(super) fn redirect_url(state: &AppState) -> String {
    format!("{}{BACK}", state.address)
}

/// What to call the service in the middle of a sentence: the name that people know, or where it is.
pub(super) fn place(provider: Provider, address: &str) -> String {
    match provider {
        Provider::Google => "Google".to_owned(),
        Provider::Slack => "Slack".to_owned(),
        Provider::Other => host(address),
    }
}

/// The host of an address, which tells people where a link leads.
pub(super) fn host(address: &str) -> String {
    let uri = address.parse::<Uri>().ok();
    uri.and_then(|uri| uri.host().map(str::to_owned))
        .unwrap_or_default()
}
