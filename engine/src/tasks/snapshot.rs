//! Copies of a task's code, so that what runs is what was described, and a run keeps its code (fault case F73).

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use domain::task::LoadProblem;
use sha2::{Digest, Sha256};

use super::files::{CodeFile, Files};
use super::scan::{Candidate, unreadable};

/// More Python files than this are not copied.
const MAX_FILES: usize = 2000;
/// Nor are more bytes of them.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Of code that is not copied, this much of each file goes into the hash.
const MAX_HASHED: u64 = 4 * 1024 * 1024;

/// A task's code at one moment. The copy goes when nobody holds this any more: neither the catalog nor a run.
#[derive(Debug, PartialEq, Eq)]
pub struct Snapshot {
    folder: Option<PathBuf>,
    hash: String,
}

impl Snapshot {
    /// The folder of the copies; none if there is too much code to copy, which then runs where it is.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// SHA-256 over names and contents of the Python files and `requirements.txt`, in hex.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Of a folder without code to look at.
    pub(super) fn none() -> Self {
        Self {
            folder: None,
            hash: hex::encode(Sha256::digest([])),
        }
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder
            && let Err(error) = fs::remove_dir_all(folder)
            && error.kind() != io::ErrorKind::NotFound
        {
            // The next start removes it.
            tracing::warn!("copied code {} not removed: {error}", folder.display());
        }
    }
}

/// Where copies lie, and who may read them.
#[derive(Debug)]
pub(super) struct Snapshots {
    folder: PathBuf,
    /// Others than the server's own user run tasks.
    is_shared: bool,
    taken: AtomicU64,
}

impl Snapshots {
    pub(super) fn new(data_dir: &Path, is_shared: bool) -> Self {
        Self {
            folder: data_dir.join("code"),
            is_shared,
            taken: AtomicU64::new(0),
        }
    }

    /// Removes what a server that died left. Only for the one server that holds the data folder.
    pub(super) fn remove_left_behind(&self) {
        if let Err(error) = fs::remove_dir_all(&self.folder)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!("{} not removed: {error}", self.folder.display());
        }
    }

    /// Copies a task's code. The caller looks again afterwards whether the files are still the same.
    pub(super) fn take(&self, name: &str, candidate: &Candidate) -> Result<Snapshot, Box<LoadProblem>> {
        let files = &candidate.files;
        let mut hasher = Sha256::new();
        if candidate.is_single_file {
            // They share their neighbours, so the files are the same for all of them.
            hasher.update(name);
            hasher.update([0]);
        }
        if is_too_much(files) {
            for file in &files.code {
                hash(&mut hasher, file, &read(file, MAX_HASHED).unwrap_or_default());
            }
            return Ok(Snapshot {
                folder: None,
                hash: hex::encode(hasher.finalize()),
            });
        }
        let folder = self
            .create(name)
            .map_err(|error| Box::new(unreadable("The data folder", &error)))?;
        // From here on, whatever happens, the folder goes with this.
        let mut snapshot = Snapshot {
            folder: Some(folder.clone()),
            hash: String::new(),
        };
        for file in &files.code {
            let bytes = read(file, u64::MAX)
                .and_then(|bytes| self.write(&folder.join(&file.relative), &bytes).map(|()| bytes))
                .map_err(|error| Box::new(unreadable(&file.relative.to_string_lossy(), &error)))?;
            hash(&mut hasher, file, &bytes);
        }
        snapshot.hash = hex::encode(hasher.finalize());
        Ok(snapshot)
    }

    /// An empty folder of this name's own.
    fn create(&self, name: &str) -> io::Result<PathBuf> {
        let parent = self.folder.join(name);
        self.create_folders(&parent)?;
        loop {
            let number = self.taken.fetch_add(1, Ordering::Relaxed);
            let folder = parent.join(number.to_string());
            match self.create_folder(&folder) {
                // Another process copies into the same data folder: a command line beside the server, say.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                created => return created.map(|()| folder),
            }
        }
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        path.parent()
            .map_or(Ok(()), |parent| self.create_folders(parent))?;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(bytes)?;
        self.share(path, 0o644)
    }

    fn create_folders(&self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        folder
            .parent()
            .map_or(Ok(()), |parent| self.create_folders(parent))?;
        match self.create_folder(folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            created => created,
        }
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        DirBuilder::new().mode(0o700).create(folder)?;
        self.share(folder, 0o755)
    }

    /// Lets the tasks' own user read it, whatever the server's mask is.
    fn share(&self, path: &Path, mode: u32) -> io::Result<()> {
        if self.is_shared {
            fs::set_permissions(path, Permissions::from_mode(mode))?;
        }
        Ok(())
    }
}

