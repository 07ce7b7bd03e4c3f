//! One of the two databases, on a connection of its own.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::migrate::{Migrate, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, MySqlConnection, PgConnection, SqliteConnection};

use super::CopyError;
use super::schema::{Table, Told, understand};
use crate::boot;
use crate::db::address::Address;
use crate::db::{migrate, mysql, postgres, sqlite};

/// A connection that was just closed is still listed for a moment.
const MOMENT: Duration = Duration::from_secs(3);

/// A database. Nothing but this uses it meanwhile.
pub(super) enum End {
    Sqlite(SqliteConnection),
    MySql(MySqlConnection),
    Postgres(PgConnection),
}

/// Does the same with each kind of connection.
macro_rules! with {
    ($end:expr, $connection:ident => $body:expr) => {
        match $end {
            End::Sqlite($connection) => $body,
            End::MySql($connection) => $body,
            End::Postgres($connection) => $body,
        }
    };
}

impl End {
    /// What is to be copied: of this version, and not in use for as long as the locks are held.
    pub(super) async fn source(address: Address) -> Result<(Self, Vec<File>), CopyError> {
        let mut locks = Vec::new();
        let (mut end, migrations) = match address {
            Address::Sqlite(path) => {
                if !path.exists() {
                    return Err(CopyError::Source(format!(
                        "There is no database {}.",
                        path.display()
                    )));
                }
                locks = lock(&path)?;
                let options = SqliteConnectOptions::new().filename(&path).foreign_keys(true);
                (Self::Sqlite(options.connect().await?), &sqlite::MIGRATIONS)
            }
            Address::MySql(options) => {
                let mut connection = options.connect().await?;
                mysql::prepare(&mut connection).await?;
                (Self::MySql(connection), &mysql::MIGRATIONS)
            }
            Address::Postgres(options) => {
                let connection = postgres::prepared(*options).connect().await?;
                (Self::Postgres(connection), &postgres::MIGRATIONS)
            }
        };
        with!(&mut end, connection => check_version(connection, migrations).await)?;
        end.refuse_if_in_use("The first database").await?;
        Ok((end, locks))
    }

    /// Where it is to go, with the schema of this version.
    pub(super) async fn target(address: Address) -> Result<(Self, Vec<File>), CopyError> {
        let mut locks = Vec::new();
        let mut end = match address {
            Address::Sqlite(path) => {
                let pools = sqlite::open(&path).await?;
                locks = lock(&path)?;
                Self::Sqlite(pools.writer.acquire().await?.detach())
            }
            Address::MySql(options) => Self::MySql(mysql::open(*options).await?.0.acquire().await?.detach()),
            Address::Postgres(options) => {
                Self::Postgres(postgres::open(*options).await?.0.acquire().await?.detach())
            }
        };
        end.refuse_if_in_use("The second database").await?;
        Ok((end, locks))
    }

