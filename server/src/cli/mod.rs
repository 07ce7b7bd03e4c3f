//! `insightmesh-tasks task …`: what a task's author does in a terminal, with or without a running server; and `db …`,
//! for whoever runs the server.

mod check;
mod copy;
mod create;
mod fill;
mod reload;
mod run;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;
use engine::CopyError;
use engine::author::{AuthorError, Workbench};
use engine::tasks::TaskFolder;

use crate::config::Options;

/// Commands besides serving.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Create, check and run tasks in a terminal, for their authors.
    #[command(subcommand)]
    Task(TaskCommand),
    /// Move an installation between databases.
    #[command(subcommand)]
    Db(DbCommand),
}

/// `db …`.
#[derive(Subcommand)]
pub(crate) enum DbCommand {
    /// Copy everything in a database into another, empty one: SQLite, MySQL, MariaDB and PostgreSQL in any direction.
    /// Stop the servers first. Nothing is kept of a copy that does not get to its end.
    Copy {
        /// Where it is, as in `TASK_DATABASE_URL`; or env:NAME for a variable that says so, which nobody sees in the
        /// list of processes.
        from: String,
        /// Where it is to go, written likewise. The database must be there; its tables are made.
        to: String,
    },
}

/// `task …`. All look into the folder given by `--tasks-dir`.
#[derive(Subcommand)]
pub(crate) enum TaskCommand {
    /// Create a task's folder with an example that runs, and its tests.
    New {
        /// Name of the folder: letters, digits, - and _.
        name: String,
        /// What people call the task; made from the name if not given.
        #[arg(long)]
        title: Option<String>,
    },
    /// Load a task as the server does, say what is wrong or unwise in it, and run its tests.
    Check {
        /// Name of the task; all tasks if not given.
        name: Option<String>,
        /// Leave out the tests in its folder.
        #[arg(long)]
        no_tests: bool,
    },
    /// Run a task here and now, and show its log and its result.
    Run {
        /// Name of the task.
        name: String,
        /// A setting, as it would be typed into the form: `--set size=10`. What is missing is asked for.
        #[arg(long = "set", value_name = "NAME=TEXT", value_parser = fill::setting)]
        settings: Vec<(String, String)>,
        /// Try the settings out with the task's own check, without a run.
        #[arg(long)]
        check: bool,
        /// Copy the files that the run hands over into this folder.
        #[arg(long, value_name = "FOLDER")]
        files: Option<PathBuf>,
    },
    /// Have a running server read a task again, though its files did not change, and say whether it loads.
    Reload {
        /// Name of the task.
        name: String,
    },
}

/// Why a command did not do what it was asked to. Everything a task does wrong is told by the command itself.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// The engine's part of it.
    #[error(transparent)]
    Author(#[from] AuthorError),
    /// There is no such task.
    #[error("There is no task \"{name}\" in {folder}.")]
    NoTask {
        /// What was asked for.
        name: String,
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// A database that was not copied.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// `env:NAME` without the variable.
    #[error("There is no variable {0}.")]
    NoVariable(String),
    /// The terminal.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Does what was asked. The exit code is 0 only if the task is as it should be.
pub(crate) async fn carry_out(command: Command, options: &Options) -> ExitCode {
    let outcome = match command {
        Command::Task(command) => carry_out_for_author(command, options).await,
        Command::Db(DbCommand::Copy { from, to }) => copy::copy(&from, &to).await,
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("{error}"));
            ExitCode::FAILURE
        }
    }
}

async fn carry_out_for_author(command: TaskCommand, options: &Options) -> Result<bool, CliError> {
    // Boxed: each holds a whole engine.
    match command {
        TaskCommand::New { name, title } => create::create(options, &name, title.as_deref()),
        TaskCommand::Check { name, no_tests } => {
            Box::pin(check::check(options, name.as_deref(), !no_tests)).await
        }
        TaskCommand::Run {
            name,
            settings,
            check: true,
            ..
        } => Box::pin(run::try_out(options, &name, &settings)).await,
        TaskCommand::Run {
            name,
            settings,
            files,
            ..
        } => Box::pin(run::run(options, &name, &settings, files.as_deref())).await,
        TaskCommand::Reload { name } => Box::pin(reload::reload(options, &name)).await,
    }
}

/// One task as the files have it now.
async fn load(bench: &Workbench, name: &str) -> Result<Arc<TaskFolder>, CliError> {
    let found = bench.load(name, |line| say(&format!("  {line}"))).await;
    found.ok_or_else(|| CliError::NoTask {
        name: name.to_owned(),
        folder: bench.tasks_dir().to_owned(),
    })
}

/// A line for the person at the terminal. Results go to standard output, all else to standard error.
#[allow(clippy::print_stderr)] // a command line's way of talking
fn say(line: &str) {
    eprintln!("{line}");
}

/// A line of what was asked for.
#[allow(clippy::print_stdout)] // a command line's way of answering
fn tell(line: &str) {
    println!("{line}");
}
