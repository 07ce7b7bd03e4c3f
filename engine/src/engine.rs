//! Opening, starting and stopping the whole.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::auth::Accounts;
use crate::author::keep_hearing;
use crate::choices::ChoiceLists;
use crate::credentials::Credentials;
use crate::db::Db;
use crate::environments::Environments;
use crate::queue::keep_working;
use crate::runner::{Interpreter, Questions, Runner, Values, adopt_orphans, remove_left_behind, sweep};
use crate::runs::{Artifacts, Checkpoints, Claims, Logs, Runs};
use crate::scheduler::{Schedules, Ticker, keep_ticking};
use crate::settings::Settings;
use crate::signals::Signals;
use crate::tasks::Catalog;
use crate::uploads::Uploads;
use crate::vault::Vault;
use crate::{Config, Error};

/// The tasks folder is read this long before the server answers; what takes longer appears when it is ready.
const FIRST_SCAN: Duration = Duration::from_secs(3);
/// Packages that no task uses are looked for this often.
const TIDY_EVERY: Duration = Duration::from_hours(24);
/// Leases of other servers, and processes that tasks left behind, are looked at this often.
const REAP_EVERY: Duration = Duration::from_secs(30);

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
    /// Named secrets that tasks share.
    pub credentials: Credentials,
    /// Files uploaded for parameters.
    pub uploads: Uploads,
    /// Choices that are not written in a task's file.
    pub choices: ChoiceLists,
    /// Schedules.
    pub schedules: Schedules,
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
    db: Db,
}

/// The loops of a started engine.
pub struct Running {
    engine: Engine,
    stop: CancellationToken,
    worker: JoinHandle<()>,
    loops: Vec<JoinHandle<()>>,
    /// Held while the server lives: a second server on the same data folder would take this one's runs for dead.
    _lock: File,
}

impl Engine {
    /// Opens database, key file and tasks folder. Nothing runs yet.
    pub async fn open(mut config: Config) -> Result<Self, Error> {
        create_private(&config.data_dir)?;
        for folder in [&mut config.data_dir, &mut config.tasks_dir] {
            let what = format!("find {}", folder.display());
            *folder = std::path::absolute(&folder).map_err(Error::io(what))?;
        }
        let db = Db::open(&config).await?;
        let vault = Vault::open(db.clone(), &config.data_dir).await?;
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
        let uploads = Uploads::new(db.clone());
        let values = Values {
            vault: vault.clone(),
            credentials: credentials.clone(),
            uploads: uploads.clone(),
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
            choices: ChoiceLists::new(questions.clone(), credentials.clone()),
            credentials,
            uploads,
            schedules: Schedules::new(db.clone(), signals.clone()),
            runs: Runs::new(db.clone(), signals.clone()),
            logs: Logs::new(db.clone()),
            artifacts: Artifacts::new(db.clone(), &config.data_dir),
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

    /// Closes what a dead server left behind, reads the tasks folder and starts the loops.
    pub async fn start(&self) -> Result<Running, Error> {
        let lock = self.lock_data_dir()?;
        adopt_orphans().map_err(Error::io("become the parent of what tasks leave behind"))?;
        if let Err(error) = remove_left_behind(&self.config.data_dir) {
            tracing::warn!("working folders of an earlier server not removed: {error}");
        }
        let boot_id = Uuid::new_v4().to_string();
        let claims = Claims::new(self.db.clone(), self.signals.clone(), boot_id.clone());
        // The lock proves that no other server is at work on this database.
        let closed = claims.close_interrupted(true).await?;
        if closed > 0 {
            tracing::warn!("{closed} runs were interrupted when the server last stopped");
        }
        self.uploads.remove_abandoned().await?;
        let stop = CancellationToken::new();
        let mut first_scan = tokio::spawn({
            let catalog = self.catalog.clone();
            async move { catalog.look_first().await }
        });
        // Past this limit it goes on by itself.
        let _ = tokio::time::timeout(FIRST_SCAN, &mut first_scan).await;
        let scan = tokio::spawn(self.catalog.clone().keep_watching(stop.clone()));
        let runner = Runner::new(self, claims.clone(), &boot_id);
        let concurrency = self.config.concurrency;
        let worker = tokio::spawn(keep_working(
            claims.clone(),
            runner,
            self.signals.clone(),
            concurrency,
            stop.clone(),
        ));
        let ticks = tokio::spawn(keep_ticking(Ticker::new(self, self.db.clone()), stop.clone()));
        let reaper = tokio::spawn(keep_reaping(claims, stop.clone()));
        let hearer = tokio::spawn(keep_hearing(
            self.config.data_dir.clone(),
            self.catalog.clone(),
            stop.clone(),
        ));
        let tidier = tokio::spawn(keep_tidy(self.clone(), stop.clone()));
        Ok(Running {
            engine: self.clone(),
            stop,
            worker,
            loops: vec![hearer, scan, ticks, reaper, tidier],
            _lock: lock,
        })
    }

    fn lock_data_dir(&self) -> Result<File, Error> {
        let path = self.config.data_dir.join("server.lock");
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(Error::io(format!("create {}", path.display())))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(Error::Config(format!(
                "Another InsightMesh Tasks server is already running on {}. Stop it first, or use another DATA_DIR.",
                self.config.data_dir.display()
            ))),
            Err(TryLockError::Error(source)) => Err(Error::Io {
                what: format!("lock {}", path.display()),
                source,
            }),
        }
    }
}

impl Running {
    /// Stops claiming at once, lets runs finish for `patience` or until `hurry`, then stops those still going and
    /// writes down that they were interrupted.
    pub async fn stop(self, patience: Duration, hurry: CancellationToken) {
        let Self {
            engine,
            stop,
            mut worker,
            loops,
            _lock,
        } = self;
        stop.cancel();
        let ended = tokio::select! {
            ended = &mut worker => Some(ended),
            () = tokio::time::sleep(patience) => None,
            () = hurry.cancelled() => None,
        };
        let ended = match ended {
            Some(ended) => ended,
            None => {
                engine.interrupt.cancel();
                worker.await
            }
        };
        if let Err(error) = ended {
            tracing::error!("worker: {error}");
        }
        engine.environments.stop();
        for each in loops {
            each.abort();
        }
        engine.db.close().await;
    }
}

/// Closes runs whose lease ran out and reaps stray processes, for as long as the server lives.
async fn keep_reaping(claims: Claims, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(REAP_EVERY) => {}
        }
        sweep().await;
        match claims.close_interrupted(false).await {
            Ok(0) => {}
            Ok(closed) => tracing::warn!("{closed} runs lost their server"),
            Err(error) => tracing::error!("reaper: {error}"),
        }
    }
}

/// Removes packages that no task uses, at the start and once a day.
async fn keep_tidy(engine: Engine, stop: CancellationToken) {
    engine.catalog.wait_until_read().await;
    loop {
        // Otherwise it is not known which ones are used.
        if engine.catalog.root_problem().is_none() {
            engine.environments.remove_unused(&engine.catalog.list()).await;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(TIDY_EVERY) => {}
        }
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
