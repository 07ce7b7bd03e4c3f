//! The files of one task: which are code, whether any of them changed, and whether one leads out of the tasks folder.

use std::fs::{self, Metadata};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::environments;

/// Deeper nesting is data, not code.
const MAX_DEPTH: usize = 8;
/// A folder with more files holds data as well; looking at all of it every few seconds would cost.
const MAX_FILES: usize = 5000;
/// Folders that hold other people's code.
const NOT_OURS: &[&str] = &["__pycache__", "node_modules", "site-packages"];
/// A README beyond this is cut (fault case F69).
const MAX_README: u64 = 256 * 1024;
/// Files changed longer ago than this are not being written.
const SETTLED: Duration = Duration::from_secs(1);

/// A code file: where it is, and what it is called within the task.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CodeFile {
    pub(super) path: PathBuf,
    pub(super) relative: PathBuf,
    pub(super) size: u64,
}

/// Numbers that change when files do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fingerprint {
    /// Of the code.
    pub(super) code: u64,
    /// Of all files: a task may read others while it is described.
    pub(super) all: u64,
}

/// A task's files as found at one moment.
#[derive(Debug)]
pub(super) struct Files {
    /// Sorted.
    pub(super) code: Vec<CodeFile>,
    pub(super) fingerprint: Fingerprint,
    /// Whether nothing was left out for being too much or too deep.
    pub(super) is_all: bool,
    /// A code file that is a link out of the tasks folder, by its name within the task.
    pub(super) leads_outside: Option<PathBuf>,
    /// When any of them was last changed.
    changed: SystemTime,
    /// The folders that hold them.
    pub(super) folders: Vec<PathBuf>,
}

impl Files {
    /// Whether all of it is older than the time that writing a file takes.
    pub(super) fn are_settled(&self) -> bool {
        self.changed.elapsed().is_ok_and(|age| age > SETTLED)
    }
}

/// No files at all.
pub(super) fn none() -> Files {
    Walk::new(Path::new("")).finish()
}

/// The files below a task's folder. `root` is the real path of the tasks folder.
pub(super) fn of_folder(folder: &Path, root: &Path) -> Files {
    let mut walk = Walk::new(root);
    walk.folder(folder, Path::new(""), 0);
    walk.requirements(folder);
    walk.finish()
}

/// The Python files and `requirements.txt` directly in the root, which is what a task of a single file can import.
pub(super) fn of_root(root: &Path, real_root: &Path) -> Files {
    let mut walk = Walk::new(real_root);
    walk.folders.push(root.to_path_buf());
    for path in entries(root) {
        if is_code(&path) && fs::metadata(&path).is_ok_and(|meta| meta.is_file()) {
            let name = path.file_name().unwrap_or_default().to_owned();
            walk.file(path, name.into());
        }
    }
    walk.requirements(root);
    walk.finish()
}

struct Walk<'a> {
    root: &'a Path,
    code: Vec<CodeFile>,
    /// Path and what changes about it.
    seen: Vec<(PathBuf, Stamp, bool)>,
    is_all: bool,
    leads_outside: Option<PathBuf>,
    changed: SystemTime,
    folders: Vec<PathBuf>,
    /// Real paths of linked folders, so that circles end.
    linked: Vec<PathBuf>,
}

/// Inode, size, and the two times: a file that was replaced, or made readable, counts as changed.
type Stamp = (u64, u64, i64, i64, i64, i64);

fn stamp(meta: &Metadata) -> Stamp {
    (
        meta.ino(),
        meta.len(),
        meta.mtime(),
        meta.mtime_nsec(),
        meta.ctime(),
        meta.ctime_nsec(),
    )
}

impl<'a> Walk<'a> {
    fn new(root: &'a Path) -> Self {
        Self {
            root,
            code: Vec::new(),
            seen: Vec::new(),
            is_all: true,
            leads_outside: None,
            changed: SystemTime::UNIX_EPOCH,
            folders: Vec::new(),
            linked: Vec::new(),
        }
    }

