//! Writing batches of rows.

use sqlx::{AssertSqlSafe, Executor};
use tokio::sync::mpsc;

use super::rows::Batch;
use super::schema::Table;
use crate::db::dialect::{Dialect, translate};

/// Inserts what comes until there is no more.
pub(super) async fn write<C>(
    connection: &mut C,
    table: &Table,
    mut batches: mpsc::Receiver<Batch>,
) -> Result<(), sqlx::Error>
where
    C: sqlx::Connection,
    C::Database: Dialect,
    for<'c> &'c mut C: Executor<'c, Database = C::Database>,
    <C::Database as sqlx::Database>::Arguments: sqlx::IntoArguments<C::Database>,
{
    while let Some(batch) = batches.recv().await {
        let sql = translate::<C::Database>(&insert::<C::Database>(table, batch.len()));
        let mut arguments = <C::Database as sqlx::Database>::Arguments::default();
        for value in batch.into_iter().flatten() {
            C::Database::add(&mut arguments, value).map_err(sqlx::Error::Encode)?;
        }
        // Names come from the databases' own list of columns; values travel beside them.
        sqlx::query_with(AssertSqlSafe(sql), arguments)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

fn insert<D: Dialect>(table: &Table, rows: usize) -> String {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let group = format!("({})", vec!["?"; names.len()].join(", "));
    format!(
        "INSERT INTO {} ({}) {} VALUES {}",
        table.name,
        names.join(", "),
        D::WITH_OWN_NUMBERS,
        vec![group; rows].join(", ")
    )
}
