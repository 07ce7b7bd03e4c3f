//! A submitted form.

use axum::Form;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::rejection::FormRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::{StatusCode, header};
use engine::uploads::MAX_UPLOAD;

use crate::error::AppError;

/// All texts of a form together, in bytes: 64 KiB a field is the limit that people get a message about.
pub const MAX_FORM: usize = 4 * 1024 * 1024;
/// All files of a form together that are kept in memory, in bytes.
pub const MAX_FILES: usize = 25 * 1024 * 1024;
/// What a form with files may send, in bytes. More than is kept is read and thrown away, so that the person gets the
/// form back with a sentence at the file, and not a connection that breaks off.
pub const MAX_SENT: usize = 128 * 1024 * 1024;

/// The fields of a form as they were sent, in order. Without `Debug`: passwords are among them.
#[derive(Default)]
pub struct Submitted {
    fields: Vec<(String, String)>,
    files: Vec<SentFile>,
}

/// A file of a form.
pub struct SentFile {
    /// Name of its input.
    pub input: String,
    /// As the browser names it.
    pub name: String,
    /// How many bytes it has.
    pub size: u64,
    /// The bytes; `None` when they were too many, alone or with the files before it.
    pub content: Option<Vec<u8>>,
}

impl Submitted {
    /// What was sent under a name; empty when nothing was.
    pub fn get(&self, name: &str) -> &str {
        self.pairs()
            .find(|(key, _)| *key == name)
            .map_or("", |(_, value)| value)
    }

    /// All fields but files.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The files that were chosen, taken out of the form.
    pub fn take_files(&mut self) -> Vec<SentFile> {
        std::mem::take(&mut self.files)
    }

    async fn read(mut parts: Multipart) -> Result<Self, AppError> {
        let mut form = Self::default();
        let (mut text_left, mut files_left) = (MAX_FORM, MAX_FILES);
        while let Some(part) = parts.next_field().await.map_err(unreadable)? {
            let input = part.name().unwrap_or_default().to_owned();
            let Some(name) = part.file_name().map(str::to_owned) else {
                let (bytes, _) = collect(part, text_left).await?;
                let bytes = bytes.ok_or(AppError::TooLarge)?;
                text_left -= bytes.len();
                let text = String::from_utf8_lossy(&bytes).into_owned();
                form.fields.push((input, text));
                continue;
            };
            let limit = usize::try_from(MAX_UPLOAD).unwrap_or(usize::MAX);
            let (content, size) = collect(part, files_left.min(limit)).await?;
            files_left -= content.as_ref().map_or(0, Vec::len);
            // Without a name it is a file input in which nothing was chosen.
            if !name.is_empty() {
                form.files.push(SentFile {
                    input,
                    name,
                    size,
                    content,
                });
            }
        }
        Ok(form)
    }
}

/// The bytes of one part, or none if there are more than `most`, and how many; read to the end in any case.
async fn collect(mut part: Field<'_>, most: usize) -> Result<(Option<Vec<u8>>, u64), AppError> {
    let (mut bytes, mut size) = (Some(Vec::new()), 0);
    while let Some(chunk) = part.chunk().await.map_err(unreadable)? {
        size += chunk.len() as u64;
        bytes = bytes
            .filter(|kept: &Vec<u8>| kept.len() + chunk.len() <= most)
            .map(|mut kept| {
                kept.extend_from_slice(&chunk);
                kept
            });
    }
    Ok((bytes, size))
}

fn unreadable(error: MultipartError) -> AppError {
    refused(error.status())
}

fn refused(status: StatusCode) -> AppError {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => AppError::TooLarge,
        _ => AppError::BadRequest("What arrived was not a whole form."),
    }
}

impl<S: Send + Sync> FromRequest<S> for Submitted {
    type Rejection = AppError;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, AppError> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let has_files = kind
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("multipart/form-data"));
        if has_files {
            DefaultBodyLimit::max(MAX_SENT).apply(&mut request);
            let parts = Multipart::from_request(request, state).await;
            return Self::read(parts.map_err(|rejection| refused(rejection.status()))?).await;
        }
        DefaultBodyLimit::max(MAX_FORM).apply(&mut request);
        let form = Form::from_request(request, state).await;
        let Form(fields) = form.map_err(|rejection: FormRejection| refused(rejection.status()))?;
        Ok(Self {
            fields,
            ..Self::default()
        })
    }
}
