//! What becomes of a run when something is in the way: no server at work, the previous run still going, a failure.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// The rules of one schedule for such cases. Stored as JSON, so names are part of the database format.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// After a time in which no server was at work.
    pub outage: Outage,
    /// An occurrence that could not start within so many minutes is never made up for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_limit: Option<u32>,
    /// When the previous run is still going.
    pub overlap: Overlap,
    /// When a run fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// A run is stopped after so many minutes; otherwise the task's limit counts, or the server's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_limit: Option<u32>,
    /// Runs start up to so many minutes later, at a moment of the schedule's own: not all at once at full hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread: Option<u32>,
    /// Whether runs go ahead of others when not all can start.
    #[serde(skip_serializing_if = "Priority::is_normal")]
    pub priority: Priority,
    /// Ids of the calendars on whose days it does not run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calendars: Vec<String>,
    /// What becomes of a run on such a day.
    #[serde(skip_serializing_if = "Closed::is_skip")]
    pub closed: Closed,
}

/// The place of a run among those that wait for a free worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Behind what comes within the next hour.
    Low,
    /// In the order of arrival.
    #[default]
    Normal,
    /// Ahead of what came within the last hour.
    High,
}

impl Priority {
    // Counted in time, so that nothing waits for ever behind what is more important (fault case F61).
    /// How much earlier than it did a run counts as having come.
    pub fn head_start(self) -> TimeDelta {
        match self {
            Self::Low => TimeDelta::hours(-1),
            Self::Normal => TimeDelta::zero(),
            Self::High => TimeDelta::hours(1),
        }
    }

    // By reference, as serde asks.
    #[expect(clippy::trivially_copy_pass_by_ref)]
    fn is_normal(&self) -> bool {
        *self == Self::Normal
    }
}

/// What becomes of an occurrence on a day of one of the schedule's calendars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// It does not happen.
    #[default]
    Skip,
    /// It happens when the calendar's time is over.
    After,
}

impl Closed {
    // By reference, as serde asks.
    #[expect(clippy::trivially_copy_pass_by_ref)]
    fn is_skip(&self) -> bool {
        *self == Self::Skip
    }
}

/// What is made up for after an outage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outage {
    /// One run, for the latest occurrence that was missed.
    #[default]
    Once,
    /// A run for each, the latest so many.
    Every(u32),
    /// Nothing.
    Skip,
}

/// What happens while the previous run of the schedule is still going.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overlap {
    /// The new run is skipped.
    #[default]
    Skip,
    /// The new run waits; one at most.
    Wait,
    /// The old run is stopped, then the new one starts.
    Replace,
    /// Both go on.
    Allow,
}

/// Trying again after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// So often, besides the first time.
    pub times: u32,
    /// Minutes until the first of them; each one after it waits twice as long, a day at most.
    pub after: u32,
}

/// The longest wait between two tries, in minutes.
const LONGEST_WAIT: u32 = 24 * 60;

impl Retry {
    /// Minutes to wait before the try after this one, counted from 1; none when it was the last.
    pub fn wait_after(self, attempt: u32) -> Option<u32> {
        let retry = attempt.checked_sub(1)?;
        let wait = self.after.saturating_mul(2_u32.saturating_pow(retry));
        (retry < self.times).then(|| wait.clamp(1, LONGEST_WAIT))
    }
}

impl Policy {
    /// How long after its time a run of this schedule starts. The same each time, so that the distance between two runs
    /// stays, and another for each schedule.
    pub fn delay(&self, schedule_id: &str) -> TimeDelta {
        let seconds = self.spread.unwrap_or(0) * 60;
        if seconds == 0 {
            return TimeDelta::zero();
        }
        // FNV-1a: of no importance but that it never changes, which the hashers of std do not promise.
        let hash = schedule_id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        TimeDelta::seconds(i64::try_from(hash % u64::from(seconds)).unwrap_or(0))
    }

