//! Trying a whole transaction again that lost to another one (fault case F38).

use std::time::{Duration, Instant};

use rand::Rng;

use crate::Error;

/// A transaction is tried this often, and not any more after [`PATIENCE`]: a person waits for it.
const TRIES: u32 = 6;
const PATIENCE: Duration = Duration::from_secs(25);
/// About how long to wait before the next try, times the number of tries so far.
const PAUSE: Duration = Duration::from_millis(20);

/// An error of something that may be tried again.
pub(crate) trait Attempted {
    /// The failure of ours in it; what is the person's to mend is not tried again.
    fn ours(&self) -> Option<&Error>;
}

impl Attempted for Error {
    fn ours(&self) -> Option<&Error> {
        Some(self)
    }
}

/// For errors of which the variant `Failed` is ours: where it comes from, and that it may be tried again.
macro_rules! failed_is_ours {
    ($error:ty) => {
        impl From<sqlx::Error> for $error {
            fn from(error: sqlx::Error) -> Self {
                Self::Failed(error.into())
            }
        }

        impl $crate::db::Attempted for $error {
            fn ours(&self) -> Option<&$crate::Error> {
                match self {
                    Self::Failed(error) => Some(error),
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use failed_is_ours;

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
    pub(crate) async fn go_on_after(&mut self, error: &impl Attempted) -> bool {
        self.done += 1;
        if !error.ours().is_some_and(Error::is_conflict)
            || self.done >= TRIES
            || self.since.elapsed() > PATIENCE
        {
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
