//! `task reload`.

use engine::author::{Workbench, ask_for_reload};

use super::check::explain;
use super::{CliError, load, tell};
use crate::config::Options;

/// Leaves word for the server, which looks within seconds, and tells whether the task loads.
pub(super) async fn reload(options: &Options, name: &str) -> Result<bool, CliError> {
    let config = options.engine();
    let data_dir = config.data_dir.clone();
    let bench = Workbench::open(config, Some(name)).await?;
    let folder = load(&bench, name).await;
    bench.close().await;
    let folder = folder?;
    if ask_for_reload(&data_dir, name).await? {
        tell("The server reads it again.");
    } else {
        tell(&format!(
            "No server runs on the data folder {}.",
            data_dir.display()
        ));
    }
    match &folder.found {
        Ok(info) => {
            tell(&format!("{name} loads: \"{}\".", info.title));
            Ok(true)
        }
        Err(problem) => {
            tell(&format!("{name} does not load."));
            explain(problem);
            Ok(false)
        }
    }
}
