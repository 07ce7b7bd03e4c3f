//! Reading the tasks folder: which folders and files in it are tasks.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::task::{LoadProblem, ProblemKind, is_task_name};

use super::files::{self, Files};

/// Of a file in the root this much is read to see whether it is a task.
const MAX_READ: u64 = 1024 * 1024;

/// Something that could be a task.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// The folder, or for a single file the root.
    pub(super) folder: PathBuf,
    /// `job.py`, or the single file; none if there is no such file.
    pub(super) job_file: Option<PathBuf>,
    /// Whether it is a file in the root rather than a folder.
    pub(super) is_single_file: bool,
    pub(super) files: Arc<Files>,
    /// Why it is not even looked at.
    pub(super) refused: Option<LoadProblem>,
}

impl Candidate {
    /// Whether nothing that counts differs.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.files.fingerprint == other.files.fingerprint
            && self.folder == other.folder
            && self.job_file == other.job_file
            && self.refused == other.refused
    }

    /// Where its file is or should be.
    pub(super) fn job_file_or_guess(&self) -> PathBuf {
        self.job_file
            .clone()
            .unwrap_or_else(|| self.folder.join("job.py"))
    }

    /// Why there is nothing to load.
    pub(super) fn problem(&self) -> Option<LoadProblem> {
        let is_missing = self.job_file.is_none();
        self.refused
            .clone()
            .or_else(|| is_missing.then(|| self.without_job_file()))
    }

    /// Names a file that was probably meant: `Job.py`, or `my_task/job.py` from an archive.
    fn without_job_file(&self) -> LoadProblem {
        let names = self.files.code.iter().map(|file| file.relative.to_string_lossy());
        let message = match names
            .into_iter()
            .find(|name| name.to_lowercase().ends_with("job.py"))
        {
            Some(name) => format!("The folder has no file named job.py, but one named {name}"),
            None => "The folder has no file named job.py".to_owned(),
        };
        LoadProblem::plain(ProblemKind::NoJobFile, message)
    }

    /// Whether what lies beside the code may be shown although it does not load.
    pub(super) fn may_be_read(&self) -> bool {
        self.refused.is_none() && !self.is_single_file
    }

    /// Whether the code on disk is still what was seen.
    pub(super) fn is_still_so(&self, real_root: &Path) -> bool {
        let now = if self.is_single_file {
            files::of_root(&self.folder, real_root)
        } else {
            files::of_folder(&self.folder, real_root)
        };
        now.fingerprint.code == self.files.fingerprint.code
    }

    /// Whether it is the same code, whatever else there is in the folder.
    pub(super) fn is_same_code(&self, other: &Self) -> bool {
        self.files.fingerprint.code == other.files.fingerprint.code
            && self.folder == other.folder
            && self.job_file == other.job_file
            && self.refused == other.refused
    }
}

/// The tasks folder at one moment.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// By the name shown, which is the task's identity.
    pub(super) candidates: BTreeMap<String, Candidate>,
    /// Python files in the root that are not tasks: others import them.
    pub(super) helpers: Vec<String>,
    /// All folders that hold files of tasks, the root first.
    pub(super) folders: Vec<PathBuf>,
    /// The root's real path.
    pub(super) real_root: PathBuf,
}

