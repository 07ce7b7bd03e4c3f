//! Settings of the server: each an option and an environment variable.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono_tz::Tz;
use clap::Parser;
use domain::secret::Secret;
use domain::task::TaskLimits;
use engine::{Config, EnvironmentPolicy, IpNet, PassedVariable, Role, TASK_SETTINGS};

use crate::cli::Command;

/// A scheduler for tasks that a developer drops into a folder and everybody else runs from the browser.
#[derive(Parser)]
#[command(name = "insightmesh-tasks", version)]
pub(crate) struct Options {
    /// Instead of serving.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Address to listen on. The default is reachable from this computer only.
    #[arg(long, env = "HOST", default_value = "127.0.0.1")]
    pub(crate) host: IpAddr,
    /// Port to listen on.
    #[arg(long, env = "PORT", default_value_t = 3000)]
    pub(crate) port: u16,
    /// Address under which people reach the server, if a proxy stands before it. With https, cookies insist on https.
    #[arg(long, env = "PUBLIC_URL")]
    pub(crate) public_url: Option<String>,
    /// Folder for the database and the key file.
    #[arg(long, env = "DATA_DIR", default_value = "./data")]
    data_dir: PathBuf,
    /// Database address; empty means a SQLite file in the data folder.
    #[arg(long, env = "TASK_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// File with the key that opens saved passwords; empty means secret.key in the data folder. Servers that share a
    /// database need the same.
    #[arg(long, env = "SECRET_KEY_FILE")]
    key_file: Option<PathBuf>,
    /// Folder for files that runs hand over; empty means one in the data folder. Servers that share a database need the
    /// same.
    #[arg(long, env = "FILES_DIR")]
    files_dir: Option<PathBuf>,
    /// What this server does, where several share a database.
    #[arg(long, env = "ROLE", value_enum, default_value = "all")]
    pub(crate) role: Roles,
    /// Folder with the tasks, one folder each.
    #[arg(long, env = "EXTERNAL_TASKS_PATH", default_value = "./external_tasks")]
    tasks_dir: PathBuf,
    /// Python interpreter that runs the tasks.
    #[arg(long, env = "TASK_PYTHON", default_value = "python3")]
    python: PathBuf,
    /// Time zone of times on pages and of new schedules; the computer's own if not given.
    #[arg(long, env = "SCHEDULER_TIMEZONE")]
    zone: Option<Tz>,
    /// How many tasks run at the same time.
    #[arg(long, env = "MAX_CONCURRENT_RUNS", default_value_t = 8)]
    concurrency: usize,
    /// A task is stopped after this many seconds.
    #[arg(long, env = "RUN_TIME_LIMIT_SECONDS", default_value_t = 3600)]
    time_limit: u64,
    /// A task that was asked to stop is killed after this many seconds.
    #[arg(long, env = "STOP_GRACE_SECONDS", default_value_t = 10)]
    stop_grace: u64,
    /// Data memory that each process of a run may use, in MiB; 0 means no limit.
    #[arg(long, env = "RUN_MEMORY_LIMIT_MB", default_value_t = 2048)]
    memory_limit: u64,
    /// The largest file that a run may write, in MiB; 0 means no limit.
    #[arg(long, env = "RUN_FILE_LIMIT_MB", default_value_t = 10_240)]
    file_limit: u64,
    /// Files that a run may have open; 0 means no limit.
    #[arg(long, env = "RUN_OPEN_FILES_LIMIT", default_value_t = 1024)]
    open_files_limit: u64,
    /// Of a run's log this is kept, in MiB: its beginning and its end; 0 means no limit.
    #[arg(long, env = "RUN_LOG_LIMIT_MB", default_value_t = 5)]
    log_limit: u64,
    /// Processes and threads of the tasks' user; 0 means no limit. Without a task user the server's own count as well.
    #[arg(long, env = "RUN_PROCESS_LIMIT", default_value_t = 0)]
    process_limit: u64,
    /// Runs at the same time of all tasks with a tag, on all servers together: tag=number, separated by commas.
    #[arg(long, env = "TAG_LIMITS", value_delimiter = ',', value_parser = tag_limit)]
    tag_limits: Vec<(String, usize)>,
    /// What this server has, such as gpu, for tasks that need it; words separated by commas.
    #[arg(long, env = "WORKER_LABELS", value_delimiter = ',')]
    labels: Vec<String>,
    /// Private networks in which services of connected accounts may be, such as 10.0.0.0/8; separated by commas. Without
    /// it the server asks public addresses only.
    #[arg(long, env = "ALLOWED_PRIVATE_ADDRESSES", value_delimiter = ',', value_parser = network)]
    private_networks: Vec<IpNet>,
    /// Operating-system user that runs the tasks, if the server itself is run by root.
    #[arg(long, env = "TASK_USER")]
    task_user: Option<String>,
    /// More variables of this environment for tasks: NAME for all, task:NAME for one, separated by commas.
    #[arg(long, env = "TASK_ENV", value_delimiter = ',', value_parser = passed_variable)]
    task_env: Vec<PassedVariable>,
    /// What becomes of a task's requirements.txt: an environment is built, or its packages count as preinstalled.
    #[arg(long, env = "TASK_ENVIRONMENTS", value_enum, default_value = "build")]
    environments: Environments,
    /// Folder of wheels to install packages from, instead of the package index.
    #[arg(long, env = "TASK_WHEELS")]
    wheels: Option<PathBuf>,
    /// The uv program, which builds environments.
    #[arg(long, env = "UV", default_value = "uv")]
    uv: PathBuf,
    /// For who works on the pages: shows the components by themselves at /gallery.
    #[arg(long, env = "COMPONENT_GALLERY", hide = true)]
    pub(crate) gallery: bool,
    /// When the server stops, running tasks may go on for this many seconds.
    #[arg(long, env = "SHUTDOWN_GRACE_SECONDS", default_value_t = 20)]
    pub(crate) shutdown_grace: u64,
}

