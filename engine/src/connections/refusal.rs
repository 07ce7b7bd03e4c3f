//! What a service, or the way to it, has against what was asked, in words for the person who can do something about it.

use domain::coded;

use super::Provider;

coded! {
    /// Why there are no tokens.
    Refusal {
        /// The person did not consent.
        Denied = "denied",
        /// Client id or secret are not those of a registered app.
        Client = "client",
        /// The address to come back to is not registered.
        Address = "address",
        /// The consent is over: taken back, unused for too long, or its code was used before.
        Grant = "grant",
        /// A permission that the service does not know, or not for this app.
        Scopes = "scopes",
        /// The access ran out, and the service gave nothing to renew it with.
        RanOut = "ran_out",
        /// The service is at an address inside the server's own network, which the server's settings do not allow.
        Private = "private",
        /// No answer, or none that can be read.
        Unreachable = "unreachable",
        /// Something else, which the server's log names.
        Unclear = "unclear",
    }
}

impl Refusal {
    /// From the error code of OAuth 2.0, or of Slack, which has its own.
    pub(super) fn of_service(code: &str) -> Self {
        match code {
            "access_denied" => Self::Denied,
            "invalid_client" | "unauthorized_client" | "bad_client_secret" | "invalid_client_id" => {
                Self::Client
            }
            "redirect_uri_mismatch" | "bad_redirect_uri" => Self::Address,
            "invalid_grant"
            | "invalid_code"
            | "code_already_used"
            | "code_expired"
            | "invalid_refresh_token"
            | "token_revoked"
            | "token_expired"
            | "account_inactive" => Self::Grant,
            "invalid_scope" => Self::Scopes,
            "temporarily_unavailable" | "server_error" => Self::Unreachable,
            code => {
                let code: String = code
                    .chars()
                    .filter(|letter| !letter.is_control())
                    .take(60)
                    .collect();
                tracing::warn!(code, "a service refused a connected account");
                Self::Unclear
            }
        }
    }

    /// Whether it stays so until a person does something.
    pub(super) fn lasts(self) -> bool {
        !matches!(self, Self::Private | Self::Unreachable | Self::Unclear)
    }

    /// What happened and what to do, in sentences.
    pub fn sentence(self, provider: Provider) -> String {
        let name = provider.name();
        match self {
            Self::Denied => format!("{name} was not allowed to give access. Connect again and choose Allow."),
            Self::Client => format!(
                "{name} does not accept the client ID or the client secret. Copy both again from the app there, save them, and connect."
            ),
            Self::Address => format!(
                "{name} does not know the address to come back to. Enter it there exactly as it stands on this page."
            ),
            Self::Grant => format!("{name} no longer accepts the consent that was given. Connect again."),
            Self::Scopes => format!("{name} does not know one of the permissions, or not for this app."),
            Self::RanOut => format!("The access ran out, and {name} gave nothing to renew it with. Connect again."),
            Self::Private => "The address that hands out tokens is in a private network, which this server is not allowed to ask. \
                Who looks after the server can allow it with ALLOWED_PRIVATE_ADDRESSES."
                .to_owned(),
            Self::Unreachable => format!("{name} could not be reached, or gave no answer that can be read. Try again later."),
            Self::Unclear => format!("{name} refused for a reason that only its error code names. The server's log has it."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_both_kinds_mean_the_same_and_codes_read_back() {
        for (code, refusal) in [
            ("invalid_grant", Refusal::Grant),
            ("invalid_refresh_token", Refusal::Grant),
            ("invalid_client", Refusal::Client),
            ("bad_client_secret", Refusal::Client),
            ("bad_redirect_uri", Refusal::Address),
            ("what\u{1b}[31m", Refusal::Unclear),
        ] {
            assert_eq!(Refusal::of_service(code), refusal, "{code}");
        }
        for &refusal in Refusal::ALL {
            assert_eq!(Refusal::from_code(refusal.code()), Some(refusal));
            assert!(!refusal.sentence(Provider::Google).is_empty());
        }
    }
}
