//! Trying a whole transaction again that lost to another one (fault case F38).

use std::time::{Duration, Instant};

use rand::Rng;

use crate::Error;

/// A transaction is tried this often, and not any more after [`PATIENCE`]: a person waits for it.
const TRIES: u32 = 6;
const PATIENCE: Duration = Duration::from_secs(25);
/// About how long to wait before the next try, times the number of tries so far.
const PAUSE: Duration = Duration::from_millis(20);

/// How often it was tried.
pub(crate) struct Tries {
    done: u32,
    since: Instant,
}

impl Tries {
    pub(crate) fn new() -> Self {
        Self {
            done: 0,
            since: Instant::now(),
        }
    }

    /// Whether another try makes sense after this error; if so, after a pause.
    pub(crate) async fn go_on_after(&mut self, error: &Error) -> bool {
        self.done += 1;
        if !error.is_conflict() || self.done >= TRIES || self.since.elapsed() > PATIENCE {
            return false;
        }
        let jitter = rand::rng().random_range(0.5..1.5);
        tokio::time::sleep((PAUSE * self.done).mul_f64(jitter)).await;
        true
    }
}

/// The outcome of an attempt, which is made anew while another transaction is in its way.
macro_rules! persistently {
    ($attempt:expr) => {{
        let mut tries = $crate::db::Tries::new();
        loop {
            match $attempt.await {
                Err(error) if tries.go_on_after(&error).await => {}
                outcome => break outcome,
            }
        }
    }};
}
pub(crate) use persistently;
