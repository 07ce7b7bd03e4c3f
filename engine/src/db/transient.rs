//! Errors of the database that pass.

use std::borrow::Cow;

/// Deadlock, lock wait or serialization failure: the statement did nothing and may be sent again. The numbers are
/// MySQL's, the letters SQL states (fault case F38).
const CONFLICTS: &[&str] = &["40001", "40P01", "55P03", "1213", "1205"];

/// SQL states and MySQL numbers of a server that starts, stops, or has no connection left.
const AWAY: &[&str] = &["57P01", "57P02", "57P03", "53300", "1040", "1053"];

/// Whether another transaction was in the way.
pub(crate) fn is_conflict(error: &sqlx::Error) -> bool {
    codes(error).any(|code| CONFLICTS.contains(&&*code))
}

/// Whether the database is away, so that the same may work later.
pub(crate) fn is_away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        error => codes(error).any(|code| AWAY.contains(&&*code) || code.starts_with("08")),
    }
}

/// Whether there is such a row already.
pub(crate) fn is_taken(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

fn codes(error: &sqlx::Error) -> impl Iterator<Item = Cow<'_, str>> {
    let error = error.as_database_error();
    let number = error
        .and_then(|error| error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>())
        .map(|error| Cow::Owned(error.number().to_string()));
    error
        .and_then(sqlx::error::DatabaseError::code)
        .into_iter()
        .chain(number)
}
