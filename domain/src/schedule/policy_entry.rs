//! The part of the schedule editor's form on what happens when something is in the way.

use serde::{Deserialize, Serialize};

use super::entry::{EntryError, error};
use super::policy::{Outage, Overlap, Policy, Retry};

/// The fields as text, so that a form with mistakes can be shown again as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyEntry {
    /// `skip`, `wait`, `replace` or `allow`.
    pub overlap: String,
    /// `once`, `every` or `skip`.
    pub outage: String,
    /// For `every`: how many at most.
    pub most: String,
    /// Minutes; empty for no limit.
    pub late_limit: String,
    /// How often a failed run is tried again; empty or 0 for never.
    pub retries: String,
    /// Minutes until the first retry.
    pub retry_after: String,
    /// Minutes; empty for the task's own limit.
    pub time_limit: String,
}

impl Default for PolicyEntry {
    fn default() -> Self {
        Self::from_policy(&Policy::default())
    }
}

/// A week, in minutes.
const WEEK: u32 = 7 * 24 * 60;

impl PolicyEntry {
    /// The editor's fields for a saved policy.
    pub fn from_policy(policy: &Policy) -> Self {
        let text = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
        let (outage, most) = match policy.outage {
            Outage::Once => ("once", 10),
            Outage::Every(most) => ("every", most),
            Outage::Skip => ("skip", 10),
        };
        let overlap = match policy.overlap {
            Overlap::Skip => "skip",
            Overlap::Wait => "wait",
            Overlap::Replace => "replace",
            Overlap::Allow => "allow",
        };
        Self {
            overlap: overlap.to_owned(),
            outage: outage.to_owned(),
            most: most.to_string(),
            late_limit: text(policy.late_limit),
            retries: policy.retry.map_or(0, |retry| retry.times).to_string(),
            retry_after: policy.retry.map_or(5, |retry| retry.after).to_string(),
            time_limit: text(policy.time_limit),
        }
    }

    /// What was meant, or every mistake at once. A number that does not matter is not looked at.
    pub fn parse(&self) -> Result<Policy, Vec<EntryError>> {
        let mut errors = Vec::new();
        let mut number = |field: &str, text: &str, what: &str, range: (u32, u32)| {
            let number = text.trim().parse().ok();
            let number = number.filter(|number| (range.0..=range.1).contains(number));
            if number.is_none() {
                let (least, most) = range;
                errors.push(error(
                    field,
                    &format!("{what} must be a whole number from {least} to {most}"),
                ));
            }
            number
        };
        let mut optional = |field: &str, text: &str, what: &str, most: u32| {
            (!text.trim().is_empty())
                .then(|| number(field, text, what, (1, most)))
                .flatten()
        };
        let late_limit = optional(
            "late_limit",
            &self.late_limit,
            "The minutes of lateness",
            365 * 24 * 60,
        );
        let time_limit = optional(
            "time_limit",
            &self.time_limit,
            "The minutes a run may take",
            4 * WEEK,
        );
        let outage = match self.outage.as_str() {
            "every" => {
                number("most", &self.most, "The number of runs to make up for", (1, 100)).map(Outage::Every)
            }
            "skip" => Some(Outage::Skip),
            _ => Some(Outage::Once),
        };
        let retries = match self.retries.trim() {
            "" => Some(0),
            text => number("retries", text, "The number of retries", (0, 10)),
        };
        let retry = match retries {
            Some(0) | None => None,
            Some(times) => number(
                "retry_after",
                &self.retry_after,
                "The minutes to wait",
                (1, 24 * 60),
            )
            .map(|after| Retry { times, after }),
        };
        let overlap = match self.overlap.as_str() {
            "wait" => Overlap::Wait,
            "replace" => Overlap::Replace,
            "allow" => Overlap::Allow,
            _ => Overlap::Skip,
        };
        match outage {
            Some(outage) if errors.is_empty() => Ok(Policy {
                outage,
                late_limit,
                overlap,
                retry,
                time_limit,
            }),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_comes_back_into_the_editor() {
        let full = Policy {
            outage: Outage::Every(7),
            late_limit: Some(30),
            overlap: Overlap::Replace,
            retry: Some(Retry { times: 3, after: 15 }),
            time_limit: Some(90),
        };
        for policy in [Policy::default(), full] {
            assert_eq!(PolicyEntry::from_policy(&policy).parse(), Ok(policy));
        }
    }

    #[test]
    fn every_mistake_is_named_at_once_at_its_field() {
        let entry = PolicyEntry {
            outage: "every".into(),
            most: "0".into(),
            late_limit: "soon".into(),
            retries: "2".into(),
            retry_after: String::new(),
            time_limit: "-1".into(),
            ..PolicyEntry::default()
        };
        let errors = entry.parse().unwrap_err();
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["late_limit", "time_limit", "most", "retry_after"]);
        assert_eq!(
            errors[2].message,
            "The number of runs to make up for must be a whole number from 1 to 100"
        );
    }

    #[test]
    fn a_number_that_does_not_matter_is_not_looked_at() {
        let entry = PolicyEntry {
            most: "none".into(),
            retry_after: "later".into(),
            retries: String::new(),
            ..PolicyEntry::default()
        };
        assert_eq!(entry.parse(), Ok(Policy::default()));
    }
}
