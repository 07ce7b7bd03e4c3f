//! One start of one server: its name, its hold on the data folder, and what the start before it left behind.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::db::Db;
use crate::runs::{Abandoned, Claims, Spool};
use crate::{Config, Error};

/// This start. A second server on the same data folder would take this one's runs for dead.
pub(crate) struct Boot {
    /// Random: never the name of a computer, which two servers may share (INV3).
    pub(crate) id: String,
    /// The start before this one on the same data folder. Its server is gone, or the lock would not be ours.
    before: Option<String>,
    data_dir: PathBuf,
    _locks: Vec<File>,
}

impl Boot {
    /// Takes the data folder, and the SQLite file if it is elsewhere.
    pub(crate) fn new(config: &Config, db: &Db) -> Result<Self, Error> {
        let mut locks = vec![lock(&config.data_dir.join("server.lock"), &config.data_dir)?];
        if let Some(file) = db.file().filter(|file| !file.starts_with(&config.data_dir)) {
            let mut name = file.as_os_str().to_owned();
            name.push(".lock");
            locks.push(lock(Path::new(&name), file)?);
        }
        Ok(Self {
            id: Uuid::new_v4().to_string(),
            before: fs::read_to_string(name_file(&config.data_dir)).ok(),
            data_dir: config.data_dir.clone(),
            _locks: locks,
        })
    }

    /// Writes down how runs ended that the last start could not, and closes those that it left in the middle.
    pub(crate) async fn recover(&self, db: &Db, claims: &Claims) -> Result<(), Error> {
        let spool = Spool::new(&self.data_dir);
        for end in spool.list() {
            if !claims.finish(&end).await? {
                tracing::warn!(run = %end.run_id, "the run had already been ended");
            }
            spool.forget(&end);
        }
        let abandoned = match (&self.before, db.is_shared()) {
            // The lock proves that no other server is at work on this database.
            (_, false) => Some(Abandoned::OfOthers),
            (Some(before), true) => Some(Abandoned::OfBoot(before.clone())),
            (None, true) => None,
        };
        if let Some(abandoned) = abandoned {
            let closed = claims.close_interrupted(&abandoned).await?;
            if closed > 0 {
                tracing::warn!("{closed} runs were interrupted when the server last stopped");
            }
        }
        let path = name_file(&self.data_dir);
        fs::write(&path, &self.id).map_err(Error::io(format!("write {}", path.display())))
    }
}

fn name_file(data_dir: &Path) -> PathBuf {
    data_dir.join("boot")
}

/// Takes a lock file; `what` is what it stands for.
pub(crate) fn lock(path: &Path, what: &Path) -> Result<File, Error> {
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(Error::io(format!("create {}", path.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Config(format!(
            "Another InsightMesh Tasks server is already running on {}. Stop it first, or use another DATA_DIR.",
            what.display()
        ))),
        Err(TryLockError::Error(source)) => Err(Error::Io {
            what: format!("lock {}", path.display()),
            source,
        }),
    }
}
