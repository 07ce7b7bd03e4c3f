//! Taking over the files that a run hands over. The task may have run as another user and laid traps: nothing that it
//! prepared is followed, and only plain files of its own are taken.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use domain::run::{LogLevel, LogStream};
use rustix::fs::{CWD, Mode, OFlags, openat, renameat};
use rustix::io::Errno;
use rustix::process::{getegid, geteuid};

use super::events::Announced;
use super::folder;
use super::log_writer::LogSink;
use super::redact::Redactor;
use super::run::Runner;
use crate::runs::{Claimed, Kept};

/// Where the harness puts copies, in the working folder.
const HANDED_OVER: &str = ".artifacts";
/// The harness refuses the same and says so to the task; here it is enforced.
const MAX_FILES: usize = 100;
const MAX_FILE: u64 = 100 * 1024 * 1024;
const MAX_TOTAL: u64 = 500 * 1024 * 1024;
/// Letters of a file's name.
const MAX_NAME: usize = 200;
/// For the server only.
const PRIVATE: u32 = 0o600;

impl Runner {
    /// Keeps what a run handed over, however it ended. What cannot be kept is a line of its log.
    pub(super) async fn keep_artifacts(
        &self,
        run: &Claimed,
        working_folder: &Path,
        announced: Vec<Announced>,
        redactor: &Redactor,
        log: &LogSink,
    ) {
        if announced.is_empty() {
            return;
        }
        let to = self.artifacts.folder(&run.run_id);
        let taking = Taking {
            from: working_folder.join(HANDED_OVER),
            to: to.clone(),
            owner: self.interpreter.owner(),
            redactor: redactor.clone(),
        };
        let Ok((kept, refused)) = tokio::task::spawn_blocking(move || taking.take_all(&announced)).await
        else {
            return;
        };
        for sentence in refused {
            log.add(LogStream::System, LogLevel::Warning, sentence).await;
        }
        if let Err(error) = self.artifacts.record(run.id, &kept).await {
            tracing::error!(run = %run.run_id, "files of a run not written down: {error}");
            // Nobody would find them.
            folder::remove(to).await;
        }
    }
}

struct Taking {
    from: PathBuf,
    to: PathBuf,
    /// The user that the task ran as.
    owner: u32,
    redactor: Redactor,
}

impl Taking {
    /// What was kept, and sentences on what was not.
    fn take_all(&self, announced: &[Announced]) -> (Vec<Kept>, Vec<String>) {
        let (mut kept, mut refused) = (Vec::new(), Vec::new());
        let mut room = MAX_TOTAL;
        if announced.len() > MAX_FILES {
            refused.push(format!("Only the first {MAX_FILES} files were kept."));
        }
        for (seq, file) in (1..).zip(announced.iter().take(MAX_FILES)) {
            let name = self.name(&file.name);
            match self.take(&file.file, seq, room) {
                Ok(size) => {
                    room -= size;
                    kept.push(Kept { seq, name, size });
                }
                Err(why) => refused.push(format!("The file \"{name}\" was not kept: {why}.")),
            }
        }
        (kept, refused)
    }

    fn take(&self, file: &str, seq: i64, room: u64) -> Result<u64, String> {
        if file.is_empty() || !file.bytes().all(|letter| letter.is_ascii_digit()) {
            return Err("it lies in a place of its own".into());
        }
        let folder = self.handed_over().map_err(in_words)?;
        // NONBLOCK: a named pipe must not hold us up.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let source = openat(&folder, file, flags, Mode::empty()).map_err(in_words)?;
        let source = File::from(source);
        let about = source.metadata().map_err(in_words)?;
        // A second name would mean that it is somebody else's file, such as our key, reached by a hard link.
        if !about.is_file() || about.nlink() != 1 || about.uid() != self.owner {
            return Err("it is not a plain file of the task".into());
        }
        if about.len() > MAX_FILE {
            return Err(format!("it is larger than {} MiB", MAX_FILE / 1024 / 1024));
        }
        if about.len() > room {
            return Err(format!(
                "together they are larger than {} MiB",
                MAX_TOTAL / 1024 / 1024
            ));
        }
        let path = self.to.join(seq.to_string());
        self.move_in(&folder, file, &source, &path).map_err(in_words)?;
        Ok(about.len())
    }

    fn handed_over(&self) -> io::Result<OwnedFd> {
        let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(openat(CWD, &self.from, flags, Mode::empty())?)
    }

