//! When apalis looks for work: at news of the queue, and now and then without.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use apalis_core::backend::ext::poll_strategy::{PollSnapshot, PollStrategy};
use futures::{Stream, StreamExt, stream};

use crate::signals::Signals;

/// Without news the queue is looked at this often: another server may have queued something.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// The queue's news as a poll strategy.
///
/// apalis' own `StreamStrategy` takes one item at each poll. It then waits for nothing until the next poll, so that a
/// worker whose look at the database ends within that same poll is never woken again (seen as runs that stay "Waiting"
/// for half a minute). This one takes all there is, and so always leaves a waker behind.
pub(super) struct News {
    items: Pin<Box<dyn Stream<Item = ()> + Send + Sync>>,
}

impl News {
    pub(super) fn new(signals: Signals) -> Self {
        let items = stream::unfold(signals, |signals| async {
            // A timeout is news as well: time to look.
            let _ = tokio::time::timeout(LOOK_EVERY, signals.queue().notified()).await;
            Some(((), signals))
        });
        Self {
            items: Box::pin(items),
        }
    }
}

impl PollStrategy for News {
    fn poll_drive(&mut self, cx: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        let mut came = Poll::Pending;
        while let Poll::Ready(item) = self.items.poll_next_unpin(cx) {
            came = Poll::Ready(item);
        }
        came
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Wake, Waker};

    use super::*;

    #[derive(Default)]
    struct Counter(AtomicUsize);

    impl Wake for Counter {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[tokio::test]
    async fn after_every_poll_the_next_news_wakes_the_worker() {
        let signals = Signals::default();
        let mut news = News::new(signals.clone());
        let counter = Arc::new(Counter::default());
        let waker = Waker::from(Arc::clone(&counter));
        let mut cx = Context::from_waker(&waker);
        for round in 0..3 {
            signals.queue().notify_one();
            assert_eq!(counter.0.load(Ordering::SeqCst), round);
            assert!(news.poll_drive(&mut cx, &PollSnapshot::new()).is_ready());
            signals.queue().notify_one();
            assert_eq!(
                counter.0.load(Ordering::SeqCst),
                round + 1,
                "news after a poll must wake"
            );
            assert!(news.poll_drive(&mut cx, &PollSnapshot::new()).is_ready());
            assert!(news.poll_drive(&mut cx, &PollSnapshot::new()).is_pending());
            // Take the waker back, so that the next round starts as the first did.
            news = News::new(signals.clone());
        }
    }
}
