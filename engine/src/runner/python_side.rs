//! The Python files a task process imports, carried inside this program and laid out on disk once per version.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::Error;

#[derive(RustEmbed)]
#[folder = "python/"]
#[include = "*.py"]
#[exclude = "tests/*"]
#[exclude = "*.pyc"]
struct PythonSide;

/// Writes the files below the data folder, in a folder named after their content, and returns that folder.
pub(super) fn lay_out(data_dir: &Path, python: &Path) -> Result<PathBuf, Error> {
    let files: Vec<_> = PythonSide::iter()
        .filter_map(|name| PythonSide::get(&name).map(|file| (name, file)))
        .collect();
    let mut hasher = Sha256::new();
    for (name, file) in &files {
        hasher.update(name.as_bytes());
        hasher.update(&file.data);
    }
    let version = hex::encode(&hasher.finalize()[..8]);
    let folder = data_dir.join("python").join(version);
    if folder.join("harness.py").is_file() {
        return readable(folder);
    }
    // Written beside and renamed, so that a server killed half-way leaves no half-written folder in use.
    let draft = folder.with_extension(format!("draft-{}", std::process::id()));
    for (name, file) in &files {
        let path = draft.join(&**name);
        let parent = path.parent().unwrap_or(&draft);
        fs::create_dir_all(parent).map_err(Error::io(format!("create {}", parent.display())))?;
        fs::write(&path, &file.data).map_err(Error::io(format!("write {}", path.display())))?;
    }
    precompile(&draft, &folder, python);
    match fs::rename(&draft, &folder) {
        // Another server was quicker; its files are the same.
        Err(_) if folder.join("harness.py").is_file() => {
            fs::remove_dir_all(&draft).map_err(Error::io(format!("remove {}", draft.display())))?;
        }
        moved => moved.map_err(Error::io(format!("create {}", folder.display())))?,
    }
    readable(folder)
}

fn readable(folder: PathBuf) -> Result<PathBuf, Error> {
    let above = folder.parent().unwrap_or(&folder);
    open_to_others(above, 0o755)
        .and_then(|()| let_others_read(&folder))
        .map_err(Error::io(format!("let others read {}", folder.display())))?;
    Ok(folder)
}

/// Tasks may run as another user, and the server may have been started with a strict umask.
fn let_others_read(folder: &Path) -> io::Result<()> {
    open_to_others(folder, 0o755)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            let_others_read(&entry.path())?;
        } else {
            open_to_others(&entry.path(), 0o644)?;
        }
    }
    Ok(())
}

fn open_to_others(path: &Path, mode: u32) -> io::Result<()> {
    if fs::metadata(path)?.permissions().mode() & mode == mode {
        return Ok(());
    }
    fs::set_permissions(path, Permissions::from_mode(mode))
}

/// Compiles the files once, since runs never write Python's caches (`-B`): a run starts some 4 ms sooner. The paths in
/// tracebacks are those of the final folder. Without it everything works as well.
fn precompile(draft: &Path, folder: &Path, python: &Path) {
    let compiled = std::process::Command::new(python)
        .args(["-I", "-m", "compileall", "-q", "-s"])
        .arg(draft)
        .arg("-p")
        .arg(folder)
        .arg(draft)
        .status();
    if !compiled.is_ok_and(|status| status.success()) {
        tracing::debug!("the Python side could not be compiled in advance");
    }
}
