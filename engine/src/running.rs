//! A started engine: its loops, and how they stop.

use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::alive::keep_alive;
use crate::author::keep_hearing;
use crate::boot::Boot;
use crate::db::{Db, keep_listening};
use crate::elsewhere::keep_looking_around;
use crate::queue::keep_working;
use crate::runner::{Runner, adopt_orphans, remove_left_behind, sweep};
use crate::runs::{Abandoned, Claims};
use crate::scheduler::{Ticker, keep_ticking};
use crate::{Engine, Error, Role};

/// The tasks folder is read this long before the server answers; what takes longer appears when it is ready.
const FIRST_SCAN: Duration = Duration::from_secs(3);
/// Packages that no task uses are looked for this often.
const TIDY_EVERY: Duration = Duration::from_hours(24);
/// Leases of other servers, and processes that tasks left behind, are looked at this often.
const REAP_EVERY: Duration = Duration::from_secs(15);
/// Leases may have run out only because the database was away. So long after it is back their owners have renewed them,
/// or written how their runs ended: more than the longest pause between their tries.
const BENEFIT_OF_DOUBT: Duration = Duration::from_secs(30);

/// The loops of a started engine.
pub struct Running {
    engine: Engine,
    stop: CancellationToken,
    worker: Option<JoinHandle<()>>,
    loops: Vec<JoinHandle<()>>,
    /// Held while the server lives.
    _boot: Boot,
}

impl Engine {
    /// Closes what a dead server left behind, reads the tasks folder and starts the loops that the role has.
    pub async fn start(&self) -> Result<Running, Error> {
        let boot = Boot::new(&self.config, &self.db)?;
        adopt_orphans().map_err(Error::io("become the parent of what tasks leave behind"))?;
        if let Err(error) = remove_left_behind(&self.config.data_dir) {
            tracing::warn!("working folders of an earlier server not removed: {error}");
        }
        let claims = Claims::new(
            self.db.clone(),
            self.signals.clone(),
            self.room(),
            boot.id.clone(),
        );
        boot.recover(&self.db, &claims).await?;
        self.uploads.remove_abandoned().await?;
        let stop = CancellationToken::new();
        let mut first_scan = tokio::spawn({
            let catalog = self.catalog.clone();
            async move { catalog.look_first().await }
        });
        // Past this limit it goes on by itself.
        let _ = tokio::time::timeout(FIRST_SCAN, &mut first_scan).await;
        let looped = Looped {
            engine: self.clone(),
            claims,
            stop: stop.clone(),
        };
        let worker = self.config.role.works().then(|| {
            looped.keep("worker", |of| {
                let runner = Runner::new(&of.engine, of.claims.clone());
                let concurrency = of.engine.config.concurrency;
                keep_working(of.claims, runner, of.engine.signals, concurrency, of.stop)
            })
        });
        Ok(Running {
            engine: self.clone(),
            loops: self.start_loops(&looped),
            stop,
            worker,
            _boot: boot,
        })
    }

    fn start_loops(&self, looped: &Looped) -> Vec<JoinHandle<()>> {
        let mut loops = vec![
            looped.keep("tasks folder", |of| of.engine.catalog.keep_watching(of.stop)),
            looped.keep("reload", |of| {
                keep_hearing(of.engine.config.data_dir.clone(), of.engine.catalog, of.stop)
            }),
            looped.keep("news", |of| {
                keep_listening(of.engine.db, of.engine.signals, of.stop)
            }),
            looped.keep("other servers", |of| {
                keep_looking_around(of.engine.db, of.claims, of.engine.signals, of.stop)
            }),
            looped.keep("reaper", |of| keep_reaping(of.engine.db, of.claims, of.stop)),
        ];
        if self.config.role.schedules() {
            loops.push(looped.keep("scheduler", |of| {
                keep_ticking(Ticker::new(&of.engine, of.engine.db.clone()), of.stop)
            }));
        }
        if self.config.role.works() {
            loops.push(looped.keep("packages", |of| keep_tidy(of.engine, of.stop)));
        }
        loops
    }
}

/// What loops work with.
#[derive(Clone)]
struct Looped {
    engine: Engine,
    claims: Claims,
    stop: CancellationToken,
}

impl Looped {
    fn keep<F>(&self, name: &'static str, begin: fn(Self) -> F) -> JoinHandle<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let of = self.clone();
        keep_alive(name, move || begin(of.clone()))
    }
}

impl Role {
    fn works(self) -> bool {
        matches!(self, Self::All | Self::Worker)
    }

    fn schedules(self) -> bool {
        matches!(self, Self::All | Self::Scheduler)
    }
}

impl Running {
    /// Stops claiming at once, lets runs finish for `patience` or until `hurry`, then stops those still going and
    /// writes down that they were interrupted.
    pub async fn stop(self, patience: Duration, hurry: CancellationToken) {
        let Self {
            engine,
            stop,
            worker,
            loops,
            _boot,
        } = self;
        stop.cancel();
        if let Some(mut worker) = worker {
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
        }
        engine.environments.stop();
        for each in loops {
            each.abort();
        }
        engine.db.close().await;
    }
}

/// Closes runs whose lease ran out and reaps stray processes, for as long as the server lives.
async fn keep_reaping(db: Db, claims: Claims, stop: CancellationToken) {
    let mut there_since = Instant::now();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(REAP_EVERY) => {}
        }
        sweep().await;
        let answer = if there_since.elapsed() < BENEFIT_OF_DOUBT {
            db.check().await.map(|()| 0)
        } else {
            claims.close_interrupted(&Abandoned::Expired).await
        };
        match answer {
            Ok(0) => {}
            Ok(closed) => tracing::warn!("{closed} runs lost their server"),
            Err(error) => {
                there_since = Instant::now();
                tracing::error!("reaper: {error}");
            }
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
