//! Word from the command line to a running server: read this task again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::AuthorError;
use crate::tasks::Catalog;

/// How often the server looks for word, and the command for its answer. Looking is one `stat` of an empty folder.
const EVERY: Duration = Duration::from_secs(1);
/// A server answers within this time, or there is none.
const PATIENCE: Duration = Duration::from_secs(5);

fn place(data_dir: &Path) -> PathBuf {
    data_dir.join("reload")
}

/// Leaves word for the server of this data folder, and says whether one took it up.
pub async fn ask_for_reload(data_dir: &Path, name: &str) -> Result<bool, AuthorError> {
    let folder = place(data_dir);
    if !folder.is_dir() || !domain::task::is_task_name(name) {
        return Ok(false);
    }
    let word = folder.join(name);
    fs::write(&word, "").map_err(AuthorError::file(&word))?;
    let deadline = Instant::now() + PATIENCE;
    while word.exists() {
        if Instant::now() > deadline {
            // Nobody is there; word must not wait for a server to come.
            let _ = fs::remove_file(&word);
            return Ok(false);
        }
        tokio::time::sleep(EVERY / 4).await;
    }
    Ok(true)
}

/// Takes up such word for as long as the server lives.
pub(crate) async fn keep_hearing(data_dir: PathBuf, catalog: Catalog, stop: CancellationToken) {
    let folder = place(&data_dir);
    if let Err(error) = fs::create_dir_all(&folder) {
        tracing::warn!("the command line cannot ask for tasks to be read again: {error}");
        return;
    }
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        match names(&folder) {
            Ok(names) => {
                for name in names {
                    catalog.forget(&name);
                }
            }
            Err(error) => tracing::warn!("{}: {error}", folder.display()),
        }
    }
}

/// The names left there, which are taken away.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        fs::remove_file(entry.path())?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    Ok(names)
}
