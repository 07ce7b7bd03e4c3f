//! Reading rows of one database and writing them into the other, a batch at a time: uploads may be large.

use std::ops::ControlFlow;

use chrono::NaiveDateTime;
use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, ColumnIndex, Decode, Executor, Row, Type};
use tokio::sync::mpsc;

use super::end::End;
use super::schema::{Kind, Table};
use super::writing;
use crate::db::value::Value;

/// Rows, and bytes of text and files, that are in memory and in a statement at once.
const MOST_ROWS: usize = 100;
const MOST_BYTES: usize = 1024 * 1024;
/// Databases take some 32,000 values in a statement at least.
const MOST_VALUES: usize = 10_000;

pub(super) type Batch = Vec<Vec<Value>>;

/// Copies a table.
pub(super) async fn copy(from: &mut End, to: &mut End, table: &Table) -> Result<(), sqlx::Error> {
    let (sender, receiver) = mpsc::channel(1);
    let reading = async {
        match from {
            End::Sqlite(connection) => read(connection, table, sender).await,
            End::MySql(connection) => read(connection, table, sender).await,
            End::Postgres(connection) => read(connection, table, sender).await,
        }
    };
    let writing = async {
        match to {
            End::Sqlite(connection) => writing::write(connection, table, receiver).await,
            End::MySql(connection) => writing::write(connection, table, receiver).await,
            End::Postgres(connection) => writing::write(connection, table, receiver).await,
        }
    };
    tokio::try_join!(reading, writing)?;
    Ok(())
}

async fn read<C>(connection: &mut C, table: &Table, batches: mpsc::Sender<Batch>) -> Result<(), sqlx::Error>
where
    C: sqlx::Connection,
    for<'c> &'c mut C: Executor<'c, Database = C::Database>,
    usize: ColumnIndex<<C::Database as sqlx::Database>::Row>,
    for<'q> <C::Database as sqlx::Database>::Arguments: sqlx::IntoArguments<C::Database>,
    for<'r> String: Decode<'r, C::Database> + Type<C::Database>,
    for<'r> i64: Decode<'r, C::Database> + Type<C::Database>,
    for<'r> f64: Decode<'r, C::Database> + Type<C::Database>,
    for<'r> bool: Decode<'r, C::Database> + Type<C::Database>,
    for<'r> NaiveDateTime: Decode<'r, C::Database> + Type<C::Database>,
    for<'r> Vec<u8>: Decode<'r, C::Database> + Type<C::Database>,
{
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let sql = format!("SELECT {} FROM {}", names.join(", "), table.name);
    let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(connection);
    let (mut batch, mut size) = (Vec::new(), 0);
    while let Some(row) = rows.try_next().await? {
        let mut values = Vec::with_capacity(names.len());
        for (index, column) in table.columns.iter().enumerate() {
            let value = match column.kind {
                Kind::Text => Value::Text(row.try_get(index)?),
                Kind::Whole => Value::Whole(row.try_get(index)?),
                Kind::Decimal => Value::Decimal(row.try_get(index)?),
                Kind::Truth => Value::Truth(row.try_get(index)?),
                Kind::Instant => Value::Instant(row.try_get(index)?),
                Kind::Bytes => Value::Bytes(row.try_get(index)?),
            };
            size += value.size();
            values.push(value);
        }
        batch.push(values);
        if is_full(&batch, size) {
            size = 0;
            if pass_on(&batches, std::mem::take(&mut batch)).await.is_break() {
                return Ok(());
            }
        }
    }
    if !batch.is_empty() {
        let _ = pass_on(&batches, batch).await;
    }
    Ok(())
}

fn is_full(batch: &Batch, size: usize) -> bool {
    let values = batch.first().map_or(0, Vec::len) * (batch.len() + 1);
    batch.len() >= MOST_ROWS || size >= MOST_BYTES || values > MOST_VALUES
}

/// The writer only goes away when it met an error, which is then told.
async fn pass_on(batches: &mpsc::Sender<Batch>, batch: Batch) -> ControlFlow<()> {
    match batches.send(batch).await {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    }
}
