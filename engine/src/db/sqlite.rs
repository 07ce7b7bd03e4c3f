//! SQLite: one file, one writer.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::statvfs;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Sqlite, SqlitePool};

use super::dialect::{Dialect, add_value};
use super::migrate;
use crate::Error;

/// With less than this on the disk the server is not well, in bytes.
const LEAST_SPACE: u64 = 1024 * 1024;

/// Nobody but the owner of the server reads or writes the database.
const PRIVATE: u32 = 0o600;

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("../migrations/sqlite");

impl Dialect for Sqlite {
    const WORDS: &'static [(&'static str, &'static str)] = &[
        ("{now}", "strftime('%Y-%m-%d %H:%M:%f', 'now')"),
        (
            "{now + 60 s}",
            "strftime('%Y-%m-%d %H:%M:%f', 'now', '+60 seconds')",
        ),
        (
            "{seconds from started_at to ?}",
            "ROUND((julianday(?) - julianday(started_at)) * 86400.0, 3)",
        ),
        ("{sum(occurrences)}", "SUM(occurrences)"),
        // The write lock is held anyway.
        ("{skip locked}", ""),
        ("{lock}", ""),
    ];

    add_value!();
}

/// Writer and reader of one file.
#[derive(Clone)]
pub(super) struct SqlitePools {
    /// One connection: writers queue here instead of meeting "database is locked" (fault case F36).
    pub(super) writer: SqlitePool,
    pub(super) reader: SqlitePool,
    pub(super) file: PathBuf,
    /// Device and number of the file.
    opened: (u64, u64),
}

impl SqlitePools {
    /// Whether what is open still has its name: a file that was deleted or replaced takes everything until the next
    /// start, and then all of that is gone (fault case F37).
    pub(super) fn check_file(&self) -> Result<(), Error> {
        let file = self.file.display();
        let at = fs::metadata(&self.file).map(|about| (about.dev(), about.ino()));
        if at.ok() != Some(self.opened) {
            return Err(Error::Config(format!(
                "The database {file} is gone, or another file is in its place. Stop the server and put it back."
            )));
        }
        // What a run ends with must still fit (fault case F41).
        let disk = statvfs(&self.file).map_err(|error| Error::io(format!("look at {file}"))(error.into()))?;
        if disk.f_bavail * disk.f_frsize < LEAST_SPACE {
            return Err(Error::Config(format!("The disk that holds {file} is full.")));
        }
        Ok(())
    }
}

/// Opens the file, made if missing, and brings its schema up to date.
pub(super) async fn open(path: &Path) -> Result<SqlitePools, Error> {
    make_private(path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A committed occurrence must survive a power cut, or it would run twice.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .optimize_on_close(true, None)
        .busy_timeout(Duration::from_secs(10));
    let pool = |most: u32| {
        SqlitePoolOptions::new()
            .max_connections(most)
            .acquire_timeout(Duration::from_secs(15))
    };
    // The first to connect turns the file to WAL, for which no other waits by itself: they wait here.
    let alone = lock(path).await?;
    let writer = pool(1).connect_with(options.clone()).await?;
    bring_up_to_date(&writer, path).await?;
    drop::<File>(alone);
    let reader = pool(4).connect_with(options.read_only(true)).await?;
    let about = fs::metadata(path).map_err(Error::io(format!("find {}", path.display())))?;
    Ok(SqlitePools {
        opened: (about.dev(), about.ino()),
        writer,
        reader,
        file: path.to_owned(),
    })
}

/// Only one server at a time opens the file: SQLite has no lock of its own that outlasts the many transactions of an
/// update.
async fn lock(path: &Path) -> Result<File, Error> {
    let lock = beside(path, ".migrating");
    let what = || format!("lock {}", lock.display());
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(PRIVATE)
        .open(&lock)
        .map_err(Error::io(what()))?;
    tokio::task::spawn_blocking(move || file.lock().map(|()| file))
        .await
        .map_err(|error| Error::Io {
            what: what(),
            source: error.into(),
        })?
        .map_err(Error::io(what()))
}

async fn bring_up_to_date(writer: &SqlitePool, path: &Path) -> Result<(), Error> {
    let mut connection = writer.acquire().await?;
    if let Some(version) = migrate::outdated(&mut *connection, &MIGRATIONS).await? {
        // What a newer version did to the data can be undone with this (fault case F76).
        let copy = beside(path, &format!(".before-{version}"));
        if !copy.exists() {
            let sql = format!("VACUUM INTO '{}'", copy.display().to_string().replace('\'', "''"));
            sqlx::query(AssertSqlSafe(sql)).execute(&mut *connection).await?;
            make_private(&copy)?;
        }
    }
    migrate::run(&mut *connection, &MIGRATIONS).await
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// For the server's user only, whatever the umask, before the first byte is in it. SQLite gives the files beside it the
/// same permissions when it makes them.
fn make_private(database: &Path) -> Result<(), Error> {
    let what = || format!("keep {} to this server", database.display());
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(PRIVATE)
        .open(database)
        .map_err(Error::io(what()))?;
    for suffix in ["", "-wal", "-shm"] {
        let path = beside(database, suffix);
        let mode = match fs::metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            about => about.map_err(Error::io(what()))?.permissions().mode(),
        };
        if mode & !PRIVATE & 0o777 != 0 {
            fs::set_permissions(path, Permissions::from_mode(PRIVATE)).map_err(Error::io(what()))?;
        }
    }
    Ok(())
}
