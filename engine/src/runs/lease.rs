//! Keeping a run in this server's hands for as long as it takes, and noticing when it is not any more.

use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Claimed, Claims, Hold};

/// A lease of 60 s (`runs::claim`) is renewed three times.
const RENEW_EVERY: Duration = Duration::from_secs(20);
/// After a renewal that failed, the next try comes sooner.
const TRY_AGAIN: Duration = Duration::from_secs(3);
/// A renewal that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(5);
/// Without a renewal for this long the process must go. [`LAST_GRACE`] and the time to kill it must pass before the
/// lease has run out and another server may take the run for dead (INV5).
const HOLD_AT_MOST: Duration = Duration::from_secs(44);
/// What a process gets to stop by itself when its lease is lost.
pub(crate) const LAST_GRACE: Duration = Duration::from_secs(10);

/// Renews while it is held.
pub(crate) struct Lease {
    lost: CancellationToken,
    keeper: JoinHandle<()>,
}

impl Lease {
    /// Keeps the hold on a run that was just claimed. `asked` is cancelled when a person asks to stop it elsewhere.
    pub(crate) fn keep(claims: Claims, run: Claimed, asked: CancellationToken) -> Self {
        let lost = CancellationToken::new();
        let keeper = tokio::spawn(keep(claims, run, asked, lost.clone()));
        Self { lost, keeper }
    }

    /// Waits until the run is not surely this server's any more.
    pub(crate) async fn lost(&self) {
        self.lost.cancelled().await;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

async fn keep(claims: Claims, run: Claimed, asked: CancellationToken, lost: CancellationToken) {
    // Its own clock: what counts is how long ago, not when.
    let mut held = Instant::now();
    let mut pause = RENEW_EVERY;
    loop {
        tokio::time::sleep(pause).await;
        // From before the question: the answer may be old when it comes.
        let now = Instant::now();
        let answer = tokio::time::timeout(PATIENCE, claims.renew(&run)).await;
        pause = RENEW_EVERY;
        match answer {
            Ok(Ok(Hold::Kept)) => held = now,
            Ok(Ok(Hold::Stop)) => {
                held = now;
                asked.cancel();
            }
            Ok(Ok(Hold::Lost)) => return lost.cancel(),
            Ok(Err(error)) => {
                tracing::warn!(run = %run.run_id, "lease not renewed: {error}");
                pause = TRY_AGAIN;
            }
            Err(_) => {
                tracing::warn!(run = %run.run_id, "lease not renewed within {} s", PATIENCE.as_secs());
                pause = TRY_AGAIN;
            }
        }
        if held.elapsed() > HOLD_AT_MOST {
            // Goes on renewing: when the database is back in time, how the run ended can still be written.
            lost.cancel();
        }
    }
}
