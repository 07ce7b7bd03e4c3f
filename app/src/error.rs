//! The one way in which a page fails. What went wrong inside is logged here, once, and never shown.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;

use crate::render::{Page, Viewer};

/// A failure with its own page. Holds safe text only.
#[derive(Debug, PartialEq, Eq)]
pub enum AppError {
    /// Nothing lives at this address, or no longer.
    NotFound,
    /// What was sent cannot be read; the sentence says why.
    BadRequest(&'static str),
    /// More was sent than is read.
    TooLarge,
    /// The database is away, or not there yet.
    Unavailable,
    /// Our fault. The reference finds the log line.
    Internal {
        /// Printed on the page and in the log.
        reference: String,
    },
}

impl AppError {
    fn internal(error: &dyn std::error::Error) -> Self {
        let reference = uuid::Uuid::new_v4().simple().to_string()[..8].to_owned();
        tracing::error!(%reference, %error, "a request failed");
        Self::Internal { reference }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<engine::Error> for AppError {
    fn from(error: engine::Error) -> Self {
        if error.is_away() {
            tracing::warn!(%error, "a request found no database");
            return Self::Unavailable;
        }
        Self::internal(&error)
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let status = self.status();
        let (title, sentence, next) = match self {
            Self::NotFound => (
                "Page not found",
                "There is nothing at this address. It may have been removed, or the address may have a typing mistake."
                    .to_owned(),
                "Go to the list of tasks",
            ),
            Self::BadRequest(sentence) => ("This could not be read", sentence.to_owned(), "Go back to the tasks"),
            Self::TooLarge => (
                "That was too large",
                "Nothing was saved. Go back with your browser: what you typed is still there. Choose a smaller file or a \
                 shorter text, and send it again."
                    .to_owned(),
                "Go to the list of tasks",
            ),
            Self::Unavailable => (
                "The database cannot be reached",
                "Nothing is lost: tasks that are running go on, and schedules catch up. If you sent a form, go back with \
                 your browser, where what you typed still is, and send it again in a minute. If this page stays, tell who \
                 looks after the server."
                    .to_owned(),
                "Try again",
            ),
            Self::Internal { reference } => (
                "Something went wrong",
                format!(
                    "Nothing you did caused this. Try again; if it happens again, tell who looks after the server the reference {reference}."
                ),
                "Go to the list of tasks",
            ),
        };
        Page::new(title).status(status).render(Viewer::nobody(), move || {
            view! {
                <div class="narrow">
                    <h1>{title}</h1>
                    <p class="lead">{sentence}</p>
                    <p>
                        <a class="button" href="/tasks">{next}</a>
                    </p>
                </div>
            }
        })
    }
}
