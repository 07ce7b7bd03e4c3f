//! Bringing a schema up to date, whatever stopped the last attempt.

use sqlx::migrate::{Migrate, MigrateError, Migrator};

use crate::Error;

/// Runs what has not run yet. The caller holds a lock that keeps other servers from doing the same.
pub(super) async fn run<C: Migrate>(connection: &mut C, migrator: &Migrator) -> Result<(), Error> {
    let migrator = Migrator {
        locking: false,
        migrations: migrator.migrations.clone(),
        ..Migrator::DEFAULT
    };
    migrator
        .run_direct(None, connection, false)
        .await
        .map_err(|error| match error {
            MigrateError::VersionMissing(version) => Error::Config(format!(
                "The database was changed by a newer version of InsightMesh Tasks (its schema is {version}). Start that \
                 version or a later one; this one would not understand what it finds."
            )),
            MigrateError::VersionMismatch(version) => Error::Config(format!(
                "The database was made by another build of InsightMesh Tasks (its schema {version} differs). Use a \
                 released version, or the copy that the update kept beside the database."
            )),
            other => other.into(),
        })
}

/// Whether the schema is that of this version: no older, no newer, and all of it. An error if there is none.
pub(super) async fn is_up_to_date<C: Migrate>(
    connection: &mut C,
    migrator: &Migrator,
) -> Result<bool, MigrateError> {
    let applied = connection.list_applied_migrations(&migrator.table_name).await?;
    let unfinished = connection.dirty_version(&migrator.table_name).await?;
    let has = applied
        .iter()
        .map(|migration| (migration.version, &migration.checksum));
    let known = migrator
        .iter()
        .map(|migration| (migration.version, &migration.checksum));
    Ok(unfinished.is_none() && has.eq(known))
}

/// The version that the database has, if there is a newer one and the database is not new itself.
pub(super) async fn outdated<C: Migrate>(
    connection: &mut C,
    migrator: &Migrator,
) -> Result<Option<i64>, Error> {
    connection.ensure_migrations_table(&migrator.table_name).await?;
    let applied = connection.list_applied_migrations(&migrator.table_name).await?;
    let has = applied.iter().map(|migration| migration.version).max();
    let newest = migrator.iter().map(|migration| migration.version).max();
    Ok(has.filter(|_| has < newest))
}