/// Reads the root. Names starting with `_` or `.` are not tasks (the original loader's rule; it also passes over a
/// ConfigMap's `..data`). A file that `was_task` still is one while it is half-written.
pub(super) fn scan(root: &Path, was_task: impl Fn(&str) -> bool) -> io::Result<Scan> {
    let real_root = fs::canonicalize(root)?;
    let of_root = Arc::new(files::of_root(root, &real_root));
    let mut scan = Scan {
        folders: vec![root.to_path_buf()],
        ..Scan::default()
    };
    let mut paths: Vec<PathBuf> = fs::read_dir(root)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    // Sorted, a folder comes before the file of its name.
    paths.sort();
    for path in paths {
        let file_name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if file_name.starts_with(['_', '.']) {
            continue;
        }
        // A link that leads nowhere, or a pipe, is neither.
        match fs::metadata(&path) {
            Ok(meta) if meta.is_dir() => {
                let found = folder(path, &real_root);
                scan.folders.extend(found.files.folders.iter().cloned());
                scan.add(file_name, found);
            }
            Ok(meta) if meta.is_file() => {
                let Some(name) = file_name.strip_suffix(".py") else {
                    continue;
                };
                let leads_outside = files::real_path_within(&path, &real_root).is_none();
                if leads_outside || was_task(name) || is_task(&path) {
                    let refused = leads_outside.then(|| outside(&file_name));
                    let found = Candidate {
                        folder: root.to_path_buf(),
                        job_file: Some(path),
                        is_single_file: true,
                        files: Arc::clone(&of_root),
                        refused,
                    };
                    scan.add(name.to_owned(), found);
                } else {
                    scan.helpers.push(file_name);
                }
            }
            _ => {}
        }
    }
    scan.real_root = real_root;
    Ok(scan)
}

impl Scan {
    fn add(&mut self, mut name: String, mut found: Candidate) {
        if !is_task_name(&name) {
            let message = format!("\"{name}\" cannot be the name of a task");
            found.refused = Some(LoadProblem::plain(ProblemKind::BadName, message));
            // Two names that are no UTF-8 can look the same.
            while self.candidates.contains_key(&name) {
                name.push('\u{fffd}');
            }
        }
        if let Some(first) = self.candidates.get_mut(&name) {
            let message = format!("Both the folder {name} and the file {name}.py would be the task {name}");
            first.refused = Some(LoadProblem::plain(ProblemKind::NameTaken, message));
            return;
        }
        self.candidates.insert(name, found);
    }
}

fn folder(path: PathBuf, real_root: &Path) -> Candidate {
    let job_file = path.join("job.py");
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let refused = if files::real_path_within(&path, real_root).is_none() {
        Some(outside(&name))
    } else {
        fs::read_dir(&path).err().map(|error| unreadable(&name, &error))
    };
    if refused.is_some() {
        return Candidate {
            job_file: None,
            is_single_file: false,
            files: Arc::new(files::none()),
            refused,
            folder: path,
        };
    }
    let files = files::of_folder(&path, real_root);
    let refused = files
        .leads_outside
        .as_ref()
        .map(|file| outside(&file.to_string_lossy()));
    Candidate {
        job_file: job_file.is_file().then_some(job_file),
        is_single_file: false,
        folder: path,
        files: Arc::new(files),
        refused,
    }
}

fn outside(what: &str) -> LoadProblem {
    let message = format!("{what} is a link that leads out of the tasks folder");
    LoadProblem::plain(ProblemKind::LeadsOutside, message)
}

/// The problem of a folder or file that may not be read.
pub(super) fn unreadable(what: &str, error: &io::Error) -> LoadProblem {
    let message = format!("{what} cannot be read: {error}");
    LoadProblem::plain(ProblemKind::Unreadable, message)
}

