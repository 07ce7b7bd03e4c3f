//! The database: SQLite, MySQL/MariaDB or PostgreSQL, with migrations at the start.
//!
//! Statements are written once, with [`query`]; what differs between databases is in [`dialect`] and a file for each.

mod address;
mod again;
mod copy;
mod dialect;
mod link;
mod migrate;
mod mysql;
mod news;
mod postgres;
mod query;
mod server;
mod sqlite;
mod time;
mod transient;
mod value;

use std::path::Path;

use sqlx::{MySqlPool, PgPool};

pub use copy::{Copied, CopyError, copy_database};

pub(crate) use again::{Attempted, Tries, failed_is_ours, persistently};
pub(crate) use link::{Link, WriteTx};
pub(crate) use news::{News, keep_listening, tell};
pub(crate) use query::{Query, query};
pub(crate) use time::{from_db, now, to_db};
pub(crate) use transient::{is_away, is_conflict, is_taken};

use self::address::Address;
use self::link::Open;
use self::sqlite::SqlitePools;
use crate::{Config, Error};

/// Handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    pools: Pools,
}

/// `reserved` has connections that only leases use.
#[derive(Clone)]
enum Pools {
    Sqlite(SqlitePools),
    MySql { pool: MySqlPool, reserved: MySqlPool },
    Postgres { pool: PgPool, reserved: PgPool },
}

impl Db {
    /// Connects and brings the schema up to date.
    pub async fn open(config: &Config) -> Result<Self, Error> {
        let pools = match Address::of(config)? {
            Address::Sqlite(path) => Pools::Sqlite(sqlite::open(&path).await?),
            Address::MySql(options) => {
                let (pool, reserved) = mysql::open(*options).await?;
                Pools::MySql { pool, reserved }
            }
            Address::Postgres(options) => {
                let (pool, reserved) = postgres::open(*options).await?;
                Pools::Postgres { pool, reserved }
            }
        };
        Ok(Self { pools })
    }

    /// SQLite's file.
    pub(crate) fn file(&self) -> Option<&Path> {
        match &self.pools {
            Pools::Sqlite(pools) => Some(&pools.file),
            _ => None,
        }
    }

    /// Whether other servers may be at work on the same database.
    pub(crate) fn is_shared(&self) -> bool {
        !matches!(self.pools, Pools::Sqlite(_))
    }

    /// For SELECTs outside a transaction.
    pub(crate) fn reader(&self) -> Link<'_> {
        match &self.pools {
            Pools::Sqlite(pools) => Link::Sqlite(&pools.reader),
            Pools::MySql { pool, .. } => Link::MySql(pool),
            Pools::Postgres { pool, .. } => Link::Postgres(pool),
        }
    }

    /// For a single writing statement.
    pub(crate) fn writer(&self) -> Link<'_> {
        match &self.pools {
            Pools::Sqlite(pools) => Link::Sqlite(&pools.writer),
            _ => self.reader(),
        }
    }

    /// For what must go through although pages use up every other connection (fault case F35).
    pub(crate) fn reserved(&self) -> Link<'_> {
        match &self.pools {
            Pools::Sqlite(pools) => Link::Sqlite(&pools.writer),
            Pools::MySql { reserved, .. } => Link::MySql(reserved),
            Pools::Postgres { reserved, .. } => Link::Postgres(reserved),
        }
    }

    /// For several statements that belong together.
    pub(crate) async fn begin(&self) -> Result<WriteTx, Error> {
        Ok(match &self.pools {
            Pools::Sqlite(SqlitePools { writer, .. }) => {
                WriteTx::Sqlite(Open::begin(writer.acquire().await?, "BEGIN IMMEDIATE").await?)
            }
            Pools::MySql { pool, .. } => WriteTx::MySql(Open::begin(pool.acquire().await?, "BEGIN").await?),
            Pools::Postgres { pool, .. } => {
                WriteTx::Postgres(Open::begin(pool.acquire().await?, "BEGIN").await?)
            }
        })
    }

    /// Whether the database answers.
    pub(crate) async fn check(&self) -> Result<(), Error> {
        if let Pools::Sqlite(pools) = &self.pools {
            pools.check_file()?;
        }
        query("SELECT 1").execute(self.reader()).await?;
        Ok(())
    }

    /// Writes what is pending and closes every connection.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite(SqlitePools { writer, reader, .. }) => {
                reader.close().await;
                writer.close().await;
            }
            Pools::MySql { pool, reserved } => {
                pool.close().await;
                reserved.close().await;
            }
            Pools::Postgres { pool, reserved } => {
                pool.close().await;
                reserved.close().await;
            }
        }
    }
}
