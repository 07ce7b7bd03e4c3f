//! The apalis worker, supervised without end.

use std::sync::Arc;
use std::time::Duration;

use apalis::prelude::*;
use apalis_core::backend::ext::BackendExt;
use apalis_core::error::BoxDynError;
use rand::Rng;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::news::News;
use super::store::{RunBackend, RunStore, Ticket};
use crate::runner::Runner;
use crate::runs::Claims;
use crate::signals::Signals;

const SHORTEST_BACKOFF: Duration = Duration::from_millis(200);
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// Works until told to stop. apalis ends a worker at the first database error, so each end that was not asked for is
/// followed by a fresh worker under a fresh name, with growing pauses (traps 2 and 3 of reference/stack.md).
pub(crate) async fn keep_working(
    claims: Claims,
    runner: Runner,
    signals: Signals,
    concurrency: usize,
    stop: CancellationToken,
) {
    let slots = Arc::new(Semaphore::new(concurrency));
    let mut backoff = SHORTEST_BACKOFF;
    for restart in 0_u64.. {
        let store = RunStore::new(claims.clone(), Arc::clone(&slots));
        let name = format!("{}-{restart}", runner.boot_id());
        let started = tokio::time::Instant::now();
        let outcome = work(&name, store, runner.clone(), signals.clone(), stop.clone()).await;
        if stop.is_cancelled() {
            return;
        }
        if let Err(error) = outcome {
            tracing::error!("worker {name} ended: {error}");
        }
        if started.elapsed() > LONGEST_BACKOFF {
            backoff = SHORTEST_BACKOFF;
        }
        let jitter = rand::rng().random_range(0.5..1.0);
        tokio::time::sleep(backoff.mul_f64(jitter)).await;
        backoff = (backoff * 2).min(LONGEST_BACKOFF);
    }
}

async fn work(
    name: &str,
    store: RunStore,
    runner: Runner,
    signals: Signals,
    stop: CancellationToken,
) -> Result<(), WorkerError> {
    WorkerBuilder::new(name)
        .backend(RunBackend::new(store).poll_with_strategy(News::new(signals)))
        .data(runner)
        .build(run)
        .run_until(async move {
            stop.cancelled().await;
            Ok::<(), WorkerError>(())
        })
        .await
}

/// What apalis calls for each ticket. A failed run is not a failed call: its row says what happened.
async fn run(ticket: Ticket, runner: Data<Runner>) -> Result<(), BoxDynError> {
    let Ticket { run_id, slot } = ticket;
    // A tokio task of its own: neither a slow run nor a panic in one may reach the worker.
    let run = tokio::spawn({
        let runner = runner.clone();
        async move {
            runner.run(&run_id).await;
            // With the run, not with the worker, which a lost database may end before it.
            drop(slot);
            runner.slot_freed();
        }
    });
    if let Err(error) = run.await {
        tracing::error!("a run's supervision ended early: {error}");
        runner.slot_freed();
    }
    Ok(())
}