    /// SQLite's file is locked instead.
    pub(super) async fn refuse_if_in_use(&mut self, which: &'static str) -> Result<(), CopyError> {
        let begun = Instant::now();
        loop {
            let others: i64 = match self {
                Self::Sqlite(_) => return Ok(()),
                Self::MySql(connection) => {
                    let sql = "SELECT COUNT(*) FROM information_schema.processlist
                               WHERE db = DATABASE() AND id <> CONNECTION_ID()";
                    sqlx::query_scalar(sql).fetch_one(connection).await?
                }
                Self::Postgres(connection) => {
                    let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()
                               AND application_name = 'insightmesh-tasks' AND pid <> pg_backend_pid()";
                    sqlx::query_scalar(sql).fetch_one(connection).await?
                }
            };
            match others {
                0 => return Ok(()),
                _ if begun.elapsed() > MOMENT => return Err(CopyError::InUse(which)),
                _ => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// All tables, parents first.
    pub(super) async fn tables(&mut self) -> Result<Vec<Table>, CopyError> {
        let (columns, references) = match self {
            Self::Sqlite(_) => (SQLITE_COLUMNS, SQLITE_REFERENCES),
            Self::MySql(_) => (MYSQL_COLUMNS, MYSQL_REFERENCES),
            Self::Postgres(_) => (POSTGRES_COLUMNS, POSTGRES_REFERENCES),
        };
        let (columns, references): (Vec<Told>, Vec<(String, String)>) = with!(self, connection => (
            sqlx::query_as(columns).fetch_all(&mut *connection).await?,
            sqlx::query_as(references).fetch_all(&mut *connection).await?,
        ));
        understand(columns, &references)
    }

    pub(super) async fn count(&mut self, table: &str) -> Result<i64, sqlx::Error> {
        let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        with!(self, connection => sqlx::query_scalar(sql).fetch_one(connection).await)
    }

    pub(super) async fn clear(&mut self, table: &str) -> Result<(), sqlx::Error> {
        self.execute(format!("DELETE FROM {table}")).await
    }

    /// What is read from here on does not change.
    pub(super) async fn begin_reading(&mut self) -> Result<(), sqlx::Error> {
        let begin = match self {
            Self::Sqlite(_) => "BEGIN",
            Self::MySql(connection) => {
                let level = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ";
                connection.execute(level).await?;
                "START TRANSACTION WITH CONSISTENT SNAPSHOT"
            }
            Self::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ",
        };
        self.execute(begin.to_owned()).await
    }

    pub(super) async fn begin_writing(&mut self) -> Result<(), sqlx::Error> {
        let begin = match self {
            Self::Sqlite(_) => "BEGIN IMMEDIATE",
            _ => "BEGIN",
        };
        self.execute(begin.to_owned()).await
    }

    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        self.execute("COMMIT".to_owned()).await?;
        with!(self, connection => sqlx::Connection::close(connection).await)
    }

    /// Rows that come later are numbered after those that were copied. The others do so by themselves.
    pub(super) async fn go_on_counting(&mut self, table: &Table) -> Result<(), sqlx::Error> {
        let Self::Postgres(connection) = self else {
            return Ok(());
        };
        for column in table.columns.iter().filter(|column| column.is_counted) {
            let (table, column) = (&table.name, &column.name);
            let sql = format!(
                "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), COALESCE(MAX({column}), 0) + 1, FALSE)
                 FROM {table}"
            );
            connection.execute(AssertSqlSafe(sql)).await?;
        }
        Ok(())
    }

    async fn execute(&mut self, sql: String) -> Result<(), sqlx::Error> {
        let sql = AssertSqlSafe(sql);
        with!(self, connection => connection.execute(sql).await.map(drop))
    }
}

/// As a server locks it, whichever data folder it is in.
fn lock(file: &Path) -> Result<Vec<File>, CopyError> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut beside = file.as_os_str().to_owned();
    beside.push(".lock");
    let mut locks = Vec::new();
    for path in [folder.join("server.lock"), beside.into()] {
        if path.exists() {
            locks.push(boot::lock(&path, file)?);
        }
    }
    Ok(locks)
}

async fn check_version<C: Migrate>(connection: &mut C, migrations: &Migrator) -> Result<(), CopyError> {
    match migrate::is_up_to_date(connection, migrations).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(CopyError::Source(
            "The first database belongs to another version. Start this version of the server on it once, stop it, and \
             copy then."
                .into(),
        )),
        Err(_) => Err(CopyError::Source(
            "The first database holds no installation of InsightMesh Tasks.".into(),
        )),
    }
}

const SQLITE_COLUMNS: &str = "SELECT tables.name, columns.name, columns.type, 0 FROM sqlite_master AS tables
    JOIN pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table' AND tables.name <> '_sqlx_migrations' AND tables.name NOT LIKE 'sqlite%'";
const SQLITE_REFERENCES: &str = "SELECT tables.name, foreign_keys.\"table\" FROM sqlite_master AS tables
    JOIN pragma_foreign_key_list(tables.name) AS foreign_keys WHERE tables.type = 'table'";
const MYSQL_COLUMNS: &str =
    "SELECT CAST(table_name AS CHAR), CAST(column_name AS CHAR), CAST(data_type AS CHAR),
    CAST(extra LIKE '%auto_increment%' AS SIGNED) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name <> '_sqlx_migrations' ORDER BY ordinal_position";
const MYSQL_REFERENCES: &str = "SELECT CAST(table_name AS CHAR), CAST(referenced_table_name AS CHAR)
    FROM information_schema.key_column_usage
    WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL";
const POSTGRES_COLUMNS: &str = "SELECT table_name::text, column_name::text, data_type::text,
    (is_identity = 'YES')::int::bigint FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name <> '_sqlx_migrations' ORDER BY ordinal_position";
const POSTGRES_REFERENCES: &str =
    "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace";
