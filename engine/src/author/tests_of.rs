//! Running the tests that a task's author wrote.

use std::process::Stdio;

use tokio::process::Command;

use super::AuthorError;
use super::workbench::Workbench;
use crate::tasks::TaskFolder;

/// What came of a task's tests.
pub enum Tests {
    /// There is no `tests` folder.
    None,
    /// All passed; what unittest said.
    Passed(String),
    /// Some failed; what unittest said.
    Failed(String),
}

impl Workbench {
    /// Runs what is in the task's `tests` folder, with the interpreter that has its packages.
    pub async fn run_tests(&self, task: &TaskFolder) -> Result<Tests, AuthorError> {
        let Some(folder) = task
            .job_file
            .parent()
            .filter(|folder| folder.join("tests").is_dir())
        else {
            return Ok(Tests::None);
        };
        let script = self.engine().interpreter.beside_harness("run_tests.py");
        let output = Command::new(&task.python)
            .args(["-I", "-B", "-X", "utf8"])
            .arg(script)
            .arg(folder)
            .stdin(Stdio::null())
            .output()
            .await
            .map_err(AuthorError::file(&task.python))?;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        Ok(if output.status.success() {
            Tests::Passed(said)
        } else {
            Tests::Failed(said)
        })
    }
}
