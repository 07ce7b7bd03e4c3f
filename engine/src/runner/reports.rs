//! Progress and checkpoints: the newest counts, so they are stored at a pace of ours, not the task's.

use std::future::Future;
use std::time::Duration;

use domain::run::{LogLevel, LogStream};
use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::log_writer::LogSink;
use super::redact::Redactor;
use super::run::Runner;
use crate::runs::{Checkpoints, Claimed, Claims, Progress};

/// Pages see progress twice a second at most.
const PROGRESS_EVERY: Duration = Duration::from_millis(500);
/// A server that dies loses at most this much of a checkpoint.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);
/// Letters of a progress text that are shown.
const MAX_TEXT: usize = 200;
/// A checkpoint is a place to go on from, not a store of data.
const MAX_CHECKPOINT: usize = 64 * 1024;

/// Where the reader of events puts what is newest.
pub(super) struct Reports {
    progress: watch::Sender<Option<Progress>>,
    checkpoint: watch::Sender<Option<Map<String, Value>>>,
}

impl Reports {
    pub(super) fn progress(&self, progress: Progress) {
        self.progress.send_replace(Some(progress));
    }

    pub(super) fn checkpoint(&self, values: Map<String, Value>) {
        self.checkpoint.send_replace(Some(values));
    }
}

/// Stores what is reported until `Reports` is gone, the last of it in any case. `hurry` ends its pauses.
pub(super) fn start(
    runner: &Runner,
    run: &Claimed,
    redactor: &Redactor,
    log: &LogSink,
    hurry: &CancellationToken,
) -> (Reports, [JoinHandle<()>; 2]) {
    let (progress, newest_progress) = watch::channel(None);
    let (checkpoint, newest_checkpoint) = watch::channel(None);
    let reporter = Reporter {
        claims: runner.claims.clone(),
        run: run.clone(),
        redactor: redactor.clone(),
    };
    let keeper = Keeper {
        checkpoints: runner.checkpoints.clone(),
        run: run.clone(),
        redactor: redactor.clone(),
        log: log.clone(),
        last_refusal: None,
    };
    let stored = [
        tokio::spawn(keep(newest_progress, PROGRESS_EVERY, hurry.clone(), reporter)),
        tokio::spawn(keep(newest_checkpoint, CHECKPOINT_EVERY, hurry.clone(), keeper)),
    ];
    (Reports { progress, checkpoint }, stored)
}

/// Something that stores the newest.
trait Store<T>: Send {
    fn store(&mut self, newest: T) -> impl Future<Output = ()> + Send;
}

async fn keep<T: Clone + Send + Sync>(
    mut newest: watch::Receiver<Option<T>>,
    pause: Duration,
    hurry: CancellationToken,
    mut store: impl Store<T>,
) {
    // A value that was not seen yet comes out even when its sender is gone.
    while newest.changed().await.is_ok() {
        let value = newest.borrow_and_update().clone();
        if let Some(value) = value {
            store.store(value).await;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = hurry.cancelled() => {}
        }
    }
}

struct Reporter {
    claims: Claims,
    run: Claimed,
    redactor: Redactor,
}

impl Store<Progress> for Reporter {
    async fn store(&mut self, newest: Progress) {
        let progress = Progress {
            text: newest.text.map(|text| in_short(&self.redactor.text(text))),
            ..newest
        };
        if let Err(error) = self.claims.report(&self.run, &progress).await {
            tracing::error!(run = %self.run.run_id, "progress not stored: {error}");
        }
    }
}

fn in_short(text: &str) -> String {
    let plain = text.chars().map(|letter| match letter {
        letter if letter.is_whitespace() => ' ',
        letter if letter.is_control() => '\u{fffd}',
        letter => letter,
    });
    plain.take(MAX_TEXT).collect()
}

struct Keeper {
    checkpoints: Checkpoints,
    run: Claimed,
    redactor: Redactor,
    log: LogSink,
    /// Said once, not every second.
    last_refusal: Option<&'static str>,
}

impl Store<Map<String, Value>> for Keeper {
    async fn store(&mut self, newest: Map<String, Value>) {
        let values = Value::Object(newest);
        let text = values.to_string();
        let refusal = if text.len() > MAX_CHECKPOINT {
            Some("The checkpoint was not kept: it is larger than 64 KiB.")
        } else if self.redactor.value(values.clone()) != values {
            // With a secret missing it would be no use, and with the secret it would be a leak.
            Some("The checkpoint was not kept: it holds a password.")
        } else {
            None
        };
        if let Some(sentence) = refusal {
            if self.last_refusal != refusal {
                let text = sentence.to_owned();
                self.log.add(LogStream::System, LogLevel::Warning, text).await;
            }
        } else if let Err(error) = self.checkpoints.save(&self.run, &text).await {
            tracing::error!(run = %self.run.run_id, "checkpoint not stored: {error}");
        }
        self.last_refusal = refusal;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    struct Noted(Arc<Mutex<Vec<i32>>>, Arc<tokio::sync::Notify>);

    impl Store<i32> for Noted {
        async fn store(&mut self, newest: i32) {
            self.0.lock().unwrap().push(newest);
            self.1.notify_one();
        }
    }

    #[tokio::test]
    async fn of_many_reports_the_first_is_stored_at_once_and_the_last_in_any_case() {
        let (stored, news) = (Arc::default(), Arc::new(tokio::sync::Notify::new()));
        let (newest, receiver) = watch::channel(None);
        let hurry = CancellationToken::new();
        let noted = Noted(Arc::clone(&stored), Arc::clone(&news));
        let keeping = tokio::spawn(keep(receiver, Duration::from_hours(1), hurry.clone(), noted));
        newest.send_replace(Some(1));
        news.notified().await;
        for number in 2..=100 {
            newest.send_replace(Some(number));
        }
        drop(newest);
        hurry.cancel();
        keeping.await.unwrap();
        assert_eq!(*stored.lock().unwrap(), [1, 100]);
    }

    #[test]
    fn a_progress_text_is_one_short_line() {
        assert_eq!(in_short("a\nb\tc\0"), "a b c\u{fffd}");
        assert_eq!(in_short(&"ä".repeat(500)).chars().count(), 200);
    }
}
