//! What a task's author does in a terminal: create a task, check it, run it, without the server's database.

mod fill;
mod reload;
mod template;
mod tests_of;
mod workbench;

use std::io;
use std::path::{Path, PathBuf};

pub use reload::ask_for_reload;
pub(crate) use reload::keep_hearing;
pub use template::create_task;
pub use tests_of::Tests;
pub use workbench::{Said, Workbench};

/// Why a command for authors cannot do its work. The texts are for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum AuthorError {
    /// The name cannot be a task's.
    #[error(
        "\"{0}\" cannot be the name of a task: use letters, digits, - and _, at most 64, and begin with a letter or digit."
    )]
    BadName(String),
    /// There is something already.
    #[error("{} exists already.", .0.display())]
    Exists(PathBuf),
    /// A file or folder.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
    /// A file is no good as a parameter.
    #[error("{0}")]
    Upload(#[from] crate::uploads::UploadError),
    /// A text is no good as a credential.
    #[error("{0}")]
    Credential(#[from] crate::credentials::CredentialError),
    /// The engine below.
    #[error(transparent)]
    Engine(#[from] crate::Error),
}

impl AuthorError {
    /// For `map_err` on an I/O call.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}
