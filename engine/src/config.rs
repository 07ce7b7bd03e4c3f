//! The engine's settings, as the server read them from its environment.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use chrono_tz::Tz;
use domain::secret::Secret;
use domain::task::TaskLimits;
use ipnet::IpNet;

/// Everything the engine needs to know before it starts.
#[derive(Clone)]
pub struct Config {
    /// Folder of the database, the key file and the runs' working folders.
    pub data_dir: PathBuf,
    /// `TASK_DATABASE_URL`; none means a SQLite file in the data folder.
    pub database_url: Option<String>,
    /// The file with the key that opens saved passwords; none means `secret.key` in the data folder. Servers that share a
    /// database need the same.
    pub key_file: Option<PathBuf>,
    /// Folder for the files that runs hand over; none means one in the data folder. Servers that share a database need
    /// the same, such as a network drive.
    pub files_dir: Option<PathBuf>,
    /// What this server does.
    pub role: Role,
    /// `EXTERNAL_TASKS_PATH`.
    pub tasks_dir: PathBuf,
    /// The Python interpreter that runs tasks.
    pub python: PathBuf,
    /// Zone for times on pages and the default of new schedules (`SCHEDULER_TIMEZONE`).
    pub zone: Tz,
    /// Runs at the same time.
    pub concurrency: usize,
    /// A run is stopped after this long.
    pub time_limit: Duration,
    /// Describing a task, or asking it for the choices of a list, is given up after this long.
    pub describe_limit: Duration,
    /// Between asking a task to stop and killing it.
    pub stop_grace: Duration,
    /// What a run may use, where its task does not say otherwise.
    pub limits: TaskLimits,
    /// Of a run's log this is kept, in MiB: its beginning and its end. None means all of it.
    pub log_mb: Option<u64>,
    /// Runs at the same time of all tasks with a tag, on all servers together.
    pub tag_limits: BTreeMap<String, usize>,
    /// What this server has for tasks that need it.
    pub labels: BTreeSet<String>,
    /// Private networks in which services of connected accounts may be. Elsewhere the server asks public addresses only.
    pub private_networks: Vec<IpNet>,
    /// Operating-system user that runs tasks; none means the server's own. Needs a server run by root.
    pub task_user: Option<String>,
    /// Variables of the server's environment that tasks get besides the usual ones.
    pub task_env: Vec<PassedVariable>,
    /// What becomes of a task's `requirements.txt`.
    pub environments: EnvironmentPolicy,
    /// Folder of wheels to install from instead of the package index.
    pub wheels: Option<PathBuf>,
    /// Where built environments are kept; none means the data folder.
    pub packages_dir: Option<PathBuf>,
    /// Only this task is looked at, of all that are in the folder; none means every task.
    pub only_task: Option<String>,
    /// The `uv` program that builds environments.
    pub uv: PathBuf,
    /// Values for `TasksSettings` in Python, by field name. Secrets: tokens and database addresses are among them.
    pub task_settings: Vec<(&'static str, Secret)>,
}

/// What a server does. All of them serve at least `/healthz`, and close runs whose server died.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Everything.
    #[default]
    All,
    /// Shows pages.
    Web,
    /// Turns due schedules into runs.
    Scheduler,
    /// Runs tasks.
    Worker,
}

impl Config {
    /// The file with the key that opens saved passwords.
    pub(crate) fn key_file(&self) -> PathBuf {
        self.key_file
            .clone()
            .unwrap_or_else(|| self.data_dir.join("secret.key"))
    }

    /// Folder for the files that runs hand over.
    pub(crate) fn files_dir(&self) -> PathBuf {
        self.files_dir
            .clone()
            .unwrap_or_else(|| self.data_dir.join("artifacts"))
    }
}

/// How tasks get the packages that their `requirements.txt` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnvironmentPolicy {
    /// Built by uv, one for each set of requirements.
    Build,
    /// Whoever looks after the server has installed them for the interpreter.
    Preinstalled,
}

/// A variable of the server's environment that tasks get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedVariable {
    /// The only task that gets it; none means every task.
    pub task: Option<String>,
    /// Its name.
    pub name: String,
}

/// `TasksSettings` fields and the environment variables they come from (`original-system.md` 1.4).
///
/// `task_database_url` is left out on purpose: a task gets the data database, not the scheduler's own (rule S15).
pub const TASK_SETTINGS: &[(&str, &str)] = &[
    ("port", "FLASK_PORT"),
    ("host", "TASKS_HOST"),
    ("server_base_url", "SERVER_BASE_URL"),
    ("data_database_url", "DATA_DATABASE_URL"),
    ("slack_bot_api_url", "SLACK_BOT_API_URL"),
    ("slack_bot_api_key", "SLACK_BOT_API_KEY"),
    ("slack_bot_token", "SLACK_BOT_TOKEN"),
    ("slack_app_token", "SLACK_APP_TOKEN"),
    ("google_credentials_path", "GOOGLE_CREDENTIALS_PATH"),
    ("google_token_path", "GOOGLE_TOKEN_PATH"),
    ("metrics_api_url", "METRICS_API_URL"),
    ("metrics_api_key", "METRICS_API_KEY"),
    ("portal_secret", "PORTAL_SECRET"),
    ("portal_url", "PORTAL_URL"),
    ("portal_email", "PORTAL_EMAIL"),
    ("qdrant_host", "QDRANT_HOST"),
    ("qdrant_port", "QDRANT_PORT"),
    ("scheduler_timezone", "SCHEDULER_TIMEZONE"),
];