/// Whether a file in the root is a task, by its text: it speaks of `BaseJob`, or defines a class whose name ends in
/// `Job`, or the name `Job`.
fn is_task(path: &Path) -> bool {
    let mut text = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(MAX_READ).read_to_end(&mut text));
    if read.is_err() {
        // Not readable is a problem to show, not a helper to pass over.
        return true;
    }
    let text = String::from_utf8_lossy(&text);
    text.contains("BaseJob")
        || text.lines().any(|line| {
            let class = line.strip_prefix("class ").map(str::trim_start);
            let name = class.map(|class| {
                let end = class.find(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
                &class[..end.unwrap_or(class.len())]
            });
            let assigned = line
                .strip_prefix("Job")
                .map(str::trim_start)
                .is_some_and(|rest| rest.starts_with(['=', ':']) && !rest.starts_with("=="));
            assigned || name.is_some_and(|name| name.ends_with("Job"))
        })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    use super::*;

    fn kind(scan: &Scan, name: &str) -> Option<ProblemKind> {
        scan.candidates[name].refused.as_ref().map(|problem| problem.kind)
    }

    #[test]
    fn f68_each_name_is_a_task_a_problem_or_nothing() {
        let root = tempfile::tempdir().unwrap();
        let long = "x".repeat(255);
        let bad = ["-rf", "a b", "tâche", "a\nb", "$(id)", long.as_str()];
        let good = ["my_task", "Task-2", "9lives"];
        for name in [".git", "_shared", "..data", "__pycache__"]
            .iter()
            .chain(&bad)
            .chain(&good)
        {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        for bytes in [b"caf\xe9".as_slice(), b"caf\xe8"] {
            fs::create_dir(root.path().join(OsStr::from_bytes(bytes))).unwrap();
        }
        fs::write(root.path().join("notes.txt"), "").unwrap();
        fs::write(root.path().join("bad name.py"), "Job = 1").unwrap();
        symlink("nowhere", root.path().join("dangling")).unwrap();
        let scan = scan(root.path(), |_| false).unwrap();
        let mut expected: Vec<&str> = bad.iter().chain(&good).copied().collect();
        expected.extend(["caf\u{fffd}", "caf\u{fffd}\u{fffd}", "bad name"]);
        expected.sort_unstable();
        assert_eq!(scan.candidates.keys().collect::<Vec<_>>(), expected);
        for name in scan.candidates.keys() {
            let expected = (!good.contains(&name.as_str())).then_some(ProblemKind::BadName);
            assert_eq!(kind(&scan, name), expected, "{name:?}");
        }
    }

    #[test]
    fn f68_links_out_of_the_root_are_refused_but_a_linked_root_is_not() {
        let outer = tempfile::tempdir().unwrap();
        let real = outer.path().join("real");
        fs::create_dir_all(real.join("inside")).unwrap();
        fs::create_dir_all(outer.path().join("elsewhere")).unwrap();
        for folder in [real.join("inside"), outer.path().join("elsewhere")] {
            fs::write(folder.join("job.py"), "").unwrap();
        }
        let root = outer.path().join("tasks");
        symlink("real", &root).unwrap();
        symlink("inside", real.join("alias")).unwrap();
        symlink("../elsewhere", real.join("out")).unwrap();
        symlink("/etc/passwd", real.join("passwd.py")).unwrap();
        fs::create_dir(real.join("job_out")).unwrap();
        symlink("/etc/passwd", real.join("job_out/job.py")).unwrap();
        let scan = scan(&root, |_| false).unwrap();
        for (name, expected) in [
            ("inside", None),
            ("alias", None),
            ("out", Some(ProblemKind::LeadsOutside)),
            ("passwd", Some(ProblemKind::LeadsOutside)),
            ("job_out", Some(ProblemKind::LeadsOutside)),
        ] {
            assert_eq!(kind(&scan, name), expected, "{name}");
        }
        assert!(scan.candidates["inside"].job_file.is_some());
    }

    #[test]
    fn f66_a_folder_and_a_file_of_one_name_are_one_problem() {
        let root = tempfile::tempdir().unwrap();
        for name in ["both", "helped"] {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        fs::write(root.path().join("both.py"), "class BothJob(BaseJob): pass").unwrap();
        fs::write(root.path().join("helped.py"), "def helper(): pass").unwrap();
        let scan = scan(root.path(), |_| false).unwrap();
        assert_eq!(kind(&scan, "both"), Some(ProblemKind::NameTaken));
        assert_eq!(kind(&scan, "helped"), None);
        assert_eq!(scan.helpers, ["helped.py"]);
    }

    #[test]
    fn a_file_in_the_root_is_a_task_when_it_speaks_of_a_job() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("x.py");
        let judge = |text: &str| {
            fs::write(&path, text).unwrap();
            is_task(&path)
        };
        for text in [
            "from jobs.base_job import BaseJob",
            "class SyncJob:\n    pass",
            "class  Job:\n    pass",
            "import x\nJob = x.Thing",
            "Job: type = x",
        ] {
            assert!(judge(text), "{text:?}");
        }
        for text in [
            "",
            "def job(): pass",
            "class Jobs:\n    pass",
            "JobList = []",
            "# Job = x",
            "Job == 1",
            "\u{fffd}",
        ] {
            assert!(!judge(text), "{text:?}");
        }
    }
}
