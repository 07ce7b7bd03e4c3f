//! `task new`.

use engine::author;

use super::{CliError, tell};
use crate::config::Options;

/// Creates the folder and says how to go on.
pub(super) fn create(options: &Options, name: &str, title: Option<&str>) -> Result<bool, CliError> {
    let config = options.engine();
    let folder = author::create_task(&config.tasks_dir, name, title)?;
    tell(&format!("Created {}", folder.display()));
    tell("");
    tell("  job.py             the task: its settings, and execute()");
    tell("  requirements.txt   packages it needs, installed by themselves");
    tell("  README.md          what people read on its page");
    tell("  tests/             tests, run by \"task check\"");
    tell("");
    tell("Next:");
    tell(&format!("  insightmesh-tasks task check {name}"));
    tell(&format!("  insightmesh-tasks task run {name}"));
    tell("A running server shows it within seconds.");
    Ok(true)
}
