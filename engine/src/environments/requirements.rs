//! What a `requirements.txt` asks for, with the files it refers to.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::base::Base;

/// The file's name in a task's folder, as the README says.
pub(crate) const FILE_NAME: &str = "requirements.txt";
/// A list of packages beyond this is none.
const MAX_FILE: u64 = 1024 * 1024;
/// In the folder of a package's source; uv looks at the times of these, too.
const DESCRIBES_PACKAGE: [&str; 3] = ["pyproject.toml", "setup.py", "setup.cfg"];
/// Files that refer to each other.
const MAX_FILES: usize = 50;

/// The requirements of a task, and the environment that fits them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirements {
    key: String,
    folder: PathBuf,
    digest: [u8; 32],
}

impl Requirements {
    /// Name of the environment's folder: a hash over all files, the interpreter and the platform, in hex.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The folder that holds the file.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether the files still say the same.
    pub(super) fn are_current(&self) -> bool {
        Contents::read(&self.folder).is_some_and(|now| now.digest == self.digest)
    }
}

/// The files as read at one moment.
pub(crate) struct Contents {
    folder: PathBuf,
    digest: [u8; 32],
}

impl Contents {
    /// Reads `requirements.txt` in a folder and what it includes by `-r` and `-c`. None when there is no such file, or
    /// when it names no package: comments need no environment.
    pub(crate) fn read(folder: &Path) -> Option<Self> {
        let mut scan = Scan::default();
        scan.file(&folder.join(FILE_NAME), true);
        scan.names_packages.then(|| {
            if scan.is_local {
                // A path means something else in each folder.
                scan.hasher.update(folder.as_os_str().as_encoded_bytes());
            }
            Self {
                folder: folder.to_path_buf(),
                digest: scan.hasher.finalize().into(),
            }
        })
    }

    pub(super) fn on(self, base: &Base) -> Requirements {
        let mut hasher = Sha256::new();
        hasher.update(self.digest);
        for part in [&base.real, &base.version, &base.platform]
            .into_iter()
            .chain(&base.site)
        {
            hasher.update(part.as_bytes());
            hasher.update([0]);
        }
        Requirements {
            key: hex::encode(&hasher.finalize()[..12]),
            folder: self.folder,
            digest: self.digest,
        }
    }
}

/// The files that a folder's `requirements.txt` consists of, itself first; those that are missing too.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut scan = Scan::default();
    scan.file(&folder.join(FILE_NAME), true);
    scan.seen
}

/// The line of `requirements.txt`, counted from 1, whose package a message speaks of.
pub(super) fn line_named_in(folder: &Path, message: &str) -> Option<u32> {
    let words: BTreeSet<String> = message
        .split(|letter: char| !(letter.is_ascii_alphanumeric() || "-_.".contains(letter)))
        .map(|word| plain_name(word.trim_end_matches('.')))
        .collect();
    let text = read(&folder.join(FILE_NAME)).unwrap_or_default();
    String::from_utf8_lossy(&text)
        .lines()
        .position(|line| {
            let name: String = line
                .trim()
                .chars()
                .take_while(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(*letter))
                .collect();
            let is_address = line.trim()[name.len()..].starts_with("://");
            !name.is_empty() && !is_address && words.contains(&plain_name(&name))
        })
        .and_then(|index| u32::try_from(index + 1).ok())
}

/// Python packages are the same whatever their case and separators (PEP 503).
fn plain_name(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}

#[derive(Default)]
struct Scan {
    seen: Vec<PathBuf>,
    hasher: Sha256,
    names_packages: bool,
    is_local: bool,
}

impl Scan {
    /// `installs` is false below a `-c`: a constraint alone installs nothing.
    fn file(&mut self, path: &Path, installs: bool) {
        // One that is missing has no real path, but may come.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        if self.seen.len() >= MAX_FILES || self.seen.contains(&path) {
            return;
        }
        self.seen.push(path.clone());
        let Some(bytes) = read(&path) else {
            return;
        };
        self.hasher
            .update(u64::try_from(bytes.len()).unwrap_or_default().to_le_bytes());
        self.hasher.update(&bytes);
        let text = String::from_utf8_lossy(&bytes).replace("\\\n", " ");
        let folder = path.parent().unwrap_or(Path::new(""));
        for line in text.lines().map(without_comment).filter(|line| !line.is_empty()) {
            if let Some((option, other)) = included(line) {
                if !other.contains("://") {
                    self.file(&folder.join(other), installs && option == 'r');
                }
            } else if !line.starts_with('-') || line.starts_with("-e") || line.starts_with("--editable") {
                self.names_packages |= installs;
                self.local(folder, line);
            }
        }
    }

    /// A package given by its path: when its file, or what describes it in its folder, was last changed counts as well.
    /// The folder's own time does not: builds leave files there.
    fn local(&mut self, folder: &Path, line: &str) {
        let target = line
            .trim_start_matches("--editable")
            .trim_start_matches("-e")
            .trim_start_matches(['=', ' ']);
        let target = target
            .rsplit_once(" @ ")
            .map_or(target, |(_, target)| target.trim());
        let is_path = target.starts_with(['.', '/', '~'])
            || target.starts_with("file:")
            || (!target.contains("://")
                && [".whl", ".tar.gz", ".zip"]
                    .iter()
                    .any(|end| target.ends_with(end)));
        if !is_path {
            return;
        }
        self.is_local = true;
        let path = folder.join(target.trim_start_matches("file://").trim_start_matches("file:"));
        let files = if path.is_dir() {
            DESCRIBES_PACKAGE.map(|name| path.join(name)).to_vec()
        } else {
            vec![path]
        };
        for file in files {
            let changed = fs::metadata(file).and_then(|meta| meta.modified()).ok();
            self.hasher.update(format!("{changed:?}"));
        }
    }
}

