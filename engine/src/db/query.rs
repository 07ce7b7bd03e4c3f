//! A statement, written once for every database.

use std::borrow::Cow;
use std::time::Duration;

use rand::Rng;
use sqlx::mysql::MySqlRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Arguments, AssertSqlSafe, FromRow, MySql, Postgres, Sqlite};

use super::dialect::{Dialect, translate};
use super::link::{Link, Open, WriteTx, in_time};
use super::transient::is_conflict;
use super::value::Value;

/// A statement outside of a transaction that met a deadlock is sent again this often (fault case F38).
const TRIES: u32 = 6;
/// About how long to wait before it is, times the number of tries so far.
const PAUSE: Duration = Duration::from_millis(10);

/// What a row can be read as, whichever database it comes from.
pub(crate) trait Record:
    Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, MySqlRow> + for<'r> FromRow<'r, PgRow>
{
}

impl<T> Record for T where
    T: Send
        + Unpin
        + for<'r> FromRow<'r, SqliteRow>
        + for<'r> FromRow<'r, MySqlRow>
        + for<'r> FromRow<'r, PgRow>
{
}

/// A statement with its values.
#[derive(Clone)]
pub(crate) struct Query {
    sql: Cow<'static, str>,
    values: Vec<Value>,
    conflict: Conflict,
}

