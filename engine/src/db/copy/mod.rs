//! Moving an installation to another database: every table, row by row, in one transaction.
//!
//! Tables and columns are those that the databases have, so that a migration needs no change here.

mod end;
mod rows;
mod schema;
mod writing;

use end::End;

use super::address::Address;
use crate::Error;

/// Where an installation would show: a database with rows in one of these is not written over.
const SIGNS: [&str; 8] = [
    "users",
    "task_settings",
    "task_presets",
    "schedules",
    "task_runs",
    "secrets",
    "credentials",
    "uploads",
];

/// Why a database was not copied. The texts are for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A server may be at work on what is to be copied.
    #[error("{0} is in use. Stop every InsightMesh Tasks server on it first.")]
    InUse(&'static str),
    /// There is nothing to copy, or not of this version.
    #[error("{0}")]
    Source(String),
    /// There is an installation already.
    #[error(
        "The second database holds an installation already: there are rows in {0}. Nothing is written over; name an \
         empty database."
    )]
    Taken(String),
    /// A table or column that one of the two has not got.
    #[error("The two databases differ: {0}. Start this version of the server once on the first.")]
    Differ(String),
    /// A table that did not get through.
    #[error("{table} could not be copied: {source}")]
    Table {
        /// Which.
        table: String,
        /// What the database answered.
        source: sqlx::Error,
    },
    /// Rows are missing.
    #[error(
        "{table} has {from} rows in the first database and {to} in the second. Nothing was kept of the copy."
    )]
    Counts {
        /// Which table.
        table: String,
        /// Rows to copy.
        from: i64,
        /// Rows copied.
        to: i64,
    },
    /// The database itself.
    #[error(transparent)]
    Engine(#[from] Error),
}

impl From<sqlx::Error> for CopyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Engine(error.into())
    }
}

/// A table that was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Its name.
    pub table: String,
    /// How many rows it has, in both databases.
    pub rows: i64,
}

/// Copies all that the first database holds into the second, which is made ready for it. Both addresses are written as
/// in `TASK_DATABASE_URL`. After an error nothing of the copy is left.
pub async fn copy_database(from: &str, to: &str) -> Result<Vec<Copied>, CopyError> {
    let (from, to) = (Address::parse(from)?, Address::parse(to)?);
    let (mut from, _from_locks) = End::source(from).await?;
    let (mut to, _to_locks) = End::target(to).await?;
    let (from_tables, to_tables) = (from.tables().await?, to.tables().await?);
    schema::compare(&from_tables, &to_tables)?;
    for sign in SIGNS {
        if to.count(sign).await? > 0 {
            return Err(CopyError::Taken(sign.to_owned()));
        }
    }
    from.begin_reading().await?;
    to.begin_writing().await?;
    // What a migration or a first start put there, such as the proof of a key.
    for table in to_tables.iter().rev() {
        to.clear(&table.name).await?;
    }
    let mut copied = Vec::new();
    for table in &to_tables {
        let in_table = |source| CopyError::Table {
            table: table.name.clone(),
            source,
        };
        rows::copy(&mut from, &mut to, table).await.map_err(in_table)?;
        let (before, after) = (from.count(&table.name).await?, to.count(&table.name).await?);
        if before != after {
            return Err(CopyError::Counts {
                table: table.name.clone(),
                from: before,
                to: after,
            });
        }
        to.go_on_counting(table).await.map_err(in_table)?;
        copied.push(Copied {
            table: table.name.clone(),
            rows: after,
        });
    }
    // A server that came meanwhile may have done what the copy does not know.
    from.refuse_if_in_use("The first database").await?;
    to.commit().await?;
    Ok(copied)
}
