//! In-process news: work is waiting, schedules changed, a run moved on. A hint only; the database is the truth, and
//! every listener also looks by itself now and then.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// Shared by the whole engine; cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Signals {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    queue: Notify,
    schedules: Notify,
    catalog: Notify,
    runs: Mutex<HashMap<String, watch::Sender<u64>>>,
    stops: Mutex<HashMap<String, CancellationToken>>,
}

impl Signals {
    /// A run waits or a slot came free.
    pub(crate) fn queue(&self) -> &Notify {
        &self.inner.queue
    }

    /// A schedule was added or changed.
    pub(crate) fn schedules(&self) -> &Notify {
        &self.inner.schedules
    }

    /// The tasks folder should be read again.
    pub(crate) fn catalog(&self) -> &Notify {
        &self.inner.catalog
    }

    /// A counter that moves whenever the run gets lines or another status.
    pub(crate) fn watch_run(&self, run_id: &str) -> watch::Receiver<u64> {
        let mut runs = self.inner.runs.lock().unwrap_or_else(PoisonError::into_inner);
        runs.retain(|_, sender| sender.receiver_count() > 0);
        runs.entry(run_id.to_owned())
            .or_insert_with(|| watch::channel(0).0)
            .subscribe()
    }

    /// The run moved on.
    pub(crate) fn run_moved(&self, run_id: &str) {
        let runs = self.inner.runs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = runs.get(run_id) {
            sender.send_modify(|count| *count += 1);
        }
    }

    /// Any run that someone watches may have moved on, at another server.
    pub(crate) fn all_watched_moved(&self) {
        let runs = self.inner.runs.lock().unwrap_or_else(PoisonError::into_inner);
        for sender in runs.values() {
            sender.send_modify(|count| *count += 1);
        }
    }

    /// The token that stops this run on this server; made by whoever asks first.
    pub(crate) fn stop_token(&self, run_id: &str) -> CancellationToken {
        let mut stops = self.inner.stops.lock().unwrap_or_else(PoisonError::into_inner);
        stops.entry(run_id.to_owned()).or_default().clone()
    }

    /// The run is over; forget its token.
    pub(crate) fn drop_stop_token(&self, run_id: &str) {
        self.inner
            .stops
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(run_id);
    }
}