    fn folder(&mut self, folder: &Path, relative: &Path, depth: usize) {
        self.folders.push(folder.to_path_buf());
        for path in entries(folder) {
            if self.seen.len() >= MAX_FILES {
                self.is_all = false;
                return;
            }
            let name = path.file_name().unwrap_or_default().to_owned();
            // Links that lead nowhere, pipes and sockets are not files to read.
            match fs::metadata(&path) {
                Ok(meta) if meta.is_dir() && is_ours(&path) => {
                    if depth >= MAX_DEPTH {
                        self.is_all = false;
                    } else if self.may_enter(&path) {
                        self.folder(&path, &relative.join(name), depth + 1);
                    }
                }
                Ok(meta) if meta.is_file() => self.file(path, relative.join(name)),
                _ => {}
            }
        }
    }

    /// A linked folder is entered once, and only within the tasks folder. One that holds the link is not: with it would
    /// come every other task, and what is wrong with them.
    fn may_enter(&mut self, path: &Path) -> bool {
        if !path.is_symlink() {
            return true;
        }
        let Some(real) = real_path_within(path, self.root) else {
            return false;
        };
        let holder = path.parent().and_then(|parent| fs::canonicalize(parent).ok());
        if holder.is_some_and(|holder| holder.starts_with(&real)) {
            return false;
        }
        let is_new = !self.linked.contains(&real);
        self.linked.push(real);
        is_new
    }

    fn file(&mut self, path: PathBuf, relative: PathBuf) {
        let is_code = is_code(&path);
        if path.is_symlink() && real_path_within(&path, self.root).is_none() {
            if is_code {
                self.leads_outside.get_or_insert(relative);
            }
            return;
        }
        let Ok(meta) = fs::metadata(&path) else {
            return;
        };
        self.stamp(&path, &meta, is_code);
        if is_code {
            self.code.push(CodeFile {
                path,
                relative,
                size: meta.len(),
            });
        }
    }

    fn stamp(&mut self, path: &Path, meta: &Metadata, is_code: bool) {
        let time = |secs: i64, nanos: i64| {
            let since_epoch = Duration::new(
                u64::try_from(secs).unwrap_or_default(),
                u32::try_from(nanos).unwrap_or_default(),
            );
            SystemTime::UNIX_EPOCH + since_epoch
        };
        self.changed = self
            .changed
            .max(time(meta.mtime(), meta.mtime_nsec()))
            .max(time(meta.ctime(), meta.ctime_nsec()));
        self.seen.push((path.to_path_buf(), stamp(meta), is_code));
    }

    /// Lists that `requirements.txt` includes count like itself, wherever they are.
    fn requirements(&mut self, folder: &Path) {
        for path in environments::files(folder) {
            if let Ok(meta) = fs::metadata(&path) {
                self.stamp(&path, &meta, true);
            }
        }
    }

    fn finish(mut self) -> Files {
        self.seen.sort();
        self.code.sort();
        let (mut code, mut all) = (DefaultHasher::new(), DefaultHasher::new());
        self.leads_outside.hash(&mut code);
        for (path, stamp, is_code) in &self.seen {
            (path, stamp).hash(&mut all);
            if *is_code {
                (path, stamp).hash(&mut code);
            }
        }
        let code = code.finish();
        code.hash(&mut all);
        Files {
            code: self.code,
            fingerprint: Fingerprint {
                code,
                all: all.finish(),
            },
            is_all: self.is_all,
            leads_outside: self.leads_outside,
            changed: self.changed,
            folders: self.folders,
        }
    }
}

/// The real path, if it lies in the root, given by its real path.
pub(super) fn real_path_within(path: &Path, root: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok().filter(|real| real.starts_with(root))
}

/// The task's README.md, if it has one. What leads out of the tasks folder is not shown to anybody.
pub(super) fn readme(folder: &Path, root: &Path) -> Option<String> {
    let path = real_path_within(&folder.join("README.md"), root).filter(|path| path.is_file())?;
    let mut bytes = Vec::new();
    // A short read leaves what was read, which is as good as any answer here.
    let _ = fs::File::open(path)
        .ok()?
        .take(MAX_README)
        .read_to_end(&mut bytes);
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn is_code(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "py")
        || file
            .file_name()
            .is_some_and(|name| name == environments::FILE_NAME)
}

/// Not a cache, not a virtual environment, not a checkout's own folder.
fn is_ours(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default();
    !NOT_OURS.iter().any(|not_ours| name == *not_ours) && !folder.join("pyvenv.cfg").exists()
}

