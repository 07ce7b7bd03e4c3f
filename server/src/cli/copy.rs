//! `db copy`.

use engine::copy_database;

use super::{CliError, tell};

/// Copies a database and tells how many rows each table has.
pub(super) async fn copy(from: &str, to: &str) -> Result<bool, CliError> {
    let copied = copy_database(&address(from)?, &address(to)?).await?;
    for table in &copied {
        tell(&format!("{:>12}  {}", table.rows, table.table));
    }
    tell(
        "Copied. Start the server with TASK_DATABASE_URL naming the second database, and with the same key file",
    );
    tell(
        "(SECRET_KEY_FILE): saved passwords open with no other. Files that runs handed over stay in FILES_DIR.",
    );
    Ok(true)
}

/// An address, or `env:NAME` for one that must not be seen in the list of processes.
fn address(text: &str) -> Result<String, CliError> {
    let Some(name) = text.strip_prefix("env:") else {
        return Ok(text.to_owned());
    };
    std::env::var(name).map_err(|_| CliError::NoVariable(name.to_owned()))
}
