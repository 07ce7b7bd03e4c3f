//! One run from claim to end.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use domain::run::{FailureReason, LogLevel, LogStream};
use tokio::io::AsyncRead;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::capture::{Lines, PRINTED};
use super::ending::{ending, suspecting};
use super::events::{self, Heard};
use super::interpreter::{Errand, Interpreter};
use super::log_writer::{self, LogSink};
use super::prepare::{Prepared, Refused};
use super::process::Pipes;
use super::reports::{self, Reports};
use super::values::Values;
use super::{folder, limits};
use crate::environments::Environments;
use crate::runs::{Artifacts, Checkpoints, Claimed, Claims, End, Ending, Lease, Logs, Spool};
use crate::signals::Signals;
use crate::tasks::{Catalog, TaskFolder};
use crate::{Config, Error, trial};

/// A result already sent waits this long for a slow database to take the log lines before it.
const LAST_WORD: Duration = Duration::from_secs(30);
/// After the main process ended, its output is read this long: a grandchild may hold it open (fault case F12).
const DRAIN: Duration = Duration::from_secs(2);
/// Between tries to write the end of a run.
const SHORTEST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Runs claimed runs; cheap to clone.
#[derive(Clone)]
pub(crate) struct Runner {
    pub(super) config: Arc<Config>,
    pub(super) catalog: Catalog,
    pub(super) environments: Environments,
    pub(super) values: Values,
    pub(super) claims: Claims,
    pub(super) logs: Logs,
    pub(super) artifacts: Artifacts,
    pub(super) checkpoints: Checkpoints,
    pub(super) signals: Signals,
    pub(super) interpreter: Interpreter,
    pub(super) spool: Spool,
    /// Ends all runs at once: the server is going down.
    pub(super) interrupt: CancellationToken,
}

/// What this server has of a run while it works on it.
pub(super) struct Held {
    pub(super) lease: Lease,
    /// Cancelled when a person asks to stop the run, here or at another server.
    pub(super) asked: CancellationToken,
}

impl Runner {
    /// Puts a runner together from the engine's parts.
    pub(crate) fn new(engine: &crate::Engine, claims: Claims) -> Self {
        Self {
            config: Arc::clone(&engine.config),
            catalog: engine.catalog.clone(),
            environments: engine.environments.clone(),
            values: engine.values.clone(),
            claims,
            logs: engine.logs.clone(),
            artifacts: engine.artifacts.clone(),
            checkpoints: engine.checkpoints.clone(),
            signals: engine.signals.clone(),
            interpreter: engine.interpreter.clone(),
            spool: Spool::new(&engine.config.data_dir),
            interrupt: engine.interrupt.clone(),
        }
    }

    /// Random name of this server process.
    pub(crate) fn boot_id(&self) -> &str {
        self.claims.boot_id()
    }

    /// A run ended: another may start.
    pub(crate) fn slot_freed(&self) {
        self.signals.queue().notify_one();
    }

    /// Takes a claimed run to its end. All failures end in the run's row or, if the database is gone, in the log.
    pub(crate) async fn run(&self, run_id: &str) {
        match self.claims.load(run_id).await {
            Ok(Some(run)) => {
                let asked = self.signals.stop_token(run_id);
                let hold = Held {
                    // Until the end is written: that may take longer than a lease.
                    lease: Lease::keep(self.claims.clone(), run.clone(), asked.clone()),
                    asked,
                };
                // Looked up once: the code that runs is the code whose hash is kept (fault case F73).
                let found = self.find_task(&run, &hold).await;
                let code_hash = found
                    .as_ref()
                    .ok()
                    .and_then(|task| Some(task.as_ref()?.code_hash.clone()));
                let ending = match found {
                    Ok(task) => self.attempt(&run, &hold, task).await,
                    Err(ending) => ending,
                };
                let end = End::new(&run, self.claims.boot_id(), code_hash, ending);
                self.finish(&end).await;
                trial::point("end written");
            }
            Ok(None) => tracing::warn!(run = %run_id, "a claimed run was ended by someone else"),
            Err(error) => tracing::error!(run = %run_id, "a claimed run could not be read: {error}"),
        }
        self.signals.drop_stop_token(run_id);
    }

    async fn attempt(&self, run: &Claimed, hold: &Held, task: Option<Arc<TaskFolder>>) -> Ending {
        let prepared = match self.prepare(run, task).await {
            Ok(prepared) => prepared,
            Err(Refused::Ended(ending)) => return ending,
            Err(Refused::Failed(error)) => return failed_by_us(run, &error),
        };
        let folder = prepared.folder.clone();
        let ending = self.execute(run, hold, prepared).await.unwrap_or_else(|source| {
            failed_by_us(
                run,
                &Error::Io {
                    what: "run the task's process".into(),
                    source,
                },
            )
        });
        folder::remove(folder).await;
        ending
    }

