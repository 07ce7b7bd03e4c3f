//! Answers of tasks, kept for a minute. Forms that are drawn at the same time wait for one answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use domain::params::Choice;

/// A person who goes back and forth between pages waits once.
const KEPT_FOR: Duration = Duration::from_mins(1);

/// The choices, or a sentence that says why there are none.
pub(super) type Answer = Result<Vec<Choice>, String>;

/// What an answer depends on.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) task: String,
    pub(super) code_hash: String,
    pub(super) function: String,
    pub(super) saved_at: Option<DateTime<Utc>>,
}

/// Locked while the answer is being asked for.
type Slot = Arc<tokio::sync::Mutex<Option<(Instant, Answer)>>>;

#[derive(Default)]
pub(super) struct Cache {
    slots: Mutex<HashMap<Key, Slot>>,
}

impl Cache {
    /// The kept answer, or a new one.
    pub(super) async fn get_or_ask(&self, key: Key, ask: impl AsyncFnOnce() -> Answer) -> Answer {
        let slot = self.slot(key);
        let mut kept = slot.lock().await;
        if let Some((at, answer)) = kept.as_ref()
            && at.elapsed() < KEPT_FOR
        {
            return answer.clone();
        }
        let answer = ask().await;
        *kept = Some((Instant::now(), answer.clone()));
        answer
    }

    /// Forgets a task's answers.
    pub(super) fn forget(&self, task: &str) {
        self.slots
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|key, _| key.task != task);
    }

    fn slot(&self, key: Key) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|_, slot| is_worth_keeping(slot));
        Arc::clone(slots.entry(key).or_default())
    }
}

/// Whether somebody waits for it, or its answer is young enough.
fn is_worth_keeping(slot: &Slot) -> bool {
    Arc::strong_count(slot) > 1
        || slot
            .try_lock()
            .is_ok_and(|kept| kept.as_ref().is_some_and(|(at, _)| at.elapsed() < KEPT_FOR))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn key(function: &str) -> Key {
        Key {
            task: "t".into(),
            code_hash: String::new(),
            function: function.into(),
            saved_at: None,
        }
    }

    #[tokio::test]
    async fn forms_drawn_at_the_same_time_ask_once_and_other_functions_for_themselves() {
        let (cache, asked) = (Cache::default(), AtomicUsize::new(0));
        let ask = async || {
            asked.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Err("away".to_owned())
        };
        let (first, second) = tokio::join!(cache.get_or_ask(key("a"), ask), cache.get_or_ask(key("a"), ask));
        assert_eq!((first, second), (Err("away".into()), Err("away".into())));
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        cache.get_or_ask(key("b"), ask).await.unwrap_err();
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        cache.forget("t");
        cache.get_or_ask(key("a"), ask).await.unwrap_err();
        assert_eq!(asked.load(Ordering::SeqCst), 3);
    }
}