/// What an INSERT does when the row is there.
#[derive(Clone, Copy)]
enum Conflict {
    Error,
    Nothing,
    Update(&'static str, &'static [&'static str]),
}

/// Begins a statement: `?` for values, words in braces as [`Dialect::WORDS`] has them.
pub(crate) fn query(sql: &'static str) -> Query {
    Query {
        sql: Cow::Borrowed(sql),
        values: Vec::new(),
        conflict: Conflict::Error,
    }
}

/// Runs `$body` with a connection of the link, the statement and the values as its database takes them.
macro_rules! carry_out {
    ($query:expr, $link:expr, $body:ident $(, $type:ty)?) => {
        match $link {
            Link::Sqlite(pool) => {
                let mut connection = pool.acquire().await?;
                $body::<Sqlite $(, $type)?>($query, &mut *connection).await
            }
            Link::MySql(pool) => {
                let mut lent = Open::lend(pool.acquire().await?);
                let answer = in_time($body::<MySql $(, $type)?>($query, lent.connection()?)).await;
                lent.give_back(answer)
            }
            Link::Postgres(pool) => {
                let mut lent = Open::lend(pool.acquire().await?);
                let answer = in_time($body::<Postgres $(, $type)?>($query, lent.connection()?)).await;
                lent.give_back(answer)
            }
            Link::Open(WriteTx::Sqlite(tx)) => $body::<Sqlite $(, $type)?>($query, tx.connection()?).await,
            Link::Open(WriteTx::MySql(tx)) => {
                in_time($body::<MySql $(, $type)?>($query, tx.connection()?)).await
            }
            Link::Open(WriteTx::Postgres(tx)) => {
                in_time($body::<Postgres $(, $type)?>($query, tx.connection()?)).await
            }
        }
    };
}

/// Runs it again while it is a statement of its own that lost to another transaction.
macro_rules! persist {
    ($query:expr, $link:expr, $body:ident $(, $type:ty)?) => {{
        let mut link = $link;
        let mut tries = 1;
        loop {
            let outcome = carry_out!(&$query, link.again(), $body $(, $type)?);
            match outcome {
                Err(error) if tries < TRIES && !matches!(link, Link::Open(_)) && is_conflict(&error) => {
                    let jitter = rand::rng().random_range(0.5..1.5);
                    tokio::time::sleep((PAUSE * tries).mul_f64(jitter)).await;
                    tries += 1;
                }
                outcome => break outcome,
            }
        }
    }};
}

impl Query {
    /// A value for the next `?`.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Goes on with the statement.
    pub(crate) fn push(mut self, sql: &'static str) -> Self {
        self.sql.to_mut().push_str(sql);
        self
    }

    /// Goes on with so many groups of so many values: `(?, ?), (?, ?)`.
    pub(crate) fn push_groups(mut self, groups: usize, values: usize) -> Self {
        let group = format!("({})", vec!["?"; values].join(", "));
        self.sql.to_mut().push_str(&vec![group; groups].join(", "));
        self
    }

    /// An INSERT that changes nothing if the row is there.
    pub(crate) fn or_nothing(mut self) -> Self {
        self.conflict = Conflict::Nothing;
        self
    }

    /// An INSERT that changes these columns if a row with this key is there.
    pub(crate) fn or_update(mut self, key: &'static str, columns: &'static [&'static str]) -> Self {
        self.conflict = Conflict::Update(key, columns);
        self
    }

    /// Changes rows; how many.
    pub(crate) async fn execute(self, link: impl Into<Link<'_>>) -> Result<u64, sqlx::Error> {
        persist!(self, link.into(), execute)
    }

    /// All rows.
    pub(crate) async fn fetch_all<T: Record>(self, link: impl Into<Link<'_>>) -> Result<Vec<T>, sqlx::Error> {
        persist!(self, link.into(), fetch_all, T)
    }

    /// The first row, if there is one.
    pub(crate) async fn fetch_optional<T: Record>(
        self,
        link: impl Into<Link<'_>>,
    ) -> Result<Option<T>, sqlx::Error> {
        persist!(self, link.into(), fetch_optional, T)
    }

    /// The first column of all rows.
    pub(crate) async fn fetch_values<T>(self, link: impl Into<Link<'_>>) -> Result<Vec<T>, sqlx::Error>
    where
        (T,): Record,
    {
        let rows: Vec<(T,)> = self.fetch_all(link).await?;
        Ok(rows.into_iter().map(|(value,)| value).collect())
    }

    /// The first column of the first row, if there is one.
    pub(crate) async fn find_value<T>(self, link: impl Into<Link<'_>>) -> Result<Option<T>, sqlx::Error>
    where
        (T,): Record,
    {
        let row: Option<(T,)> = self.fetch_optional(link).await?;
        Ok(row.map(|(value,)| value))
    }

    /// The first column of the row that there always is.
    pub(crate) async fn fetch_value<T>(self, link: impl Into<Link<'_>>) -> Result<T, sqlx::Error>
    where
        (T,): Record,
    {
        self.find_value(link).await?.ok_or(sqlx::Error::RowNotFound)
    }

    fn prepared<D: Dialect>(&self) -> Result<(AssertSqlSafe<String>, D::Arguments), sqlx::Error> {
        let mut sql = translate::<D>(&self.sql);
        match self.conflict {
            Conflict::Error => {}
            Conflict::Nothing => sql.push_str(D::or_nothing()),
            Conflict::Update(key, columns) => sql.push_str(&D::or_update(key, columns)),
        }
        let mut arguments = D::Arguments::default();
        arguments.reserve(self.values.len(), 0);
        for value in &self.values {
            D::add(&mut arguments, value.clone()).map_err(sqlx::Error::Encode)?;
        }
        // Made of literals of this crate; values travel beside it.
        Ok((AssertSqlSafe(sql), arguments))
    }
}

async fn execute<D>(query: &Query, connection: &mut D::Connection) -> Result<u64, sqlx::Error>
where
    D: Dialect + Counts,
    D::Arguments: sqlx::IntoArguments<D>,
    for<'c> &'c mut D::Connection: sqlx::Executor<'c, Database = D>,
{
    let (sql, arguments) = query.prepared::<D>()?;
    let done = sqlx::query_with::<D, _>(sql, arguments)
        .execute(connection)
        .await?;
    Ok(D::rows_affected(&done))
}

async fn fetch_all<D, T>(query: &Query, connection: &mut D::Connection) -> Result<Vec<T>, sqlx::Error>
where
    D: Dialect,
    D::Arguments: sqlx::IntoArguments<D>,
    for<'c> &'c mut D::Connection: sqlx::Executor<'c, Database = D>,
    T: Send + Unpin + for<'r> FromRow<'r, D::Row>,
{
    let (sql, arguments) = query.prepared::<D>()?;
    sqlx::query_as_with::<D, T, _>(sql, arguments)
        .fetch_all(connection)
        .await
}

async fn fetch_optional<D, T>(query: &Query, connection: &mut D::Connection) -> Result<Option<T>, sqlx::Error>
where
    D: Dialect,
    D::Arguments: sqlx::IntoArguments<D>,
    for<'c> &'c mut D::Connection: sqlx::Executor<'c, Database = D>,
    T: Send + Unpin + for<'r> FromRow<'r, D::Row>,
{
    let (sql, arguments) = query.prepared::<D>()?;
    sqlx::query_as_with::<D, T, _>(sql, arguments)
        .fetch_optional(connection)
        .await
}

/// How many rows a statement changed: each driver says it, but no trait of sqlx does.
trait Counts: sqlx::Database {
    fn rows_affected(done: &Self::QueryResult) -> u64;
}

macro_rules! counts {
    ($($database:ty),+) => {$(
        impl Counts for $database {
            fn rows_affected(done: &Self::QueryResult) -> u64 {
                done.rows_affected()
            }
        }
    )+};
}
counts!(Sqlite, MySql, Postgres);
