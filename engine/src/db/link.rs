//! Where a statement goes: a pool, or the transaction that is open.

use sqlx::{MySqlPool, PgPool, SqlitePool};
use sqlx::{MySqlTransaction, PgTransaction, SqliteTransaction};

use crate::Error;

/// A transaction. On SQLite it holds the write lock from its first statement. Dropped, it changes nothing.
pub(crate) enum WriteTx {
    Sqlite(SqliteTransaction<'static>),
    MySql(MySqlTransaction<'static>),
    Postgres(PgTransaction<'static>),
}

impl WriteTx {
    /// Makes what was written last.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::MySql(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// Where a statement goes.
pub(crate) enum Link<'a> {
    Sqlite(&'a SqlitePool),
    MySql(&'a MySqlPool),
    Postgres(&'a PgPool),
    Open(&'a mut WriteTx),
}

impl Link<'_> {
    /// For one more statement than the last.
    pub(crate) fn again(&mut self) -> Link<'_> {
        match self {
            Self::Sqlite(pool) => Link::Sqlite(pool),
            Self::MySql(pool) => Link::MySql(pool),
            Self::Postgres(pool) => Link::Postgres(pool),
            Self::Open(tx) => Link::Open(tx),
        }
    }
}

impl<'a> From<&'a mut WriteTx> for Link<'a> {
    fn from(tx: &'a mut WriteTx) -> Self {
        Self::Open(tx)
    }
}
