//! Watching a child until it ends or must end.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use domain::run::{LogLevel, LogStream};
use tokio_util::sync::CancellationToken;

use super::log_writer::LogSink;
use super::process::Process;
use super::run::Runner;
use crate::runs::{Claimed, Hold, RENEW_EVERY};

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

/// How often in a row a renewal may fail before the process is stopped: within the lease of 60 s.
const RENEWALS_TO_LOSE: u32 = 2;

impl Runner {
    /// Waits for the end; stops the group when there is a cause.
    pub(super) async fn supervise(
        &self,
        run: &Claimed,
        process: &mut Process,
        time_limit: Duration,
        log: &LogSink,
    ) -> io::Result<(ExitStatus, Option<StopCause>)> {
        let asked = self.signals.stop_token(&run.run_id);
        let cause = tokio::select! {
            status = process.wait() => return Ok((status?, None)),
            cause = self.reason_to_stop(run, time_limit, &asked) => cause,
        };
        let grace = self.config.stop_grace;
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

    pub(super) async fn reason_to_stop(
        &self,
        run: &Claimed,
        time_limit: Duration,
        asked: &CancellationToken,
    ) -> StopCause {
        tokio::select! {
            () = asked.cancelled() => StopCause::Cancelled,
            () = self.interrupt.cancelled() => StopCause::ServerStops,
            () = tokio::time::sleep(time_limit) => StopCause::TimedOut,
            cause = self.keep_lease(run) => cause,
        }
    }

    async fn keep_lease(&self, run: &Claimed) -> StopCause {
        let mut failures = 0;
        loop {
            tokio::time::sleep(RENEW_EVERY).await;
            match self.claims.renew(run).await {
                Ok(Hold::Kept) => failures = 0,
                Ok(Hold::Stop) => return StopCause::Cancelled,
                Ok(Hold::Lost) => return StopCause::LeaseLost,
                Err(error) => {
                    tracing::warn!(run = %run.run_id, "lease not renewed: {error}");
                    failures += 1;
                    if failures >= RENEWALS_TO_LOSE {
                        return StopCause::LeaseLost;
                    }
                }
            }
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