    async fn execute(&self, run: &Claimed, hold: &Held, prepared: Prepared) -> io::Result<Ending> {
        let Prepared {
            request,
            redactor,
            suspects,
            folder,
            limits,
            task,
        } = prepared;
        let errand = Errand {
            task: &run.task_name,
            python: &task.python,
            run_id: Some(&run.run_id),
            folder: &folder,
            limits,
        };
        trial::point("before the process");
        let (mut process, pipes) = self.interpreter.start(&request, &errand).await?;
        trial::point("process started");
        drop(request);
        let usual_limit = limits::time(limits.or(self.config.limits), self.config.time_limit);
        let time_limit = run.time_limit.unwrap_or(usual_limit);
        let hurry = CancellationToken::new();
        let (log, log_written) = log_writer::start(
            log_writer::Store {
                logs: self.logs.clone(),
                signals: self.signals.clone(),
                most_mb: self.config.log_mb,
            },
            redactor.clone(),
            run.clone(),
            hurry.clone(),
        );
        let (reports, reports_stored) = reports::start(self, run, &redactor, &log, &hurry);
        let readers = self.spawn_readers(pipes, &log, reports);
        let (status, cause) = self.supervise(hold, &mut process, time_limit, &log).await?;
        trial::point("process ended");
        // No process survives its run.
        process.clean_up().await;
        hurry.cancel();
        let Heard { last, artifacts } = readers.finish().await;
        self.keep_artifacts(run, &folder, artifacts, &redactor, &log)
            .await;
        drop(log);
        let [progress, checkpoint] = reports_stored;
        for writer in [progress, checkpoint, log_written] {
            if writer.await.is_err() {
                tracing::error!(run = %run.run_id, "a writer of the run stopped");
            }
        }
        let ending = ending(last, status, cause, &redactor, time_limit);
        Ok(suspecting(ending, &suspects))
    }

    fn spawn_readers(&self, pipes: Pipes, log: &LogSink, reports: Reports) -> Readers {
        let Pipes {
            events,
            stdout,
            stderr,
        } = pipes;
        let (out, err) = (log.clone(), log.clone());
        Readers {
            events: tokio::spawn(events::read(events, log.clone(), reports, self.catalog.clone())),
            printed: [
                tokio::spawn(read_printed(stdout, LogStream::Stdout, out)),
                tokio::spawn(read_printed(stderr, LogStream::Stderr, err)),
            ],
        }
    }

    /// Writes the end down, however long the database is away. It is on the disk meanwhile, for the next start.
    async fn finish(&self, end: &End) {
        let mut pause = SHORTEST_PAUSE;
        let mut is_spooled = false;
        loop {
            match self.claims.finish(end).await {
                Ok(is_written) => {
                    if !is_written {
                        tracing::warn!(run = %end.run_id, "the run had already been ended");
                    }
                    if is_spooled {
                        self.spool.forget(end);
                    }
                    return;
                }
                Err(error) => {
                    tracing::error!(run = %end.run_id, "the end of a run is not written yet: {error}");
                }
            }
            if !is_spooled {
                match self.spool.keep(end) {
                    Ok(()) => is_spooled = true,
                    Err(error) => tracing::error!(run = %end.run_id, "it is not kept either: {error}"),
                }
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
                () = self.interrupt.cancelled(), if is_spooled => return,
            }
        }
    }
}

fn failed_by_us(run: &Claimed, error: &Error) -> Ending {
    tracing::error!(run = %run.run_id, "a run could not be started: {error}");
    Ending::Failed {
        reason: FailureReason::LoadError,
        message: "The server could not start the task's process; its own log says why.".into(),
        traceback: None,
    }
}

struct Readers {
    events: JoinHandle<Heard>,
    printed: [JoinHandle<()>; 2],
}

impl Readers {
    /// Reads what is left, but not for ever, and returns what the harness told.
    async fn finish(mut self) -> Heard {
        // Nothing a task leaves behind holds the events pipe, so its end comes as soon as all of it is read and stored.
        let heard = tokio::time::timeout(LAST_WORD, &mut self.events).await;
        if heard.is_err() {
            self.events.abort();
        }
        let deadline = tokio::time::Instant::now() + DRAIN;
        for mut reader in self.printed {
            if tokio::time::timeout_at(deadline, &mut reader).await.is_err() {
                reader.abort();
            }
        }
        heard.ok().and_then(Result::ok).unwrap_or_default()
    }
}

async fn read_printed(pipe: impl AsyncRead + Unpin, stream: LogStream, log: LogSink) {
    let mut lines = Lines::new(pipe, PRINTED);
    while let Some(line) = lines.next().await {
        log.add(stream, LogLevel::Info, line).await;
    }
}
