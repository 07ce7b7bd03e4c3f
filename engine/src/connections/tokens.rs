//! From a code, or a refresh token, to tokens.

use chrono::{DateTime, TimeDelta, Utc};
use domain::secret::Secret;
use oauth2::basic::{BasicClient, BasicErrorResponse, BasicTokenResponse};
use oauth2::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet, EndpointSet, PkceCodeVerifier,
    RedirectUrl, RefreshToken, RequestTokenError, TokenResponse, TokenUrl,
};

use super::http::{AskError, Asker};
use super::{App, Provider, Refusal};
use crate::db::now;

/// What a service handed out.
pub(super) struct Tokens {
    /// What opens the account.
    pub(super) access: Secret,
    /// What renews it; none where the service gave no new one.
    pub(super) refresh: Option<Secret>,
    /// None where it does not run out.
    pub(super) expires_at: Option<DateTime<Utc>>,
    /// What was consented to, where the service says so.
    pub(super) granted: Option<Vec<String>>,
}

type Client = BasicClient<EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

fn client(app: &App, secret: &Secret) -> Result<Client, Refusal> {
    let token_url = TokenUrl::new(app.token_url.clone()).map_err(|_| Refusal::Unclear)?;
    // The standard has every service take the secret in a header; these two document it in the form.
    let auth_type = match app.provider {
        Provider::Google | Provider::Slack => AuthType::RequestBody,
        Provider::Other => AuthType::BasicAuth,
    };
    Ok(BasicClient::new(ClientId::new(app.client_id.clone()))
        .set_client_secret(ClientSecret::new(secret.expose().to_owned()))
        .set_auth_type(auth_type)
        .set_token_uri(token_url))
}

/// Tokens for a code that a person brought back.
pub(super) async fn exchange(
    asker: &Asker,
    (app, secret): (&App, &Secret),
    code: &Secret,
    (verifier, redirect_url): (&Secret, String),
) -> Result<Tokens, Refusal> {
    let redirect_url = RedirectUrl::new(redirect_url).map_err(|_| Refusal::Address)?;
    let client = client(app, secret)?.set_redirect_uri(redirect_url);
    let answer = client
        .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
        .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()))
        .request_async(asker)
        .await;
    answer.map(|told| tokens(&told)).map_err(|error| refusal(&error))
}

/// Fresh tokens before the old ones run out.
pub(super) async fn renew(
    asker: &Asker,
    (app, secret): (&App, &Secret),
    refresh: &Secret,
) -> Result<Tokens, Refusal> {
    let client = client(app, secret)?;
    let refresh = RefreshToken::new(refresh.expose().to_owned());
    let answer = client.exchange_refresh_token(&refresh).request_async(asker).await;
    answer.map(|told| tokens(&told)).map_err(|error| refusal(&error))
}

fn tokens(told: &BasicTokenResponse) -> Tokens {
    let lasts = told
        .expires_in()
        .and_then(|lasts| TimeDelta::from_std(lasts).ok())
        .and_then(|lasts| now().checked_add_signed(lasts));
    let granted = told.scopes().map(|scopes| {
        // Slack separates them by commas.
        let words = scopes.iter().flat_map(|scope| scope.split(','));
        words.map(str::to_owned).collect()
    });
    Tokens {
        access: Secret::new(told.access_token().secret().as_str()),
        refresh: told
            .refresh_token()
            .map(|token| Secret::new(token.secret().as_str())),
        expires_at: lasts,
        granted,
    }
}

/// Nothing of what the service sent is logged but its error code: tokens may be in the rest.
fn refusal(error: &RequestTokenError<AskError, BasicErrorResponse>) -> Refusal {
    match error {
        RequestTokenError::ServerResponse(told) => Refusal::of_service(told.error().as_ref()),
        RequestTokenError::Request(AskError::Private(ip)) => {
            tracing::warn!("a connected account's service is at the private address {ip}");
            Refusal::Private
        }
        RequestTokenError::Request(error) => {
            tracing::warn!("a connected account's service could not be asked: {error}");
            Refusal::Unreachable
        }
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            tracing::warn!("a connected account's service gave an answer that cannot be read");
            Refusal::Unreachable
        }
    }
}
