//! Stores a run's log while it is written: in batches, without secrets, within a budget (INV7).

use std::collections::VecDeque;
use std::time::Duration;

use domain::run::{LogLevel, LogStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::redact::Redactor;
use crate::db::now;
use crate::runs::{Claimed, Logs, NewLine};
use crate::signals::Signals;

/// Kept from the beginning of a log, in bytes.
const HEAD: usize = 4 * 1024 * 1024;
/// Kept from its end, in bytes, once the beginning is full.
const TAIL: usize = 1024 * 1024;
/// Lines gather this long, so that a chatty task costs ten writes a second, not a thousand.
const GATHER: Duration = Duration::from_millis(100);
/// Lines stored at once, and lines that may wait to be.
const BATCH: usize = 1000;
/// What one stored line costs beyond its text.
const LINE_COST: usize = 40;

/// Where the readers of a run put its lines. When it is full they wait, and so does the child.
#[derive(Clone)]
pub(super) struct LogSink(mpsc::Sender<NewLine>);

impl LogSink {
    /// Adds a line.
    pub(super) async fn add(&self, stream: LogStream, level: LogLevel, text: String) {
        // The writer only goes away with the run itself.
        let _ = self
            .0
            .send(NewLine {
                at: now(),
                stream,
                level,
                text,
            })
            .await;
    }
}

/// Starts the writer. It ends when all sinks are gone; `hurry` ends its gathering pauses.
pub(super) fn start(
    logs: Logs,
    signals: Signals,
    redactor: Redactor,
    run: Claimed,
    hurry: CancellationToken,
) -> (LogSink, JoinHandle<()>) {
    let (sender, receiver) = mpsc::channel(BATCH);
    let writer = Writer {
        logs,
        signals,
        redactor,
        run,
        budget: Budget::default(),
        next: 1,
        lost: 0,
    };
    (LogSink(sender), tokio::spawn(writer.write_all(receiver, hurry)))
}

struct Writer {
    logs: Logs,
    signals: Signals,
    redactor: Redactor,
    run: Claimed,
    budget: Budget,
    next: i64,
    /// Lines that the database did not take, and nobody was told of yet.
    lost: usize,
}

impl Writer {
    async fn write_all(mut self, mut receiver: mpsc::Receiver<NewLine>, hurry: CancellationToken) {
        // Installing packages, which comes before, may have written lines.
        match self.logs.next_seq(self.run.id).await {
            Ok(next) => self.next = next,
            Err(error) => tracing::error!(run = %self.run.run_id, "log not read: {error}"),
        }
        let mut batch = Vec::new();
        loop {
            let taken = receiver.recv_many(&mut batch, BATCH).await;
            if taken == 0 {
                break;
            }
            let kept: Vec<NewLine> = batch
                .drain(..)
                .map(|line| NewLine {
                    text: self.redactor.line(line.text),
                    ..line
                })
                .filter_map(|line| self.budget.admit(line))
                .collect();
            let is_nothing = kept.is_empty();
            self.store(kept).await;
            // More is waiting, and while it waits the child does; or nothing was written, so there is nothing to spare.
            if taken == BATCH || is_nothing {
                continue;
            }
            tokio::select! {
                () = tokio::time::sleep(GATHER) => {}
                () = hurry.cancelled() => {}
            }
        }
        let rest = std::mem::take(&mut self.budget).into_rest();
        self.store(rest).await;
    }

    async fn store(&mut self, mut lines: Vec<NewLine>) {
        if lines.is_empty() {
            return;
        }
        let lost = self.lost + lines.len();
        if self.lost > 0 {
            lines.insert(0, missing(self.lost));
        }
        // A log that cannot be stored must not fail the run: its result still counts.
        match self.logs.append(self.run.id, self.next, &lines).await {
            Ok(()) => {
                self.next += i64::try_from(lines.len()).unwrap_or_default();
                self.lost = 0;
            }
            Err(error) => {
                tracing::error!(run = %self.run.run_id, "log lines not stored: {error}");
                self.lost = lost;
            }
        }
        self.signals.run_moved(&self.run.run_id);
    }
}

/// In the place of lines that a full disk or a lost database did not take (fault case F41).
fn missing(lines: usize) -> NewLine {
    NewLine {
        at: now(),
        stream: LogStream::System,
        level: LogLevel::Warning,
        text: format!("… {lines} lines not kept: the database could not store them …"),
    }
}

/// Lets the first [`HEAD`] bytes through and keeps the last [`TAIL`] bytes of what follows.
#[derive(Default)]
struct Budget {
    used: usize,
    tail: VecDeque<NewLine>,
    tail_size: usize,
    dropped: u64,
}

impl Budget {
    fn admit(&mut self, line: NewLine) -> Option<NewLine> {
        let cost = line.text.len() + LINE_COST;
        if self.used + cost <= HEAD {
            self.used += cost;
            return Some(line);
        }
        // Once something was held back, nothing may overtake it.
        self.used = HEAD;
        self.tail_size += cost;
        self.tail.push_back(line);
        while self.tail_size > TAIL {
            let Some(oldest) = self.tail.pop_front() else {
                break;
            };
            self.tail_size -= oldest.text.len() + LINE_COST;
            self.dropped += 1;
        }
        None
    }

    fn into_rest(self) -> Vec<NewLine> {
        let note = (self.dropped > 0).then(|| NewLine {
            at: now(),
            stream: LogStream::System,
            level: LogLevel::Warning,
            text: format!(
                "… {} lines not kept: the log grew over {} MiB …",
                self.dropped,
                (HEAD + TAIL) / 1024 / 1024
            ),
        });
        note.into_iter().chain(self.tail).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f24_a_flood_keeps_its_beginning_and_end_and_says_what_is_missing() {
        let mut budget = Budget::default();
        let line = |number: usize| NewLine {
            at: now(),
            stream: LogStream::Stdout,
            level: LogLevel::Info,
            text: format!("{number:0100}"),
        };
        let head = (0..200_000)
            .filter_map(|number| budget.admit(line(number)))
            .count();
        let rest = budget.into_rest();
        assert_eq!(head, HEAD / 140);
        assert!(
            rest[0]
                .text
                .contains(&format!("{} lines not kept", 200_000 - head - (rest.len() - 1)))
        );
        assert!(rest.last().unwrap().text.ends_with("199999"));
        assert!(rest.len() <= TAIL / 140 + 1);
    }
}
