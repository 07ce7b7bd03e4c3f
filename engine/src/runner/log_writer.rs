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

const MIB: usize = 1024 * 1024;
/// Kept from the end of a log once its beginning is full, in bytes; less where little is kept. It waits in memory.
const MOST_TAIL: usize = MIB;
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

/// Where lines are kept, how many, and who is told.
pub(super) struct Store {
    pub(super) logs: Logs,
    pub(super) signals: Signals,
    /// In MiB; none means all.
    pub(super) most_mb: Option<u64>,
}

/// Starts the writer. It ends when all sinks are gone; `hurry` ends its gathering pauses.
pub(super) fn start(
    store: Store,
    redactor: Redactor,
    run: Claimed,
    hurry: CancellationToken,
) -> (LogSink, JoinHandle<()>) {
    let (sender, receiver) = mpsc::channel(BATCH);
    let writer = Writer {
        logs: store.logs,
        signals: store.signals,
        redactor,
        run,
        budget: Budget::new(store.most_mb),
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
        let rest = self.budget.take_rest();
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
    note(format!(
        "… {lines} lines not kept: the database could not store them …"
    ))
}

fn note(text: String) -> NewLine {
    NewLine {
        at: now(),
        stream: LogStream::System,
        level: LogLevel::Warning,
        text,
    }
}

/// Lets the first bytes through and keeps the last ones of what follows.
struct Budget {
    head: usize,
    most_tail: usize,
    used: usize,
    tail: VecDeque<NewLine>,
    tail_size: usize,
    dropped: u64,
}

impl Budget {
    /// For a log of this many MiB: a fifth of it, at most [`MOST_TAIL`], is for its end.
    fn new(most_mb: Option<u64>) -> Self {
        let most = most_mb.map_or(usize::MAX, |most| {
            usize::try_from(most).unwrap_or(usize::MAX).saturating_mul(MIB)
        });
        let most_tail = (most / 5).min(MOST_TAIL);
        Self {
            head: most - most_tail,
            most_tail,
            used: 0,
            tail: VecDeque::new(),
            tail_size: 0,
            dropped: 0,
        }
    }

    fn admit(&mut self, line: NewLine) -> Option<NewLine> {
        let cost = line.size() + LINE_COST;
        if self.used + cost <= self.head {
            self.used += cost;
            return Some(line);
        }
        // Once something was held back, nothing may overtake it.
        let is_first = self.tail.is_empty() && self.dropped == 0;
        self.used = self.head;
        self.tail_size += cost;
        self.tail.push_back(line);
        while self.tail_size > self.most_tail {
            let Some(oldest) = self.tail.pop_front() else {
                break;
            };
            self.tail_size -= oldest.size() + LINE_COST;
            self.dropped += 1;
        }
        // Who follows the log sees nothing more until the run has ended.
        is_first.then(|| {
            note(format!(
                "… the log has grown over {}: of what follows, the last {} are kept and shown when the run has ended …",
                mib(self.head),
                mib(self.most_tail)
            ))
        })
    }

    fn take_rest(&mut self) -> Vec<NewLine> {
        let note = (self.dropped > 0).then(|| {
            note(format!(
                "… {} lines not kept: of this log, the first {} and the last {} are …",
                self.dropped,
                mib(self.head),
                mib(self.most_tail)
            ))
        });
        note.into_iter().chain(self.tail.drain(..)).collect()
    }
}

/// `4 MiB`, `0.8 MiB`.
fn mib(bytes: usize) -> String {
    let tenths = (bytes * 10 + MIB / 2) / MIB;
    if tenths.is_multiple_of(10) {
        format!("{} MiB", tenths / 10)
    } else {
        format!("{}.{} MiB", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: usize) -> NewLine {
        NewLine {
            at: now(),
            stream: LogStream::Stdout,
            level: LogLevel::Info,
            text: format!("{number:0100}"),
        }
    }

    #[test]
    fn f24_a_flood_keeps_its_beginning_and_end_and_says_what_is_missing() {
        let mut budget = Budget::new(Some(5));
        let mut shown: Vec<NewLine> = (0..200_000)
            .filter_map(|number| budget.admit(line(number)))
            .collect();
        let told = shown.pop().unwrap().text;
        assert_eq!(
            told,
            "… the log has grown over 4 MiB: of what follows, the last 1 MiB are kept and shown when the run has ended …"
        );
        assert_eq!(shown.len(), 4 * MIB / 140);
        let rest = budget.take_rest();
        assert_eq!(
            rest[0].text,
            format!(
                "… {} lines not kept: of this log, the first 4 MiB and the last 1 MiB are …",
                200_000 - shown.len() - (rest.len() - 1)
            )
        );
        assert!(rest.last().unwrap().text.ends_with("199999"));
        assert!(rest.len() <= MIB / 140 + 1);
    }

    #[test]
    fn a_small_log_keeps_a_fifth_for_its_end_and_an_endless_one_keeps_all() {
        let mut small = Budget::new(Some(1));
        let shown = (0..20_000).filter_map(|number| small.admit(line(number))).count();
        let kept = shown + small.take_rest().len();
        assert!(kept <= MIB / 140 + 2, "{kept}");
        let mut endless = Budget::new(None);
        let shown = (0..200_000)
            .filter_map(|number| endless.admit(line(number)))
            .count();
        assert_eq!((shown, endless.take_rest().len()), (200_000, 0));
    }
}
