//! Where a statement goes: a pool, or the transaction that is open.

use std::future::Future;
use std::io;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{Executor, MySql, MySqlPool, PgPool, Postgres, Sqlite, SqlitePool};

use crate::Error;

/// An answer that takes longer does not come: the connection counts as lost (fault case F39).
const ANSWER: Duration = Duration::from_secs(30);

/// A transaction. On SQLite it holds the write lock from its first statement. Dropped, it changes nothing.
pub(crate) enum WriteTx {
    Sqlite(Open<Sqlite>),
    MySql(Open<MySql>),
    Postgres(Open<Postgres>),
}

/// A connection with something unfinished on it: a transaction, or a statement that waits for its answer. Unless that
/// is finished the connection is closed, which undoes everything even when nobody answers on it any more. In the pool
/// it would keep its place for ever.
pub(crate) struct Open<D: sqlx::Database>(Option<PoolConnection<D>>);

impl<D: sqlx::Database> Open<D>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
{
    /// Not with a transaction of sqlx: when the disk is full SQLite ends it by itself, and the connection would be of no
    /// use to sqlx from then on (fault case F41).
    pub(super) async fn begin(
        mut connection: PoolConnection<D>,
        words: &'static str,
    ) -> Result<Self, sqlx::Error> {
        // In its place before the first word, so that it is closed if there is no answer.
        let begun = in_time((&mut *connection).execute(words)).await;
        let open = Self(Some(connection));
        begun.map(|_| open)
    }

    /// For one statement.
    pub(super) fn lend(connection: PoolConnection<D>) -> Self {
        Self(Some(connection))
    }

    /// Back to the pool, unless the answer is that there is none.
    pub(super) fn give_back<T>(mut self, answer: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        if !answer.as_ref().is_err_and(is_no_answer) {
            drop(self.0.take());
        }
        answer
    }

    /// The connection.
    pub(super) fn connection(&mut self) -> Result<&mut D::Connection, sqlx::Error> {
        self.0.as_deref_mut().ok_or(sqlx::Error::WorkerCrashed)
    }

    async fn commit(mut self) -> Result<(), sqlx::Error> {
        in_time(self.connection()?.execute("COMMIT")).await?;
        // Back to the pool.
        drop(self.0.take());
        Ok(())
    }
}

impl<D: sqlx::Database> Drop for Open<D> {
    fn drop(&mut self) {
        drop(self.0.take().map(PoolConnection::detach));
    }
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

/// An answer of a server elsewhere, or that there is none.
pub(super) async fn in_time<T>(
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    match tokio::time::timeout(ANSWER, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(no_answer()),
    }
}

fn is_no_answer(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}

fn no_answer() -> sqlx::Error {
    let words = format!("no answer within {} s", ANSWER.as_secs());
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, words))
}
