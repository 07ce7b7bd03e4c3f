//! Loops that go on for as long as the server lives, whatever happens in one of their rounds.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use tokio::task::JoinHandle;

/// After a panic, so that one that comes again at once does not keep the computer busy.
const AFTER_PANIC: Duration = Duration::from_secs(1);

/// Starts a loop, and starts it again when it panics (fault case F09, INV8). What it holds must be right after a panic.
pub(crate) fn keep_alive<F>(name: &'static str, begin: impl Fn() -> F + Send + 'static) -> JoinHandle<()>
where
    F: Future<Output = ()> + Send + 'static,
{
    tokio::spawn(async move {
        while AssertUnwindSafe(begin()).catch_unwind().await.is_err() {
            tracing::error!("{name}: a mistake in this program stopped it; it starts again");
            tokio::time::sleep(AFTER_PANIC).await;
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn f09_a_loop_that_panics_is_started_again_and_one_that_ends_is_not() {
        let begun = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&begun);
        let kept = keep_alive("test", move || {
            let nth = count.fetch_add(1, Ordering::SeqCst);
            async move { assert!(nth > 0, "the first round panics") }
        });
        kept.await.unwrap();
        assert_eq!(begun.load(Ordering::SeqCst), 2);
    }
}
