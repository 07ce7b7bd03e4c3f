//! The interpreter that environments are built on: `TASK_PYTHON`, asked once what it is.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::process::Command;

/// What it prints of itself: where it is, what it is, and where packages are installed for it.
const QUESTION: &str = "\
import json, os, sys, sysconfig
site = [path for path in sys.path if os.path.basename(path) in ('site-packages', 'dist-packages') and os.path.isdir(path)]
packages = sysconfig.get_path('purelib', 'posix_prefix', vars={'base': '', 'platbase': ''})
print(json.dumps({'executable': sys.executable, 'real': os.path.realpath(sys.executable), 'version': sys.version,
    'platform': sysconfig.get_platform(), 'site': site, 'packages': packages.lstrip('/')}))
";
/// A healthy interpreter answers within a fraction of a second.
const LIMIT: Duration = Duration::from_secs(30);

/// An interpreter.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Base {
    /// Its own absolute path, inside its virtual environment if it has one.
    pub(super) executable: PathBuf,
    /// The same without links.
    pub(super) real: String,
    /// `sys.version`: also which build it is.
    pub(super) version: String,
    /// `linux-x86_64`, say.
    pub(super) platform: String,
    /// Folders of the packages that are installed for it.
    pub(super) site: Vec<String>,
    /// Where an environment keeps its packages, from the environment's folder.
    pub(super) packages: PathBuf,
}

impl Base {
    /// Asks. The error is a sentence.
    pub(super) async fn ask(python: &Path) -> Result<Self, String> {
        let mut command = Command::new(python);
        command
            .args(["-I", "-B", "-c", QUESTION])
            .env_clear()
            .stdin(Stdio::null())
            .kill_on_drop(true);
        for name in ["PATH", "HOME", "LD_LIBRARY_PATH"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let name = python.display();
        let answer = tokio::time::timeout(LIMIT, command.output())
            .await
            .map_err(|_| format!("The interpreter {name} did not answer."))?
            .map_err(|error| format!("The interpreter {name} could not be started: {error}."))?;
        serde_json::from_slice(&answer.stdout).map_err(|_| {
            let said = String::from_utf8_lossy(&answer.stderr);
            format!(
                "The interpreter {name} gave no account of itself: {}",
                said.trim()
            )
        })
    }
}
