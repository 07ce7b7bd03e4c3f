//! Opening the whole.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;
use tokio_util::sync::CancellationToken;

use crate::auth::Accounts;
use crate::calendars::Calendars;
use crate::choices::ChoiceLists;
use crate::connections::Connections;
use crate::credentials::Credentials;
use crate::db::Db;
use crate::environments::Environments;
use crate::presets::Presets;
use crate::runner::{Interpreter, Questions, Values};
use crate::runs::{Artifacts, Checkpoints, Logs, Room, Runs};
use crate::scheduler::Schedules;
use crate::settings::Settings;
use crate::signals::Signals;
use crate::start_links::StartLinks;
use crate::tasks::Catalog;
use crate::uploads::Uploads;
use crate::vault::Vault;
use crate::{Config, Error};

/// A database that takes longer to answer counts as away.
const SOON: Duration = Duration::from_secs(2);

/// Handle to everything below the web; cheap to clone.
#[derive(Clone)]
pub struct Engine {
    /// Zone for times on pages.
    pub zone: Tz,
    /// Accounts and sessions.
    pub accounts: Accounts,
    /// Task folders.
    pub catalog: Catalog,
    /// Their packages.
    pub environments: Environments,
    /// Settings of tasks.
    pub settings: Settings,
    /// Named sets of values for tasks.
    pub presets: Presets,
    /// Named secrets that tasks share.
    pub credentials: Credentials,
    /// Credentials that other services hand out.
    pub connections: Arc<Connections>,
    /// Files uploaded for parameters.
    pub uploads: Uploads,
    /// Choices that are not written in a task's file.
    pub choices: ChoiceLists,
    /// Days in which schedules do not run.
    pub calendars: Calendars,
    /// Schedules.
    pub schedules: Schedules,
    /// Addresses with which other systems start tasks.
    pub start_links: StartLinks,
    /// Runs.
    pub runs: Runs,
    /// Their logs.
    pub logs: Logs,
    /// The files they handed over.
    pub artifacts: Artifacts,
    pub(crate) config: Arc<Config>,
    pub(crate) values: Values,
    pub(crate) questions: Questions,
    pub(crate) signals: Signals,
    pub(crate) interpreter: Interpreter,
    pub(crate) checkpoints: Checkpoints,
    pub(crate) interrupt: CancellationToken,
    pub(crate) db: Db,
}

impl Engine {
    /// Opens database, key file and tasks folder. Nothing runs yet.
    pub async fn open(mut config: Config) -> Result<Self, Error> {
        create_private(&config.data_dir)?;
        let more = [config.files_dir.as_mut(), config.key_file.as_mut()];
        let known = [&mut config.data_dir, &mut config.tasks_dir];
        for folder in known.into_iter().chain(more.into_iter().flatten()) {
            let what = format!("find {}", folder.display());
            *folder = std::path::absolute(&folder).map_err(Error::io(what))?;
        }
        let db = Db::open(&config).await?;
        let vault = Vault::open(db.clone(), &config.key_file()).await?;
        let interpreter = Interpreter::new(&config)?;
        let signals = Signals::default();
        let environments = Environments::new(&config, signals.clone());
        let catalog = Catalog::new(
            &config,
            interpreter.clone(),
            environments.clone(),
            signals.clone(),
        );
        let config = Arc::new(config);
        let credentials = Credentials::new(db.clone(), vault.clone());
        let connections = Arc::new(Connections::new(
            db.clone(),
            vault.clone(),
            credentials.clone(),
            &config.private_networks,
        ));
        let uploads = Uploads::new(db.clone());
        let values = Values {
            vault: vault.clone(),
            credentials: credentials.clone(),
            connections: Arc::clone(&connections),
            uploads: uploads.clone(),
            zone: config.zone,
        };
        let questions = Questions {
            config: Arc::clone(&config),
            interpreter: interpreter.clone(),
            values: values.clone(),
        };
        Ok(Self {
            zone: config.zone,
            accounts: Accounts::new(db.clone()),
            catalog,
            environments,
            settings: Settings::new(db.clone(), vault),
            presets: Presets::new(db.clone()),
            choices: ChoiceLists::new(questions.clone(), credentials.clone()),
            credentials,
            connections,
            uploads,
            calendars: Calendars::new(db.clone()),
            schedules: Schedules::new(db.clone(), signals.clone()),
            start_links: StartLinks::new(db.clone(), signals.clone()),
            runs: Runs::new(db.clone(), signals.clone()),
            logs: Logs::new(db.clone()),
            artifacts: Artifacts::new(db.clone(), config.files_dir()),
            checkpoints: Checkpoints::new(db.clone()),
            config,
            values,
            questions,
            signals,
            interpreter,
            interrupt: CancellationToken::new(),
            db,
        })
    }

    /// What limits which runs may start here.
    pub(crate) fn room(&self) -> Room {
        let Config {
            tag_limits, labels, ..
        } = self.config.as_ref();
        Room::new(self.catalog.clone(), tag_limits.clone(), labels.clone())
    }

    /// Whether the database answers, and soon.
    pub async fn check_database(&self) -> Result<(), Error> {
        tokio::time::timeout(SOON, self.db.check())
            .await
            .unwrap_or_else(|_| Err(sqlx::Error::PoolTimedOut.into()))
    }
}

/// The data folder holds the database and the key: for its owner only (rule S30).
fn create_private(folder: &std::path::Path) -> Result<(), Error> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(Error::io(format!("create {}", folder.display())))
}
