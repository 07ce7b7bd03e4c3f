//! A submitted form.

use axum::Form;
use axum::extract::{FromRequest, Request};

use crate::error::AppError;

/// The fields of a form as they were sent, in order. Without `Debug`: passwords are among them.
pub struct Submitted(Vec<(String, String)>);

impl Submitted {
    /// What was sent under a name; empty when nothing was.
    pub fn get(&self, name: &str) -> &str {
        self.pairs()
            .find(|(key, _)| *key == name)
            .map_or("", |(_, value)| value)
    }

    /// All fields.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

impl<S: Send + Sync> FromRequest<S> for Submitted {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        match Form::from_request(request, state).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            Err(_) => Err(AppError::BadRequest(
                "The form did not arrive as a form, or it is larger than 2 MB.",
            )),
        }
    }
}
