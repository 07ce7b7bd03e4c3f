//! What becomes of a run when something is in the way: no server at work, the previous run still going, a failure.

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
            time_limit: None,
        };
        let json = serde_json::to_string(&policy).unwrap();
        assert_eq!(
            json,
            r#"{"outage":{"every":5},"late_limit":90,"overlap":"wait","retry":{"times":2,"after":10}}"#
        );
        assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), policy);
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
