//! Watching a child until it ends or must end.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use domain::run::{LogLevel, LogStream};

use super::log_writer::LogSink;
use super::process::Process;
use super::run::{Held, Runner};
use crate::runs::LAST_GRACE;

/// Why a run was stopped from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StopCause {
    /// A person asked.
    Cancelled,
    /// It ran too long.
    TimedOut,
    /// The server is going down.
    ServerStops,
    /// Another server ended the run, or the database has been away for a whole lease: the process must not go on
    /// beside whatever happens next (INV5).
    LeaseLost,
}

impl Runner {
    /// Waits for the end; stops the group when there is a cause.
    pub(super) async fn supervise(
        &self,
        hold: &Held,
        process: &mut Process,
        time_limit: Duration,
        log: &LogSink,
    ) -> io::Result<(ExitStatus, Option<StopCause>)> {
        let cause = tokio::select! {
            status = process.wait() => return Ok((status?, None)),
            cause = self.reason_to_stop(hold, time_limit) => cause,
        };
        let grace = match cause {
            StopCause::LeaseLost => self.config.stop_grace.min(LAST_GRACE),
            _ => self.config.stop_grace,
        };
        log.add(
            LogStream::System,
            LogLevel::Warning,
            sentence(cause, time_limit, grace),
        )
        .await;
        process.terminate();
        if let Ok(status) = tokio::time::timeout(grace, process.wait()).await {
            return Ok((status?, Some(cause)));
        }
        process.kill().await;
        log.add(
            LogStream::System,
            LogLevel::Warning,
            "It did not stop by itself, so it was killed.".into(),
        )
        .await;
        Ok((process.wait().await?, Some(cause)))
    }

    pub(super) async fn reason_to_stop(&self, hold: &Held, time_limit: Duration) -> StopCause {
        tokio::select! {
            () = hold.asked.cancelled() => StopCause::Cancelled,
            () = self.interrupt.cancelled() => StopCause::ServerStops,
            () = tokio::time::sleep(time_limit) => StopCause::TimedOut,
            () = hold.lease.lost() => StopCause::LeaseLost,
        }
    }
}

/// A limit as people read it.
pub(super) fn in_words(limit: Duration) -> String {
    domain::words::duration(i64::try_from(limit.as_millis()).unwrap_or(i64::MAX))
}

fn sentence(cause: StopCause, time_limit: Duration, grace: Duration) -> String {
    let why = match cause {
        StopCause::Cancelled => "Asked to stop".to_owned(),
        StopCause::TimedOut => {
            format!("Over its time limit of {}", in_words(time_limit))
        }
        StopCause::ServerStops => "The server is stopping".to_owned(),
        StopCause::LeaseLost => "This server lost its hold on the run".to_owned(),
    };
    format!("{why}; the task has {} s to clean up.", grace.as_secs())
}
