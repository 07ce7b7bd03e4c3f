//! What a task gets for a connected account: a JSON text, documented in docs/writing-a-task.md.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::secret::Secret;
use serde_json::{Value, json};

use super::{App, Provider};

/// A connected account, open.
pub(super) struct Open<'a> {
    pub(super) app: &'a App,
    pub(super) granted: Vec<String>,
    pub(super) expires_at: Option<DateTime<Utc>>,
    pub(super) access: &'a Secret,
    pub(super) refresh: Option<&'a Secret>,
    pub(super) client_secret: &'a Secret,
}

/// The text. For Google it is what `Credentials.from_authorized_user_info` takes, so that a long run can renew its access
/// by itself; elsewhere a refresh token may be good once only, so that it stays here.
pub(super) fn text(open: &Open<'_>) -> Secret {
    let expires = open
        .expires_at
        .map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
    let mut told = json!({
        "type": "connected_account",
        "provider": open.app.provider.code(),
        "token": open.access.expose(),
        "expiry": expires,
        "scopes": open.granted,
    });
    if let (Provider::Google, Some(refresh)) = (open.app.provider, open.refresh) {
        told["type"] = json!("authorized_user");
        told["refresh_token"] = json!(refresh.expose());
        told["client_id"] = json!(open.app.client_id);
        told["client_secret"] = json!(open.client_secret.expose());
        told["token_uri"] = json!(open.app.token_url);
    }
    if told["expiry"] == Value::Null
        && let Value::Object(fields) = &mut told
    {
        fields.remove("expiry");
    }
    Secret::new(told.to_string())
}
