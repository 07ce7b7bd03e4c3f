//! What start links answer: JSON, for programs. No page, no cookie.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::params::FieldError;
use engine::runs::RunSummary;
use engine::start_links::StartError;
use serde_json::{Value, json};

use crate::error::AppError;

/// When to ask again, in seconds.
const SOON: HeaderValue = HeaderValue::from_static("30");

/// A run, as the system that started it may see it: how it stands, not what it worked on.
pub(super) fn run(summary: &RunSummary, status: StatusCode) -> Response {
    let records = &summary.records;
    let body = json!({
        "run": summary.run_id,
        "status": summary.status.code(),
        "failure_reason": summary.failure_reason.map(domain::run::FailureReason::code),
        "queued_at": summary.queued_at,
        "started_at": summary.started_at,
        "completed_at": summary.completed_at,
        "records_processed": records.processed,
        "records_success": records.success,
        "records_failed": records.failed,
    });
    (status, Json(body)).into_response()
}

/// Why nothing was started.
pub enum Refusal {
    /// No such link, or no such run of it.
    NotFound,
    /// The task cannot run at the moment; the sentence says why.
    NotReady(String),
    /// The body cannot be read.
    Body(String),
    /// Values that do not fit, by parameter.
    Values(Vec<FieldError>),
    /// A rule of links.
    Start(StartError),
    /// Our fault, or the database is away.
    Failed(AppError),
}

impl From<engine::Error> for Refusal {
    fn from(error: engine::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::NotFound => error(
                StatusCode::NOT_FOUND,
                "There is no such start link, or it was deleted.",
            ),
            Self::NotReady(sentence) => error(StatusCode::CONFLICT, &sentence),
            Self::Body(sentence) => error(StatusCode::BAD_REQUEST, &sentence),
            Self::Values(errors) => {
                let fields: serde_json::Map<String, Value> = errors
                    .into_iter()
                    .map(|error| (error.name, Value::String(error.message)))
                    .collect();
                let body = json!({"error": "Some values cannot be used.", "values": fields});
                (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
            }
            Self::Start(StartError::Failed(error)) => Self::from(error).into_response(),
            Self::Start(StartError::TooManyWaiting) => soon(error(
                StatusCode::TOO_MANY_REQUESTS,
                &StartError::TooManyWaiting.to_string(),
            )),
            Self::Start(refusal) => error(StatusCode::UNPROCESSABLE_ENTITY, &refusal.to_string()),
            Self::Failed(AppError::Unavailable) => soon(error(
                StatusCode::SERVICE_UNAVAILABLE,
                "The database cannot be reached. Send the same again with the same Idempotency-Key.",
            )),
            Self::Failed(AppError::Internal { reference }) => error(
                StatusCode::INTERNAL_SERVER_ERROR,
                &format!("Something went wrong. The server's log has more under {reference}."),
            ),
            Self::Failed(_) => error(StatusCode::CONFLICT, "The task cannot be started at the moment."),
        }
    }
}

fn error(status: StatusCode, sentence: &str) -> Response {
    (status, Json(json!({ "error": sentence }))).into_response()
}

fn soon(mut response: Response) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, SOON);
    response
}
