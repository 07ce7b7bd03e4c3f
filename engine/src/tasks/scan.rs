//! Reading the tasks folder: which folders there are, and whether anything in them changed.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Deeper nesting is data, not code.
const MAX_DEPTH: usize = 4;
/// A folder with more files holds data as well; looking at all of it every two seconds would cost.
const MAX_FILES: usize = 2000;
/// Folders that hold other people's code.
const NOT_OURS: &[&str] = &["__pycache__", "venv", "node_modules"];
/// A README beyond this is cut (fault case F69).
const MAX_README: u64 = 256 * 1024;
/// Files beyond this are not hashed as code.
const MAX_CODE: u64 = 4 * 1024 * 1024;

/// A folder that could be a task, with a number that changes when its files do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) path: PathBuf,
    pub(super) fingerprint: u64,
}

/// The folders one level below the root, by name. Names starting with `_` or `.` are not tasks (the original loader's
/// rule; it also passes over a ConfigMap's `..data`).
pub(super) fn candidates(root: &Path) -> std::io::Result<BTreeMap<String, Candidate>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(root)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.starts_with(['_', '.']) || !path.is_dir() {
            continue;
        }
        let mut hasher = DefaultHasher::new();
        for file in files(&path) {
            file.hash(&mut hasher);
            if let Ok(meta) = fs::metadata(&file) {
                (meta.len(), meta.modified().ok()).hash(&mut hasher);
            }
        }
        found.insert(
            name,
            Candidate {
                path,
                fingerprint: hasher.finish(),
            },
        );
    }
    Ok(found)
}

/// SHA-256 over names and contents of the Python files and `requirements.txt`, in hex.
pub(super) fn code_hash(folder: &Path) -> String {
    let mut hasher = Sha256::new();
    for file in files(folder).into_iter().filter(|file| is_code(file)) {
        let relative = file.strip_prefix(folder).unwrap_or(&file);
        hasher.update(relative.as_os_str().as_encoded_bytes());
        hasher.update([0]);
        hasher.update(read_up_to(&file, MAX_CODE));
        hasher.update([0]);
    }
    hex::encode(hasher.finalize())
}

/// The folder's README.md, if it has one.
pub(super) fn readme(folder: &Path) -> Option<String> {
    let path = folder.join("README.md");
    path.is_file()
        .then(|| String::from_utf8_lossy(&read_up_to(&path, MAX_README)).into_owned())
}

fn is_code(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "py")
        || file.file_name().is_some_and(|name| name == "requirements.txt")
}

/// What cannot be read counts as empty: describing the task will say why.
fn read_up_to(file: &Path, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Ok(file) = fs::File::open(file) {
        // A short read leaves what was read, which is as good as any answer here.
        let _ = file.take(most).read_to_end(&mut bytes);
    }
    bytes
}

/// The files below a folder, sorted, without Python's caches.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![(folder.to_path_buf(), 0)];
    while let Some((folder, depth)) = waiting.pop().filter(|_| found.len() < MAX_FILES) {
        for path in fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
        {
            let name = path.file_name().unwrap_or_default();
            if NOT_OURS.iter().any(|not_ours| name == *not_ours) || name.as_encoded_bytes().starts_with(b".")
            {
                continue;
            }
            match path.is_dir() {
                true if depth < MAX_DEPTH && !path.is_symlink() => waiting.push((path, depth + 1)),
                true => {}
                false => found.push(path),
            }
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_changes_fingerprint_and_hash_but_a_cache_does_not() {
        let root = tempfile::tempdir().unwrap();
        let task = root.path().join("t");
        fs::create_dir_all(task.join("__pycache__")).unwrap();
        fs::write(task.join("job.py"), "a = 1").unwrap();
        let look = || {
            (
                candidates(root.path()).unwrap()["t"].fingerprint,
                code_hash(&task),
            )
        };
        let before = look();
        fs::write(task.join("__pycache__/job.pyc"), "x").unwrap();
        assert_eq!(look(), before);
        fs::write(task.join("job.py"), "a = 22").unwrap();
        let after = look();
        assert!(after.0 != before.0 && after.1 != before.1);
    }

    #[test]
    fn hidden_and_private_folders_and_plain_files_are_not_tasks() {
        let root = tempfile::tempdir().unwrap();
        for name in [".git", "_shared", "..data", "__pycache__", "real"] {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        fs::write(root.path().join("notes.txt"), "").unwrap();
        assert_eq!(
            candidates(root.path()).unwrap().into_keys().collect::<Vec<_>>(),
            ["real"]
        );
    }
}
