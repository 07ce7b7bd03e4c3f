//! One run from claim to end.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use domain::run::{FailureReason, LogLevel, LogStream};
use tokio::io::AsyncRead;
use tokio::net::unix::pipe;
use tokio_util::sync::CancellationToken;

use super::capture::{Lines, PRINTED};
use super::ending::{Event, Final, ending};
use super::interpreter::Interpreter;
use super::log_writer::{self, LogSink};
use super::prepare::{Prepared, Refused};
use super::process::Pipes;
use crate::runs::{Claimed, Claims, Ending, Logs};
use crate::signals::Signals;
use crate::tasks::Catalog;
use crate::vault::Vault;
use crate::{Config, Error};

/// One event holds at most this: a result of 64 KiB has room, a flood has not.
const MAX_EVENT: usize = 8 * 1024 * 1024;
/// A result already sent waits this long for a slow database to take the log lines before it.
const LAST_WORD: Duration = Duration::from_secs(30);
/// After the main process ended, its output is read this long: a grandchild may hold it open (fault case F12).
const DRAIN: Duration = Duration::from_secs(2);
/// The end of a run is written within this time, or its lease runs out and it counts as interrupted.
const TRIES_TO_FINISH: u32 = 6;

/// Runs claimed runs; cheap to clone.
#[derive(Clone)]
pub(crate) struct Runner {
    pub(super) config: Arc<Config>,
    pub(super) catalog: Catalog,
    pub(super) vault: Vault,
    pub(super) claims: Claims,
    pub(super) logs: Logs,
    pub(super) signals: Signals,
    pub(super) interpreter: Interpreter,
    /// Ends all runs at once: the server is going down.
    pub(super) interrupt: CancellationToken,
    pub(super) boot_id: Arc<str>,
}

impl Runner {
    /// Puts a runner together from the engine's parts.
    pub(crate) fn new(engine: &crate::Engine, claims: Claims, boot_id: &str) -> Self {
        Self {
            config: Arc::clone(&engine.config),
            catalog: engine.catalog.clone(),
            vault: engine.vault.clone(),
            claims,
            logs: engine.logs.clone(),
            signals: engine.signals.clone(),
            interpreter: engine.interpreter.clone(),
            interrupt: engine.interrupt.clone(),
            boot_id: boot_id.into(),
        }
    }

    /// Random name of this server process.
    pub(crate) fn boot_id(&self) -> &str {
        &self.boot_id
    }

    /// A run ended: another may start.
    pub(crate) fn slot_freed(&self) {
        self.signals.queue().notify_one();
    }

    /// Takes a claimed run to its end. All failures end in the run's row or, if the database is gone, in the log.
    pub(crate) async fn run(&self, run_id: &str) {
        match self.claims.load(run_id).await {
            Ok(Some(run)) => {
                // Read before the start: the code that runs is the code on disk now (fault case F73).
                let code_hash = self
                    .catalog
                    .find(&run.task_name)
                    .map(|folder| folder.code_hash.clone());
                let ending = self.attempt(&run).await;
                self.finish(&run, code_hash.as_deref(), &ending).await;
            }
            Ok(None) => tracing::warn!(run = %run_id, "a claimed run was ended by someone else"),
            Err(error) => tracing::error!(run = %run_id, "a claimed run could not be read: {error}"),
        }
        self.signals.drop_stop_token(run_id);
    }

    async fn attempt(&self, run: &Claimed) -> Ending {
        let prepared = match self.prepare(run).await {
            Ok(prepared) => prepared,
            Err(Refused::Ended(ending)) => return ending,
            Err(Refused::Failed(error)) => return failed_by_us(run, &error),
        };
        let folder = prepared.folder.clone();
        let ending = self.execute(run, prepared).await.unwrap_or_else(|source| {
            failed_by_us(
                run,
                &Error::Io {
                    what: "run the task's process".into(),
                    source,
                },
            )
        });
        remove(&folder).await;
        ending
    }

