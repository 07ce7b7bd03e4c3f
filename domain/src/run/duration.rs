//! How long runs of a task usually take.

use chrono::{DateTime, TimeDelta, Utc};

/// Fewer runs than this promise nothing.
const ENOUGH: usize = 3;

/// What is usual, from the task's latest successful runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsualDuration {
    /// The one in the middle, in milliseconds.
    pub median: i64,
    /// All but one in twenty are done by then, in milliseconds.
    pub p95: i64,
    /// From how many runs.
    pub runs: usize,
}

impl UsualDuration {
    /// From durations in milliseconds, in any order; nothing from none.
    pub fn of(mut durations: Vec<i64>) -> Option<Self> {
        durations.sort_unstable();
        let runs = durations.len();
        // The nearest rank: a duration that a run really had.
        let rank = |percent: usize| (runs * percent).div_ceil(100).saturating_sub(1);
        Some(Self {
            median: *durations.get(rank(50))?,
            p95: *durations.get(rank(95))?,
            runs,
        })
    }

    /// When a run that began then is likely to be done; nothing as long as too few runs tell.
    pub fn expected_end(&self, started: DateTime<Utc>) -> Option<DateTime<Utc>> {
        (self.runs >= ENOUGH).then(|| started + TimeDelta::milliseconds(self.median))
    }

    /// Whether a run took longer than nearly all others.
    pub fn is_long(&self, milliseconds: i64) -> bool {
        self.runs >= ENOUGH && milliseconds > self.p95
    }

    /// How much of the bar of this task a duration fills, per mille.
    pub fn share(&self, milliseconds: i64) -> i64 {
        if self.p95 <= 0 {
            return 1000;
        }
        (milliseconds.max(0).saturating_mul(1000) / self.p95).min(1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_slow_end_are_durations_that_runs_had() {
        assert_eq!(UsualDuration::of(Vec::new()), None);
        let usual = UsualDuration::of((1..=100).rev().collect()).unwrap();
        assert_eq!((usual.median, usual.p95, usual.runs), (50, 95, 100));
        let one = UsualDuration::of(vec![7]).unwrap();
        assert_eq!((one.median, one.p95), (7, 7));
    }

    #[test]
    fn an_end_is_promised_from_three_runs_on() {
        let start = DateTime::from_timestamp(0, 0).unwrap();
        let few = UsualDuration::of(vec![1000, 3000]).unwrap();
        assert_eq!(few.expected_end(start), None);
        assert!(!few.is_long(100_000));
        let enough = UsualDuration::of(vec![1000, 3000, 2000]).unwrap();
        assert_eq!(
            enough.expected_end(start),
            Some(start + TimeDelta::milliseconds(2000))
        );
        assert!(enough.is_long(3001) && !enough.is_long(3000));
    }

    #[test]
    fn a_bar_is_full_at_the_slow_end_and_never_more_than_full() {
        let usual = UsualDuration::of(vec![2000]).unwrap();
        assert_eq!(
            [0, 500, 2000, i64::MAX].map(|took| usual.share(took)),
            [0, 250, 1000, 1000]
        );
        assert_eq!(UsualDuration::of(vec![0]).unwrap().share(5), 1000);
    }
}
