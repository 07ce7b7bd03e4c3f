//! Slows guessing down: after several wrong passwords for a name, that name waits. In memory; the security issue moves
//! it into the database.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const FREE_TRIES: u32 = 5;
const WAIT: Duration = Duration::from_secs(30);
const FORGET: Duration = Duration::from_mins(15);

/// Wrong tries by lower-case account name.
#[derive(Default)]
pub(super) struct Throttle {
    tries: Mutex<HashMap<String, (u32, Instant)>>,
}

impl Throttle {
    /// Whether this name may be tried now.
    pub(super) fn allows(&self, name: &str, now: Instant) -> bool {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.retain(|_, (_, last)| now.duration_since(*last) < FORGET);
        match tries.get(&name.to_lowercase()) {
            Some((count, last)) => *count < FREE_TRIES || now.duration_since(*last) >= WAIT,
            None => true,
        }
    }

    /// Remembers a wrong try.
    pub(super) fn failed(&self, name: &str, now: Instant) {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = tries.entry(name.to_lowercase()).or_insert((0, now));
        *entry = (entry.0 + 1, now);
    }

    /// A right password forgives the wrong ones.
    pub(super) fn succeeded(&self, name: &str) {
        self.tries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&name.to_lowercase());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s03_five_wrong_tries_make_a_name_wait_but_never_lock_it() {
        let throttle = Throttle::default();
        let start = Instant::now();
        for _ in 0..5 {
            assert!(throttle.allows("Ann", start));
            throttle.failed("ann", start);
        }
        assert!(!throttle.allows("ANN", start));
        assert!(throttle.allows("bob", start));
        assert!(throttle.allows("ann", start + WAIT));
        throttle.succeeded("ann");
        assert!(throttle.allows("ann", start));
    }
}
