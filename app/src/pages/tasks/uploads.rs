//! The files of a settings form: those that come with it, and those that came with it before it was rejected.

use domain::params::{FieldError, FileRef, ParamSpec, Typed, Violation, asked_for};
use domain::words;
use engine::uploads::{MAX_UPLOAD, UploadError};

use super::data::TaskData;
use crate::components::param_field::upload_input;
use crate::error::AppError;
use crate::form::{MAX_FILES, SentFile, Submitted};
use crate::routes::AppState;
use crate::session::SignedIn;

/// Stores the files that came with a form and puts all of its files into what was typed. Answers which are too large.
///
/// A file is stored before the form is checked, so that a form with a mistake elsewhere need not send it again.
pub(super) async fn receive(
    state: &AppState,
    who: &SignedIn,
    data: &TaskData,
    form: &mut Submitted,
    typed: &mut Typed,
) -> Result<Vec<FieldError>, AppError> {
    let task = &data.folder.name;
    let mut sent = form.take_files();
    let mut too_large = Vec::new();
    for spec in data.specs.iter().filter(|spec| spec.is_file()) {
        let input = spec.input_name();
        let Some(at) = sent.iter().position(|file| file.input == input) else {
            if let Some(file) = earlier(state, task, spec, form).await? {
                typed.set_file(&spec.name, file);
            }
            continue;
        };
        let SentFile {
            name, size, content, ..
        } = sent.swap_remove(at);
        let Some(content) = content else {
            too_large.push((spec, too_much(spec, size)));
            continue;
        };
        let uploads = &state.engine.uploads;
        match uploads
            .store(task, &spec.name, &name, content, &who.account.name)
            .await
        {
            Ok(file) => typed.set_file(&spec.name, file),
            Err(UploadError::TooLarge) => too_large.push((spec, too_much(spec, size))),
            Err(UploadError::Failed(error)) => return Err(error.into()),
        }
    }
    let asked = asked_for(&data.specs, typed, &data.saved_names());
    Ok(too_large
        .into_iter()
        .filter(|(spec, _)| asked.contains(&spec.name))
        .map(|(spec, message)| FieldError {
            name: spec.name.clone(),
            input: spec.input_name(),
            message,
        })
        .collect())
}

/// A file alone may be small enough, and still one too many.
fn too_much(spec: &ParamSpec, size: u64) -> String {
    if size > MAX_UPLOAD {
        return Violation::FileTooBig(MAX_UPLOAD).sentence(&spec.label);
    }
    let most = words::bytes(MAX_FILES as u64);
    format!(
        "{} did not fit: all files sent at once must be {most} or less",
        spec.label
    )
}

/// The file that the form says it sent before. A form may name any id, so it counts only for its own parameter.
async fn earlier(
    state: &AppState,
    task: &str,
    spec: &ParamSpec,
    form: &Submitted,
) -> Result<Option<FileRef>, AppError> {
    let id = form.get(&upload_input(&spec.input_name()));
    if id.is_empty() {
        return Ok(None);
    }
    Ok(state.engine.uploads.find_for(task, &spec.name, id).await?)
}
