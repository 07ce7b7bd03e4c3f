//! The database: one writer connection, several readers, migrations at the start.
//!
//! SQLite today. MySQL/MariaDB and PostgreSQL get their place here as further kinds of pool; SQL elsewhere keeps to
//! `?` and to what all three understand.

mod time;

use std::fs::{self, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

pub(crate) use time::{from_db, now, to_db};

use crate::{Config, Error};

/// Nobody but the owner of the server reads or writes the database.
const PRIVATE: u32 = 0o600;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations/sqlite");

/// A transaction that holds SQLite's write lock from its first statement.
pub(crate) type WriteTx = sqlx::Transaction<'static, sqlx::Sqlite>;

/// Handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    writer: SqlitePool,
    reader: SqlitePool,
}

impl Db {
    /// Connects and brings the schema up to date.
    pub async fn open(config: &Config) -> Result<Self, Error> {
        let options = options(config)?;
        make_private(options.get_filename())?;
        let options = options
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
        // One writer connection: writers queue here instead of meeting "database is locked" (fault case F36).
        let writer = pool(1).connect_with(options.clone()).await?;
        MIGRATIONS.run(&writer).await?;
        let reader = pool(4).connect_with(options.read_only(true)).await?;
        Ok(Self { writer, reader })
    }

    /// For SELECTs outside a transaction.
    pub(crate) fn reader(&self) -> &SqlitePool {
        &self.reader
    }

    /// For a single writing statement.
    pub(crate) fn writer(&self) -> &SqlitePool {
        &self.writer
    }

    /// For several statements that belong together.
    pub(crate) async fn begin(&self) -> Result<WriteTx, Error> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Writes what is pending and closes the file.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
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
        let mut path = database.as_os_str().to_owned();
        path.push(suffix);
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

fn options(config: &Config) -> Result<SqliteConnectOptions, Error> {
    let Some(url) = &config.database_url else {
        return Ok(SqliteConnectOptions::new().filename(config.data_dir.join("insightmesh.db")));
    };
    // SQLAlchemy writes three slashes for a relative path and four for an absolute one.
    let path = url
        .strip_prefix("sqlite:///")
        .or_else(|| url.strip_prefix("sqlite://"));
    match path {
        Some(path) => Ok(SqliteConnectOptions::from_str("sqlite:")?.filename(Path::new(path))),
        None => Err(Error::Config(format!(
            "TASK_DATABASE_URL starts with \"{}\". This version keeps its data in SQLite: leave TASK_DATABASE_URL empty, \
             or write sqlite:///path/to/file.db",
            url.split(':').next().unwrap_or_default()
        ))),
    }
}