    /// Sentences on what differs from the usual.
    pub fn describe(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        match self.overlap {
            Overlap::Skip => {}
            Overlap::Wait => sentences.push("Waits while the previous run is going.".to_owned()),
            Overlap::Replace => sentences.push("Stops the previous run if it is still going.".to_owned()),
            Overlap::Allow => sentences.push("Starts even while the previous run is going.".to_owned()),
        }
        match self.outage {
            Outage::Once => {}
            Outage::Every(most) => sentences.push(format!("Makes up for up to {most} missed runs.")),
            Outage::Skip => sentences.push("Missed runs are not made up for.".to_owned()),
        }
        if let Some(minutes) = self.late_limit {
            sentences.push(format!("Never starts more than {} late.", in_minutes(minutes)));
        }
        if let Some(Retry { times, after }) = self.retry {
            let times = if times == 1 {
                "once".to_owned()
            } else {
                format!("up to {times} times")
            };
            sentences.push(format!(
                "A run that fails is tried again {times}, first after {}.",
                in_minutes(after)
            ));
        }
        if let Some(minutes) = self.time_limit {
            sentences.push(format!("A run is stopped after {}.", in_minutes(minutes)));
        }
        if let Some(minutes) = self.spread {
            sentences.push(format!("Starts within {} after its time.", in_minutes(minutes)));
        }
        match self.priority {
            Priority::Low => sentences.push("Lets other runs go first.".to_owned()),
            Priority::Normal => {}
            Priority::High => sentences.push("Goes ahead of other runs.".to_owned()),
        }
        sentences
    }
}

fn in_minutes(minutes: u32) -> String {
    crate::words::duration(i64::from(minutes) * 60_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_is_twice_the_one_before_until_the_tries_are_used_up() {
        let retry = Retry { times: 3, after: 5 };
        let waits: Vec<_> = (0..6).map(|attempt| retry.wait_after(attempt)).collect();
        assert_eq!(waits, [None, Some(5), Some(10), Some(20), None, None]);
        let long = Retry {
            times: 50,
            after: 600,
        };
        assert_eq!(long.wait_after(40), Some(LONGEST_WAIT));
    }

    #[test]
    fn a_policy_is_stored_as_readable_json_and_what_is_not_said_is_usual() {
        assert_eq!(serde_json::from_str::<Policy>("{}").unwrap(), Policy::default());
        let policy = Policy {
            outage: Outage::Every(5),
            late_limit: Some(90),
            overlap: Overlap::Wait,
            retry: Some(Retry { times: 2, after: 10 }),
            priority: Priority::High,
            ..Policy::default()
        };
        let json = serde_json::to_string(&policy).unwrap();
        assert_eq!(
            json,
            r#"{"outage":{"every":5},"late_limit":90,"overlap":"wait","retry":{"times":2,"after":10},"priority":"high"}"#
        );
        assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), policy);
    }

    #[test]
    fn schedules_of_one_time_are_spread_and_each_keeps_its_moment() {
        let policy = Policy {
            spread: Some(10),
            ..Policy::default()
        };
        let delays: Vec<_> = (0..200).map(|id| policy.delay(&format!("0199-{id}"))).collect();
        assert!(delays.iter().all(|delay| *delay < TimeDelta::minutes(10)));
        for minute in 0..10 {
            let begun = delays
                .iter()
                .filter(|delay| delay.num_minutes() == minute)
                .count();
            assert!((5..50).contains(&begun), "{begun} in minute {minute}");
        }
        assert_eq!(policy.delay("0199-7"), delays[7]);
        assert_eq!(Policy::default().delay("0199-7"), TimeDelta::zero());
    }

    #[test]
    fn only_what_differs_from_the_usual_is_said() {
        assert_eq!(Policy::default().describe(), Vec::<String>::new());
        let policy = Policy {
            outage: Outage::Skip,
            late_limit: Some(90),
            retry: Some(Retry { times: 1, after: 5 }),
            ..Policy::default()
        };
        assert_eq!(
            policy.describe(),
            [
                "Missed runs are not made up for.",
                "Never starts more than 1 h 30 min late.",
                "A run that fails is tried again once, first after 5 min."
            ]
        );
    }
}
