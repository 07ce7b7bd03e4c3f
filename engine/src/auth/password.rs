//! Passwords: Argon2id with the parameters OWASP names (19 MiB, two passes), off the async threads.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use domain::secret::Secret;
use tokio::sync::Semaphore;

use crate::Error;

/// Each hash takes 19 MiB; two at a time keep a flood of logins from taking the machine (rule S02).
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// Shortest password that is accepted (rule S02).
pub(super) const MIN_LENGTH: usize = 12;

/// The PHC string to store.
pub(super) async fn hash(password: &Secret) -> Result<String, Error> {
    let password = password.clone();
    run(move || {
        Argon2::default()
            .hash_password(password.expose().as_bytes())
            .map(|hash: PasswordHash| hash.to_string())
            .map_err(|_| Error::Vault("a password could not be hashed"))
    })
    .await?
}

/// Whether the password is the stored one. Without a stored one the same work is done, so that the time an answer
/// takes does not tell which names exist (rule S03).
pub(super) async fn verify(password: &Secret, stored: Option<String>) -> Result<bool, Error> {
    let password = password.clone();
    run(move || match stored.as_deref().map(PasswordHash::new) {
        Some(Ok(hash)) => Argon2::default()
            .verify_password(password.expose().as_bytes(), &hash)
            .is_ok(),
        _ => {
            let hashed: Result<PasswordHash, _> =
                Argon2::default().hash_password(password.expose().as_bytes());
            drop(hashed);
            false
        }
    })
    .await
}

async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let _permit = AT_ONCE
        .acquire()
        .await
        .map_err(|_| Error::Vault("password checks are closed"))?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Error::Vault("a password check stopped"))
}
