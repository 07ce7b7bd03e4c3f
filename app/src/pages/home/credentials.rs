//! Credentials that somebody has to do something about, where tasks use them.

use chrono::NaiveDate;
use domain::run_out::{RunOut, run_out_words};
use engine::connections::Standing;

use super::data::{Attention, What};
use crate::error::AppError;
use crate::pages::credentials::users;
use crate::routes::AppState;

/// The credentials that tasks use and that run out soon. One that no task uses is nobody's trouble.
pub(super) async fn running_out(state: &AppState, today: NaiveDate) -> Result<Vec<Attention>, AppError> {
    let credentials = &state.engine.credentials;
    let mut attention = Vec::new();
    for credential in credentials.list_running_out(RunOut::horizon(today)).await? {
        let used_by = users(state, &credential.id).await?;
        if let Some(day) = credential.runs_out_on
            && !used_by.is_empty()
        {
            attention.push(Attention {
                what: What::Credential {
                    used_by,
                    action: ("Replace the secret", "replace-title"),
                },
                href: format!("/credentials/{}", credential.id),
                title: credential.name,
                sentence: run_out_words(day, today),
            });
        }
    }
    Ok(attention)
}

/// The connected accounts that tasks use and cannot have.
pub(super) async fn not_connected(state: &AppState) -> Result<Vec<Attention>, AppError> {
    let mut attention = Vec::new();
    for connection in state.engine.connections.list().await? {
        let (sentence, word) = match &connection.standing {
            Standing::Connected { .. } => continue,
            Standing::New => ("It is not connected yet.".to_owned(), "Connect"),
            Standing::Broken { why, .. } => (
                format!(
                    "It has to be connected again. {}",
                    why.sentence(connection.app.provider)
                ),
                "Connect again",
            ),
        };
        let used_by = users(state, &connection.credential).await?;
        if let Some(credential) = state.engine.credentials.find(&connection.credential).await?
            && !used_by.is_empty()
        {
            attention.push(Attention {
                what: What::Credential {
                    used_by,
                    action: (word, "account"),
                },
                href: format!("/credentials/{}", credential.id),
                title: credential.name,
                sentence,
            });
        }
    }
    Ok(attention)
}
