//! `GET /credentials/connected`: a person comes back from the service. What came along stands in the address, so the answer
//! leads to an address without it.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use domain::secret::Secret;
use engine::connections::{Arrived, ConnectError};
use serde::Deserialize;

use crate::error::AppError;
use crate::routes::AppState;
use crate::session::{self, SignedIn};

/// What services send. Without `Debug`: the code opens an account.
#[derive(Deserialize)]
pub struct Sent {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
}

/// Connects the account, or says on its page why not.
pub async fn arrive(
    State(state): State<AppState>,
    who: SignedIn,
    jar: CookieJar,
    Query(sent): Query<Sent>,
) -> Result<Response, AppError> {
    let session = session::token(&state, &jar).ok_or(AppError::NotFound)?;
    let arrived = Arrived {
        state: sent.state,
        code: sent.code.map(Secret::new),
        error: sent.error,
    };
    let connections = &state.engine.connections;
    let address = match connections.finish(arrived, session, &who.account.name).await {
        Ok(id) => format!("/credentials/{id}?done=connected"),
        Err(ConnectError::Refused { credential, why }) => {
            format!("/credentials/{credential}?refused={}", why.code())
        }
        Err(ConnectError::Unasked) => {
            return Err(AppError::BadRequest(
                "This way back was used before, took longer than ten minutes, or began in another browser. Open the credential and connect it again.",
            ));
        }
        Err(ConnectError::NotFound) => return Err(AppError::NotFound),
        Err(ConnectError::Failed(error)) => return Err(error.into()),
    };
    Ok(Redirect::to(&address).into_response())
}
