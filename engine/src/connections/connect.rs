//! To the service and back: a link for the person's browser, and what came of it.
//!
//! What binds the two (RFC 9700): `state`, 256 random bits of which only the hash is kept, good once, for ten minutes and
//! for one session; and the verifier of PKCE, sealed until the code arrives.

use chrono::{NaiveDateTime, TimeDelta};
use domain::secret::Secret;
use oauth2::PkceCodeChallenge;
use oauth2::url::Url;

use super::store::CLIENT_SECRET;
use super::{Connections, Provider, Refusal, tokens};
use crate::Error;
use crate::auth::{hash, random, same};
use crate::credentials::vault_owner;
use crate::db::{failed_is_ours, from_db, now, query, to_db};

const LIFE: TimeDelta = TimeDelta::minutes(10);
const VERIFIER: &str = "verifier";

/// What the service sent the person back with. Without `Debug`: a code opens an account.
pub struct Arrived {
    /// What we sent along.
    pub state: String,
    /// What the service gives for the consent.
    pub code: Option<Secret>,
    /// Its error code instead.
    pub error: Option<String>,
}

/// Why an account is not connected.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// There is no such connected account.
    #[error("there is no such connected account")]
    NotFound,
    /// The way back does not belong to a way there from this session, or took too long, or was gone before.
    #[error("nobody set out from this session, or it was too long ago")]
    Unasked,
    /// The service refused.
    #[error("refused: {}", why.code())]
    Refused {
        /// The credential.
        credential: String,
        /// Why.
        why: Refusal,
    },
    /// A failure of ours.
    #[error(transparent)]
    Failed(#[from] Error),
}

failed_is_ours!(ConnectError);

fn vault_owner_of(attempt: &str) -> String {
    format!("connecting:{attempt}")
}

#[derive(sqlx::FromRow)]
struct Attempt {
    credential_id: String,
    session_hash: String,
    redirect_url: String,
    expires_at: NaiveDateTime,
}

impl Connections {
    /// The address at the service on which a person consents. It is good for ten minutes, once, in the session whose
    /// token is given, and leads back to `redirect_url`.
    pub async fn begin(
        &self,
        id: &str,
        session: &str,
        redirect_url: &str,
        by: &str,
    ) -> Result<Secret, ConnectError> {
        let app = self.find(id).await?.ok_or(ConnectError::NotFound)?.app;
        let state = random();
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let attempt = hash(&state);
        let mut tx = self.db.begin().await?;
        let over: Vec<(String,)> = query("SELECT id FROM connection_attempts WHERE expires_at < ?")
            .bind(to_db(now()))
            .fetch_all(&mut tx)
            .await?;
        for (over,) in over {
            query("DELETE FROM connection_attempts WHERE id = ?")
                .bind(over.as_str())
                .execute(&mut tx)
                .await?;
            self.vault
                .clear(&mut tx, &vault_owner_of(&over), VERIFIER)
                .await?;
        }
        query(
            "INSERT INTO connection_attempts (id, credential_id, session_hash, redirect_url, expires_at)
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(attempt.as_str())
        .bind(id)
        .bind(hash(session))
        .bind(redirect_url)
        .bind(to_db(now() + LIFE))
        .execute(&mut tx)
        .await?;
        let verifier = Secret::new(verifier.secret().as_str());
        self.vault
            .replace(&mut tx, &vault_owner_of(&attempt), (VERIFIER, &verifier), by)
            .await?;
        tx.commit().await?;
        let mut url = Url::parse(&app.authorise_url).map_err(|error| Error::Stored(error.to_string()))?;
        let between = if app.provider == Provider::Slack { "," } else { " " };
        {
            let mut query = url.query_pairs_mut();
            query
                .append_pair("response_type", "code")
                .append_pair("client_id", &app.client_id)
                .append_pair("redirect_uri", redirect_url)
                .append_pair("scope", &app.scopes.join(between))
                .append_pair("state", &state)
                .append_pair("code_challenge", challenge.as_str())
                .append_pair("code_challenge_method", "S256");
            if app.provider == Provider::Google {
                // Without these Google gives nothing to renew the access with.
                query
                    .append_pair("access_type", "offline")
                    .append_pair("prompt", "consent");
            }
        }
        Ok(Secret::new(url.as_str()))
    }

    /// Takes what the service sent back and stores the tokens. Returns the credential that is connected now.
    pub async fn finish(&self, arrived: Arrived, session: &str, by: &str) -> Result<String, ConnectError> {
        let attempt = hash(&arrived.state);
        let owner = vault_owner_of(&attempt);
        let mut tx = self.db.begin().await?;
        let found: Option<Attempt> = query(
            "SELECT credential_id, session_hash, redirect_url, expires_at FROM connection_attempts WHERE id = ?",
        )
        .bind(attempt.as_str())
        .fetch_optional(&mut tx)
        .await?;
        let found = found
            .filter(|found| same(&found.session_hash, &hash(session)) && from_db(found.expires_at) > now())
            .ok_or(ConnectError::Unasked)?;
        let verifier = self.vault.open_all(&owner).await?.remove(VERIFIER);
        let gone = query("DELETE FROM connection_attempts WHERE id = ?")
            .bind(attempt.as_str())
            .execute(&mut tx)
            .await?;
        self.vault.clear(&mut tx, &owner, VERIFIER).await?;
        tx.commit().await?;
        let verifier = verifier.filter(|_| gone == 1).ok_or(ConnectError::Unasked)?;
        let id = found.credential_id;
        let outcome = self
            .tokens_for(&id, arrived, (&verifier, found.redirect_url))
            .await?;
        let tokens = match outcome {
            Ok(tokens) => tokens,
            Err(why) => return Err(ConnectError::Refused { credential: id, why }),
        };
        let mut tx = self.db.begin().await?;
        self.keep(&mut tx, &id, &tokens, by).await?;
        query("UPDATE connections SET connected_at = ?, connected_by = ? WHERE id = ?")
            .bind(to_db(now()))
            .bind(by)
            .bind(id.as_str())
            .execute(&mut tx)
            .await?;
        query("UPDATE credentials SET updated_at = ?, updated_by = ? WHERE id = ?")
            .bind(to_db(now()))
            .bind(by)
            .bind(id.as_str())
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(id)
    }

    async fn tokens_for(
        &self,
        id: &str,
        arrived: Arrived,
        (verifier, redirect_url): (&Secret, String),
    ) -> Result<Result<tokens::Tokens, Refusal>, ConnectError> {
        if let Some(code) = arrived.error {
            return Ok(Err(Refusal::of_service(&code)));
        }
        let Some(code) = arrived.code else {
            return Ok(Err(Refusal::Unreachable));
        };
        let app = self.find(id).await?.ok_or(ConnectError::NotFound)?.app;
        let secrets = self.vault.open_all(&vault_owner(id)).await?;
        let secret = secrets.get(CLIENT_SECRET).ok_or(ConnectError::NotFound)?;
        let way = (verifier, redirect_url);
        Ok(tokens::exchange(&self.asker, (&app, secret), &code, way).await)
    }
}
