//! MySQL 8 and MariaDB 10.6, or newer.

use sqlx::migrate::{Migrate, Migrator};
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor, MySql, MySqlConnection, MySqlPool};

use super::dialect::{Dialect, add_value};
use super::{migrate, server};
use crate::Error;

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("../migrations/mysql");

/// Held while the schema is brought up to date; MySQL knows it by name.
const MIGRATION_LOCK: &str = "insightmesh_tasks_migration";
/// Another server may be at it for a while.
const MIGRATION_PATIENCE_SECONDS: i64 = 600;

/// So that it does not matter how the server is set up (fault case F40). What two indexes have in common is not looked
/// for: among a million runs that took 1.5 s to find the last 50 of a task, where one index that has both has them at once.
const SESSION: &str = "SET SESSION \
    sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', \
    time_zone = '+00:00', innodb_lock_wait_timeout = 10, lock_wait_timeout = 10, \
    optimizer_switch = 'index_merge_intersection=off'";

impl Dialect for MySql {
    const WORDS: &'static [(&'static str, &'static str)] = &[
        ("{now}", "UTC_TIMESTAMP(3)"),
        ("{now + 60 s}", "TIMESTAMPADD(SECOND, 60, UTC_TIMESTAMP(3))"),
        (
            "{seconds from started_at to ?}",
            "ROUND(TIMESTAMPDIFF(MICROSECOND, started_at, ?) / 1000000, 3)",
        ),
        ("{sum(occurrences)}", "CAST(SUM(occurrences) AS SIGNED)"),
        ("{skip locked}", "FOR UPDATE SKIP LOCKED"),
        ("{lock}", "FOR UPDATE"),
    ];

    fn or_nothing() -> &'static str {
        // INSERT IGNORE would hide every other mistake as well.
        " ON DUPLICATE KEY UPDATE id = id"
    }

    fn or_update(_key: &str, columns: &[&str]) -> String {
        let set: Vec<String> = columns
            .iter()
            .map(|column| format!("{column} = VALUES({column})"))
            .collect();
        format!(" ON DUPLICATE KEY UPDATE {}", set.join(", "))
    }

    add_value!();
}

/// Connects and brings the schema up to date.
pub(super) async fn open(options: MySqlConnectOptions) -> Result<(MySqlPool, MySqlPool), Error> {
    let mut connection = options.connect().await?;
    let version: String = sqlx::query_scalar("SELECT VERSION()")
        .fetch_one(&mut connection)
        .await?;
    server::check_mysql(&version)?;
    prepare(&mut connection).await?;
    bring_up_to_date(&mut connection).await?;
    // Closing gives the lock back, however the migration ended.
    connection.close().await?;
    let pool = |most: u32| {
        MySqlPoolOptions::new()
            .max_connections(most)
            .acquire_timeout(server::ACQUIRE)
            .after_connect(|connection, _| Box::pin(prepare(connection)))
            .connect_lazy_with(options.clone())
    };
    Ok((pool(server::CONNECTIONS), pool(server::RESERVED)))
}

pub(super) async fn prepare(connection: &mut MySqlConnection) -> Result<(), sqlx::Error> {
    connection.execute(SESSION).await?;
    // Under REPEATABLE READ two servers that look for work would lock gaps, and each other.
    connection
        .execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        .await?;
    Ok(())
}

async fn bring_up_to_date(connection: &mut MySqlConnection) -> Result<(), Error> {
    let has_lock: Option<i64> = sqlx::query_scalar("SELECT GET_LOCK(?, ?)")
        .bind(MIGRATION_LOCK)
        .bind(MIGRATION_PATIENCE_SECONDS)
        .fetch_one(&mut *connection)
        .await?;
    if has_lock != Some(1) {
        return Err(Error::Config(
            "Another server has been changing the database for ten minutes. Start again when it is done."
                .into(),
        ));
    }
    // MySQL commits each change of a table by itself, so a migration that was cut off is half done. Ours can be run
    // again; what must go is the mark that sqlx left.
    connection.ensure_migrations_table(&MIGRATIONS.table_name).await?;
    connection
        .execute("DELETE FROM _sqlx_migrations WHERE success = FALSE")
        .await?;
    migrate::run(connection, &MIGRATIONS).await
}