/// Whether code is run where it is, because copying it all would cost too much.
pub(super) fn is_too_much(files: &Files) -> bool {
    !files.is_all
        || files.code.len() > MAX_FILES
        || files.code.iter().map(|file| file.size).sum::<u64>() > MAX_BYTES
}

fn hash(hasher: &mut Sha256, file: &CodeFile, bytes: &[u8]) {
    hasher.update(file.relative.as_os_str().as_encoded_bytes());
    hasher.update([0]);
    hasher.update(bytes);
    hasher.update([0]);
}

fn read(file: &CodeFile, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(&file.path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::*;

    fn candidate(root: &Path, name: &str) -> Candidate {
        scan(root, |_| false).unwrap().candidates[name].clone()
    }

    #[test]
    fn the_copy_has_the_code_and_goes_with_its_last_holder() {
        let root = tempfile::tempdir().unwrap();
        let data = tempfile::tempdir().unwrap();
        let task = root.path().join("t");
        fs::create_dir_all(task.join("lib")).unwrap();
        for (file, text) in [
            ("job.py", "a"),
            ("lib/x.py", "b"),
            ("data.csv", "c"),
            ("requirements.txt", "# d"),
        ] {
            fs::write(task.join(file), text).unwrap();
        }
        let snapshots = Snapshots::new(data.path(), false);
        let taken = snapshots.take("t", &candidate(root.path(), "t")).unwrap();
        let folder = taken.folder().unwrap().to_path_buf();
        assert_eq!(fs::read(folder.join("lib/x.py")).unwrap(), b"b");
        assert!(!folder.join("data.csv").exists());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&folder.join("job.py"))), (0o700, 0o600));
        let again = snapshots.take("t", &candidate(root.path(), "t")).unwrap();
        assert!(again.hash() == taken.hash() && again.folder() != taken.folder());
        drop(taken);
        assert!(!folder.exists() && again.folder().unwrap().exists());
        fs::write(task.join("data.csv"), "other").unwrap();
        let hash = |name| {
            snapshots
                .take(name, &candidate(root.path(), name))
                .unwrap()
                .hash()
                .to_owned()
        };
        assert_eq!(hash("t"), again.hash());
        fs::write(task.join("requirements.txt"), "# e").unwrap();
        assert_ne!(hash("t"), again.hash());
    }

    #[test]
    fn single_files_share_their_neighbours_but_not_their_hash() {
        let root = tempfile::tempdir().unwrap();
        let data = tempfile::tempdir().unwrap();
        for (name, text) in [("one.py", "Job = 1"), ("two.py", "Job = 1"), ("tools.py", "")] {
            fs::write(root.path().join(name), text).unwrap();
        }
        let snapshots = Snapshots::new(data.path(), true);
        let take = |name| snapshots.take(name, &candidate(root.path(), name)).unwrap();
        let (one, two) = (take("one"), take("two"));
        assert_ne!(one.hash(), two.hash());
        assert!(one.folder().unwrap().join("tools.py").exists());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let folder = one.folder().unwrap();
        assert_eq!((mode(folder), mode(&folder.join("one.py"))), (0o755, 0o644));
    }

    #[test]
    fn too_much_code_stays_where_it_is_but_is_hashed() {
        let root = tempfile::tempdir().unwrap();
        let data = tempfile::tempdir().unwrap();
        let task = root.path().join("t");
        fs::create_dir(&task).unwrap();
        for number in 0..=MAX_FILES {
            fs::write(task.join(format!("m{number}.py")), "").unwrap();
        }
        let take = || {
            Snapshots::new(data.path(), false)
                .take("t", &candidate(root.path(), "t"))
                .unwrap()
        };
        let before = take();
        assert_eq!(before.folder(), None);
        fs::write(task.join("m7.py"), "x = 1").unwrap();
        assert_ne!(take().hash(), before.hash());
    }
}
