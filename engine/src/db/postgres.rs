//! PostgreSQL 12 or newer.

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool, Postgres};

use super::dialect::{Dialect, add_value};
use super::{migrate, server};
use crate::Error;

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("../migrations/postgres");

/// Held while the schema is brought up to date; PostgreSQL knows it by number ("imtasks" in ASCII).
const MIGRATION_LOCK: i64 = 0x69_6d_74_61_73_6b_73;

impl Dialect for Postgres {
    const WORDS: &'static [(&'static str, &'static str)] = &[
        (
            "{now}",
            "date_trunc('milliseconds', clock_timestamp() AT TIME ZONE 'UTC')",
        ),
        (
            "{now + 60 s}",
            "date_trunc('milliseconds', clock_timestamp() AT TIME ZONE 'UTC') + INTERVAL '60 seconds'",
        ),
        (
            "{seconds from started_at to ?}",
            "ROUND(EXTRACT(EPOCH FROM (? - started_at))::numeric, 3)::float8",
        ),
        ("{sum(occurrences)}", "SUM(occurrences)::bigint"),
        ("{skip locked}", "FOR UPDATE SKIP LOCKED"),
        ("{lock}", "FOR UPDATE"),
    ];
    const NUMBERED: bool = true;
    const WITH_OWN_NUMBERS: &'static str = "OVERRIDING SYSTEM VALUE";

    add_value!();
}

/// So that it does not matter how the server is set up (fault case F40).
pub(super) fn prepared(options: PgConnectOptions) -> PgConnectOptions {
    options.application_name("insightmesh-tasks").options([
        ("timezone", "UTC"),
        ("default_transaction_isolation", "read committed"),
        ("lock_timeout", "10s"),
        ("idle_in_transaction_session_timeout", "60s"),
    ])
}

/// Connects and brings the schema up to date.
pub(super) async fn open(options: PgConnectOptions) -> Result<(PgPool, PgPool), Error> {
    let options = prepared(options);
    let mut connection = options.connect().await?;
    let version: String = sqlx::query_scalar("SHOW server_version_num")
        .fetch_one(&mut connection)
        .await?;
    server::check_postgres(&version)?;
    bring_up_to_date(&mut connection).await?;
    // Closing gives the lock back, however the migration ended.
    connection.close().await?;
    let pool = |most: u32| {
        PgPoolOptions::new()
            .max_connections(most)
            .acquire_timeout(server::ACQUIRE)
            .connect_lazy_with(options.clone())
    };
    Ok((pool(server::CONNECTIONS), pool(server::RESERVED)))
}

async fn bring_up_to_date(connection: &mut PgConnection) -> Result<(), Error> {
    // Waits as long as another server is at it.
    sqlx::query("SET lock_timeout = 0")
        .execute(&mut *connection)
        .await?;
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(MIGRATION_LOCK)
        .execute(&mut *connection)
        .await?;
    migrate::run(connection, &MIGRATIONS).await
}
