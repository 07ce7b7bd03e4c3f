//! An app as it is registered at a service, and what an administrator may enter of one.

use domain::coded;
use domain::secret::Secret;
use oauth2::url::Url;

use super::ConnectionError;

coded! {
    /// A service that hands out tokens.
    Provider {
        /// Google Workspace and Google accounts.
        Google = "google",
        /// Slack.
        Slack = "slack",
        /// Any other with OAuth 2.0.
        Other = "other",
    }
}

impl Provider {
    /// At the beginning of a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::Slack => "Slack",
            Self::Other => "The service",
        }
    }

    /// Where a person consents, and where tokens are handed out.
    fn addresses(self) -> [&'static str; 2] {
        match self {
            Self::Google => [
                "https://accounts.google.com/o/oauth2/v2/auth",
                "https://oauth2.googleapis.com/token",
            ],
            Self::Slack => [
                "https://slack.com/oauth/v2/authorize",
                "https://slack.com/api/oauth.v2.access",
            ],
            Self::Other => ["", ""],
        }
    }
}

/// An app as it is registered at a service, without its secret.
#[derive(Debug, Clone, PartialEq)]
pub struct App {
    /// The service.
    pub provider: Provider,
    /// What the service calls the app.
    pub client_id: String,
    /// What tasks may do with the account, each a word of the service.
    pub scopes: Vec<String>,
    /// Where a person consents.
    pub authorise_url: String,
    /// Where tokens are handed out.
    pub token_url: String,
}

/// An app as it was typed.
pub struct Typed {
    /// The service.
    pub provider: Provider,
    /// What the service calls the app.
    pub client_id: String,
    /// The app's password; empty keeps the one that is saved.
    pub client_secret: Secret,
    /// Separated by spaces, commas or lines.
    pub scopes: String,
    /// Empty means the provider's own.
    pub authorise_url: String,
    /// Empty means the provider's own.
    pub token_url: String,
}

impl Typed {
    /// The app, and its new secret if there is one. `may_be_plain` says of which hosts plain http is allowed.
    pub(super) fn checked(
        &self,
        may_be_plain: impl Fn(&Url) -> bool,
    ) -> Result<(App, Option<Secret>), ConnectionError> {
        let client_id = self.client_id.trim();
        if client_id.is_empty() {
            return Err(ConnectionError::ClientIdMissing);
        }
        let scopes: Vec<String> = self
            .scopes
            .split([' ', ',', '\n', '\r', '\t'])
            .filter(|scope| !scope.is_empty())
            .map(str::to_owned)
            .collect();
        if scopes.is_empty() {
            return Err(ConnectionError::ScopesMissing);
        }
        let [authorise, token] = self.provider.addresses();
        let address = |typed: &str, own: &str| checked_url(typed.trim(), own, &may_be_plain);
        let app = App {
            provider: self.provider,
            client_id: client_id.to_owned(),
            scopes,
            authorise_url: address(&self.authorise_url, authorise).map_err(ConnectionError::AuthoriseUrl)?,
            token_url: address(&self.token_url, token).map_err(ConnectionError::TokenUrl)?,
        };
        // What is copied often ends in a line break.
        let secret = Some(self.client_secret.expose().trim())
            .filter(|secret| !secret.is_empty())
            .map(Secret::new);
        Ok((app, secret))
    }
}

fn checked_url(typed: &str, own: &str, may_be_plain: impl Fn(&Url) -> bool) -> Result<String, String> {
    if typed.is_empty() {
        return match own {
            "" => Err("Enter the address, like https://login.example.org/token".to_owned()),
            own => Ok(own.to_owned()),
        };
    }
    let not_one = || "The address must look like https://login.example.org/token".to_owned();
    let url = Url::parse(typed).map_err(|_| not_one())?;
    if !url.has_host() || !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(not_one());
    }
    match url.scheme() {
        "https" => Ok(typed.to_owned()),
        "http" if may_be_plain(&url) => Ok(typed.to_owned()),
        _ => Err("The address must begin with https://".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(provider: Provider, authorise_url: &str, token_url: &str) -> Typed {
        Typed {
            provider,
            client_id: " id \n".to_owned(),
            client_secret: Secret::new(" secret\r\n"),
            scopes: "a, b\nc".to_owned(),
            authorise_url: authorise_url.to_owned(),
            token_url: token_url.to_owned(),
        }
    }

    #[test]
    fn the_providers_own_addresses_stand_in_and_others_have_to_be_entered() {
        let (app, secret) = typed(Provider::Google, "", " ").checked(|_| false).unwrap();
        assert_eq!(app.token_url, "https://oauth2.googleapis.com/token");
        assert_eq!(
            (app.client_id.as_str(), app.scopes),
            ("id", vec!["a".into(), "b".into(), "c".into()])
        );
        assert_eq!(secret.unwrap().expose(), "secret");
        let missing = typed(Provider::Other, "", "https://x.example/t").checked(|_| false);
        assert!(matches!(missing, Err(ConnectionError::AuthoriseUrl(_))));
    }

    #[test]
    fn s19_addresses_are_https_unless_their_host_is_allowed_and_hold_no_password() {
        let refused = |url: &str| typed(Provider::Slack, "", url).checked(|_| false).is_err();
        for url in [
            "http://x.example/t",
            "ftp://x.example/t",
            "https://a:b@x.example/t",
            "https://x.example/t#part",
            "javascript:alert(1)",
            "token",
        ] {
            assert!(refused(url), "{url}");
        }
        assert!(!refused("https://x.example/t"));
        assert!(
            typed(Provider::Slack, "", "http://10.0.0.1/t")
                .checked(|_| true)
                .is_ok()
        );
    }
}