/// What is in a folder but for hidden names; nothing if it cannot be read, which describing the task will tell.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."))
        .map(|entry| entry.path())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn names(files: &Files) -> Vec<&str> {
        files
            .code
            .iter()
            .map(|file| file.relative.to_str().unwrap())
            .collect()
    }

    #[test]
    fn a_changed_file_changes_the_fingerprint_but_a_cache_or_a_data_file_does_not_change_that_of_the_code() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("__pycache__")).unwrap();
        fs::write(root.path().join("job.py"), "a = 1").unwrap();
        let look = || of_folder(root.path(), root.path()).fingerprint;
        let before = look();
        fs::write(root.path().join("__pycache__/job.pyc"), "x").unwrap();
        assert_eq!(look(), before);
        fs::write(root.path().join("data.csv"), "1").unwrap();
        let with_data = look();
        assert!(with_data.code == before.code && with_data.all != before.all);
        fs::write(root.path().join("job.py"), "a = 22").unwrap();
        assert_ne!(look().code, with_data.code);
    }

    #[test]
    fn f74_files_are_settled_a_second_after_the_last_change_and_not_a_moment_sooner() {
        let root = tempfile::tempdir().unwrap();
        let file = fs::File::create(root.path().join("job.py")).unwrap();
        let mut files = of_folder(root.path(), root.path());
        assert!(files.changed >= file.metadata().unwrap().modified().unwrap());
        files.changed = SystemTime::now();
        assert!(!files.are_settled());
        files.changed -= Duration::from_millis(1001);
        assert!(files.are_settled());
        // A clock that was put back.
        files.changed = SystemTime::now() + Duration::from_mins(1);
        assert!(!files.are_settled());
    }

    #[test]
    fn a_list_of_packages_that_another_includes_counts_as_code() {
        let root = tempfile::tempdir().unwrap();
        let task = root.path().join("t");
        fs::create_dir(&task).unwrap();
        fs::write(task.join("requirements.txt"), "-c ../limits.txt\nsix").unwrap();
        fs::write(root.path().join("limits.txt"), "six<2").unwrap();
        let before = of_folder(&task, root.path()).fingerprint.code;
        fs::write(root.path().join("limits.txt"), "six<3").unwrap();
        assert_ne!(of_folder(&task, root.path()).fingerprint.code, before);
    }

    #[test]
    fn links_within_the_root_are_followed_once_and_links_out_of_it_are_told() {
        let root = tempfile::tempdir().unwrap();
        let task = root.path().join("t");
        fs::create_dir_all(root.path().join("_shared")).unwrap();
        fs::create_dir(&task).unwrap();
        fs::write(root.path().join("_shared/tools.py"), "").unwrap();
        symlink("../_shared", task.join("shared")).unwrap();
        symlink("../t", task.join("circle")).unwrap();
        symlink("..", task.join("around")).unwrap();
        symlink("/etc/hostname", root.path().join("elsewhere.py")).unwrap();
        symlink("nowhere.py", task.join("dangling.py")).unwrap();
        fs::write(task.join("job.py"), "").unwrap();
        let real = fs::canonicalize(root.path()).unwrap();
        let files = of_folder(&task, &real);
        assert!(names(&files).contains(&"shared/tools.py"), "{files:?}");
        assert_eq!(files.leads_outside, None);
        symlink("/etc/passwd", task.join("helper.py")).unwrap();
        symlink("/etc/hostname", task.join("README.md")).unwrap();
        assert_eq!(of_folder(&task, &real).leads_outside, Some("helper.py".into()));
        assert_eq!(readme(&task, &real), None);
    }

    #[test]
    fn a_pipe_is_not_read_and_a_virtual_environment_is_not_code() {
        let root = tempfile::tempdir().unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(root.path().join("job.py"))
            .status();
        assert!(made.unwrap().success());
        fs::create_dir_all(root.path().join("env/lib")).unwrap();
        fs::write(root.path().join("env/pyvenv.cfg"), "").unwrap();
        fs::write(root.path().join("env/lib/x.py"), "").unwrap();
        assert_eq!(names(&of_folder(root.path(), root.path())), [""; 0]);
    }

    #[test]
    fn too_many_files_are_counted_no_further() {
        let root = tempfile::tempdir().unwrap();
        for number in 0..=MAX_FILES {
            fs::write(root.path().join(format!("{number}.csv")), "").unwrap();
        }
        assert!(!of_folder(root.path(), root.path()).is_all);
    }
}