    async fn execute(&self, run: &Claimed, prepared: Prepared) -> io::Result<Ending> {
        let Prepared {
            request,
            redactor,
            folder,
        } = prepared;
        let (mut process, pipes) = self
            .interpreter
            .start(&request, Some(&run.run_id), &folder)
            .await?;
        drop(request);
        let hurry = CancellationToken::new();
        let (log, log_written) = log_writer::start(
            self.logs.clone(),
            self.signals.clone(),
            redactor.clone(),
            run.clone(),
            hurry.clone(),
        );
        let readers = self.spawn_readers(pipes, &log);
        let (status, cause) = self.supervise(run, &mut process, &log).await?;
        // No process survives its run.
        process.kill();
        hurry.cancel();
        drop(log);
        let said = readers.finish().await;
        if log_written.await.is_err() {
            tracing::error!(run = %run.run_id, "the log writer stopped");
        }
        Ok(ending(said, status, cause, &redactor, self.config.time_limit))
    }

    fn spawn_readers(&self, pipes: Pipes, log: &LogSink) -> Readers {
        let Pipes {
            events,
            stdout,
            stderr,
        } = pipes;
        let (out, err) = (log.clone(), log.clone());
        Readers {
            events: tokio::spawn(read_events(events, log.clone(), self.catalog.clone())),
            printed: [
                tokio::spawn(read_printed(stdout, LogStream::Stdout, out)),
                tokio::spawn(read_printed(stderr, LogStream::Stderr, err)),
            ],
        }
    }

    async fn finish(&self, run: &Claimed, code_hash: Option<&str>, ending: &Ending) {
        let mut pause = Duration::from_millis(250);
        for _ in 0..TRIES_TO_FINISH {
            match self.claims.finish(run, code_hash, ending).await {
                Ok(true) => return,
                Ok(false) => return tracing::warn!(run = %run.run_id, "the run had already been ended"),
                Err(error) => {
                    tracing::error!(run = %run.run_id, "the end of a run is not written yet: {error}");
                }
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
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
    events: tokio::task::JoinHandle<Option<Final>>,
    printed: [tokio::task::JoinHandle<()>; 2],
}

impl Readers {
    /// Reads what is left, but not for ever, and returns the harness' last word.
    async fn finish(mut self) -> Option<Final> {
        // Nothing a task leaves behind holds the events pipe, so its end comes as soon as all of it is read and stored.
        let said = tokio::time::timeout(LAST_WORD, &mut self.events).await;
        if said.is_err() {
            self.events.abort();
        }
        let deadline = tokio::time::Instant::now() + DRAIN;
        for mut reader in self.printed {
            if tokio::time::timeout_at(deadline, &mut reader).await.is_err() {
                reader.abort();
            }
        }
        said.ok().and_then(Result::ok).flatten()
    }
}

async fn read_printed(pipe: impl AsyncRead + Unpin, stream: LogStream, log: LogSink) {
    let mut lines = Lines::new(pipe, PRINTED);
    while let Some(line) = lines.next().await {
        log.add(stream, LogLevel::Info, line).await;
    }
}

async fn read_events(pipe: pipe::Receiver, log: LogSink, catalog: Catalog) -> Option<Final> {
    let mut last = None;
    let mut lines = Lines::new(pipe, MAX_EVENT);
    while let Some(line) = lines.next().await {
        match serde_json::from_str(&line) {
            Ok(Event::Log {
                level,
                message,
                logger,
            }) => {
                let text = if logger.is_empty() || logger == "root" {
                    message
                } else {
                    format!("{logger}: {message}")
                };
                log.add(LogStream::Log, LogLevel::from_python(&level), bounded(text))
                    .await;
            }
            Ok(Event::Reload { name }) => catalog.forget(&name),
            Ok(Event::Result { result }) => last = Some(Final::Result(result)),
            Ok(Event::Error(failure)) => last = Some(Final::Error(failure)),
            Ok(Event::Unknown) => {}
            Err(_) => {
                let text = "An unreadable event was passed over.".to_owned();
                log.add(LogStream::System, LogLevel::Warning, text).await;
            }
        }
    }
    last
}

/// A log record keeps its line breaks, but not NUL, and not more than a printed line may have.
fn bounded(mut text: String) -> String {
    if text.len() > PRINTED {
        text.truncate(text.floor_char_boundary(PRINTED));
        text.push_str(" … (cut)");
    }
    text.replace('\0', "\u{fffd}")
}

async fn remove(folder: &Path) {
    if let Err(error) = tokio::fs::remove_dir_all(folder).await {
        tracing::warn!("working folder {} not removed: {error}", folder.display());
    }
}