/// `--role`.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Roles {
    /// Everything.
    All,
    /// Shows pages.
    Web,
    /// Turns due schedules into runs.
    Scheduler,
    /// Runs tasks.
    Worker,
}

/// `--environments`.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Environments {
    Build,
    Preinstalled,
}

impl Options {
    /// Where people reach the server.
    pub(crate) fn address(&self) -> String {
        let local = || format!("http://localhost:{}", self.port);
        self.public_url
            .as_deref()
            .map_or_else(local, |url| url.trim_end_matches('/').to_owned())
    }

    /// What the engine needs to know.
    pub(crate) fn engine(&self) -> Config {
        Config {
            data_dir: self.data_dir.clone(),
            database_url: self.database_url.clone().filter(|url| !url.is_empty()),
            key_file: self.key_file.clone().filter(|path| !path.as_os_str().is_empty()),
            files_dir: self.files_dir.clone().filter(|path| !path.as_os_str().is_empty()),
            role: match self.role {
                Roles::All => Role::All,
                Roles::Web => Role::Web,
                Roles::Scheduler => Role::Scheduler,
                Roles::Worker => Role::Worker,
            },
            tasks_dir: self.tasks_dir.clone(),
            python: self.python.clone(),
            zone: self.zone.unwrap_or_else(computers_zone),
            concurrency: self.concurrency.max(1),
            time_limit: Duration::from_secs(self.time_limit.max(1)),
            describe_limit: Duration::from_secs(10),
            stop_grace: Duration::from_secs(self.stop_grace),
            limits: TaskLimits {
                memory_mb: some(self.memory_limit),
                processes: some(self.process_limit),
                file_mb: some(self.file_limit),
                open_files: some(self.open_files_limit),
                time_minutes: None,
                runs: None,
            },
            log_mb: some(self.log_limit),
            tag_limits: self.tag_limits.iter().cloned().collect(),
            labels: self
                .labels
                .iter()
                .map(|label| label.trim().to_owned())
                .filter(|label| !label.is_empty())
                .collect(),
            private_networks: self.private_networks.clone(),
            task_user: self.task_user.clone().filter(|user| !user.is_empty()),
            task_env: self.task_env.clone(),
            environments: match self.environments {
                Environments::Build => EnvironmentPolicy::Build,
                Environments::Preinstalled => EnvironmentPolicy::Preinstalled,
            },
            wheels: self.wheels.clone(),
            packages_dir: None,
            only_task: None,
            uv: self.uv.clone(),
            task_settings: TASK_SETTINGS
                .iter()
                .filter_map(|(field, variable)| Some((*field, Secret::new(std::env::var(variable).ok()?))))
                .collect(),
        }
    }
}

/// `0` is how an option says "no limit".
fn some(limit: u64) -> Option<u64> {
    (limit > 0).then_some(limit)
}

fn tag_limit(text: &str) -> Result<(String, usize), String> {
    let limit = text
        .split_once('=')
        .and_then(|(tag, most)| Some((tag.trim().to_owned(), most.trim().parse::<usize>().ok()?)));
    limit
        .filter(|(tag, most)| !tag.is_empty() && *most > 0)
        .ok_or_else(|| format!("\"{text}\" is not tag=number, such as reports=2"))
}

/// A network, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let one = || text.parse::<IpAddr>().ok().map(IpNet::from);
    let network = text.parse().ok().or_else(one);
    network.ok_or_else(|| format!("\"{text}\" is no network, such as 10.0.0.0/8, and no address"))
}

fn passed_variable(text: &str) -> Result<PassedVariable, String> {
    let (task, name) = match text.trim().split_once(':') {
        Some((task, name)) => (Some(task.to_owned()), name),
        None => (None, text.trim()),
    };
    let is_name = !name.is_empty() && !name.contains(['=', '\0']);
    is_name
        .then(|| PassedVariable {
            task,
            name: name.to_owned(),
        })
        .ok_or_else(|| format!("\"{text}\" is neither NAME nor task:NAME"))
}

/// Machines without a setting say "Etc/UTC", which reads worse than what it is.
fn computers_zone() -> Tz {
    let zone = iana_time_zone::get_timezone()
        .ok()
        .and_then(|name| name.parse().ok());
    zone.filter(|zone| !matches!(zone, Tz::Etc__UTC | Tz::Etc__UCT | Tz::Universal))
        .unwrap_or(Tz::UTC)
}