fn read(path: &Path) -> Option<Vec<u8>> {
    // Opening a pipe would wait for whoever writes into it.
    let is_file = fs::metadata(path).ok()?.is_file();
    let mut bytes = Vec::new();
    is_file
        .then(|| fs::File::open(path).ok())??
        .take(MAX_FILE)
        .read_to_end(&mut bytes)
        .ok()?;
    Some(bytes)
}

/// pip's rule: a comment begins at the start of a line or after a space.
fn without_comment(line: &str) -> &str {
    let line = line.trim_start_matches('\u{feff}');
    let end = line
        .match_indices('#')
        .find(|(at, _)| *at == 0 || line[..*at].ends_with([' ', '\t']))
        .map_or(line.len(), |(at, _)| at);
    line[..end].trim()
}

/// The file that a line includes, with `r` or `c`.
fn included(line: &str) -> Option<(char, &str)> {
    [
        ("--requirement", 'r'),
        ("--constraint", 'c'),
        ("-r", 'r'),
        ("-c", 'c'),
    ]
    .into_iter()
    .find_map(|(start, option)| Some((option, line.strip_prefix(start)?)))
    .map(|(option, rest)| {
        (
            option,
            rest.trim_start_matches(['=', ' ', '\t']).trim_matches('"'),
        )
    })
    .filter(|(_, other)| !other.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(folder: &Path) -> Option<[u8; 32]> {
        Contents::read(folder).map(|contents| contents.digest)
    }

    #[test]
    fn comments_and_options_alone_need_no_environment() {
        let folder = tempfile::tempdir().unwrap();
        assert!(digest(folder.path()).is_none());
        let file = folder.path().join(FILE_NAME);
        for nothing in [
            "",
            "\n \n",
            "# pandas\n\n  # six",
            "--index-url https://example.org/simple",
            "-c c.txt",
        ] {
            fs::write(folder.path().join("c.txt"), "six<2").unwrap();
            fs::write(&file, nothing).unwrap();
            assert!(digest(folder.path()).is_none(), "{nothing:?}");
        }
        for something in [
            "six",
            "-e .",
            "# x\nsix # why",
            "x @ https://example.org/#egg=x",
            "-r c.txt",
        ] {
            fs::write(&file, something).unwrap();
            assert!(digest(folder.path()).is_some(), "{something:?}");
        }
    }

    #[test]
    fn a_file_included_by_another_counts_and_circles_end() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join(FILE_NAME),
            "-r sub/more.txt\n--constraint=limits.txt\n",
        )
        .unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        fs::write(
            folder.path().join("sub/more.txt"),
            "-r ../requirements.txt\nsix\n",
        )
        .unwrap();
        let before = digest(folder.path()).unwrap();
        fs::write(folder.path().join("limits.txt"), "six<2").unwrap();
        let with_limits = digest(folder.path()).unwrap();
        assert_ne!(before, with_limits);
        fs::write(folder.path().join("sub/more.txt"), "six==1.0\n").unwrap();
        assert_ne!(with_limits, digest(folder.path()).unwrap());
    }

    #[test]
    fn equal_lists_are_one_but_paths_mean_something_else_in_each_folder() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let write = |text: &str| {
            for folder in [&one, &other] {
                fs::write(folder.path().join(FILE_NAME), text).unwrap();
            }
            digest(one.path()) == digest(other.path())
        };
        assert!(write("six\nrequests>=2\n"));
        for local in [
            "./x.whl",
            "x @ file:x.whl",
            "-e .",
            "pkg.tar.gz",
            "--editable=./lib",
        ] {
            assert!(!write(local), "{local}");
        }
    }

    #[test]
    fn the_line_of_a_package_is_found_in_uvs_message() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join(FILE_NAME),
            "# list\nsix\nNo_Such.Pkg>=2  # hm\n",
        )
        .unwrap();
        let message =
            "Because no-such-pkg was not found in the package registry and you require no-such-pkg>=2.";
        assert_eq!(line_named_in(folder.path(), message), Some(3));
        assert_eq!(line_named_in(folder.path(), "error sending request"), None);
    }
}