    fn move_in(&self, from: &OwnedFd, file: &str, source: &File, path: &Path) -> io::Result<()> {
        folder::create(&self.to).map_err(io::Error::other)?;
        match renameat(from, file, CWD, path) {
            Ok(()) => own(source, path).inspect_err(|_| drop(fs::remove_file(path))),
            // Working folders may be on a file system of their own.
            Err(Errno::XDEV) => {
                let mut copy = OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .mode(PRIVATE)
                    .open(path)?;
                let copied = io::copy(&mut source.take(MAX_FILE), &mut copy);
                copied.map(drop).inspect_err(|_| drop(fs::remove_file(path)))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The name as it is shown and downloaded: without folders, secrets and what would spoil a header.
    fn name(&self, given: &str) -> String {
        let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
        let plain = |letter: char| if letter.is_control() { '\u{fffd}' } else { letter };
        let name: String = self
            .redactor
            .text(last.to_owned())
            .chars()
            .map(plain)
            .take(MAX_NAME)
            .collect();
        match name.trim() {
            "" | "." | ".." => "file".to_owned(),
            name => name.to_owned(),
        }
    }
}

/// Makes what was moved ours, after making sure that it is what was looked at.
fn own(source: &File, path: &Path) -> io::Result<()> {
    let (seen, moved) = (source.metadata()?, fs::symlink_metadata(path)?);
    if (seen.dev(), seen.ino()) != (moved.dev(), moved.ino()) {
        return Err(io::Error::other("it was replaced by another file"));
    }
    let (user, group) = (geteuid().as_raw(), getegid().as_raw());
    fchown(source.as_fd(), Some(user), Some(group))?;
    source.set_permissions(Permissions::from_mode(PRIVATE))
}

fn in_words(error: impl Into<io::Error>) -> String {
    error.into().to_string()
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    /// From a folder that was handed over, which holds files of these sizes named `1`, `2` and so on.
    fn taking(sizes: &[u64], from: &TempDir, to: &TempDir) -> (Taking, Vec<Announced>) {
        let taking = Taking {
            from: from.path().join(HANDED_OVER),
            to: to.path().join("artifacts/run"),
            owner: geteuid().as_raw(),
            redactor: Redactor::new([]),
        };
        fs::create_dir(&taking.from).unwrap();
        let announce = |(number, size): (usize, &u64)| {
            let file = (number + 1).to_string();
            // Without content, so that it takes no room.
            let handed_over = File::create(taking.from.join(&file)).unwrap();
            handed_over.set_len(*size).unwrap();
            Announced {
                name: format!("{file}.txt"),
                file,
            }
        };
        let announced = sizes.iter().enumerate().map(announce).collect();
        (taking, announced)
    }

    #[test]
    fn files_beyond_the_limits_are_not_kept_and_the_others_are() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let sizes = [MAX_FILE + 1, MAX_FILE, MAX_FILE, MAX_FILE, MAX_FILE, MAX_FILE, 1];
        let (taking, announced) = taking(&sizes, &from, &to);
        let (kept, refused) = taking.take_all(&announced);
        let kept: Vec<(i64, u64)> = kept.iter().map(|file| (file.seq, file.size)).collect();
        assert_eq!(kept, [2, 3, 4, 5, 6].map(|seq| (seq, MAX_FILE)));
        assert_eq!(
            refused,
            [
                "The file \"1.txt\" was not kept: it is larger than 100 MiB.",
                "The file \"7.txt\" was not kept: together they are larger than 500 MiB."
            ]
        );
    }

    #[test]
    fn of_too_many_files_the_first_hundred_are_kept() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (taking, announced) = taking(&[0; 101], &from, &to);
        let (kept, refused) = taking.take_all(&announced);
        assert_eq!(kept.len(), 100);
        assert_eq!(refused, ["Only the first 100 files were kept."]);
    }

    #[test]
    fn files_on_another_file_system_are_copied() {
        let (from, to) = (
            tempfile::tempdir_in("/dev/shm").unwrap(),
            tempfile::tempdir().unwrap(),
        );
        let device = |folder: &TempDir| fs::metadata(folder.path()).unwrap().dev();
        assert_ne!(device(&from), device(&to), "this needs a /dev/shm of its own");
        let (taking, announced) = taking(&[3], &from, &to);
        fs::write(taking.from.join("1"), "abc").unwrap();
        let (kept, refused) = taking.take_all(&announced);
        assert_eq!((kept.len(), refused.len()), (1, 0), "{refused:?}");
        let copy = taking.to.join("1");
        assert_eq!(fs::read_to_string(&copy).unwrap(), "abc");
        assert_eq!(fs::metadata(copy).unwrap().permissions().mode() & 0o777, PRIVATE);
    }
}
