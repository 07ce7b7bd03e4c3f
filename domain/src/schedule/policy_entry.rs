//! The part of the schedule editor's form on what happens when something is in the way.

use super::entry::{EntryError, error};
use super::policy::{Closed, Outage, Overlap, Policy, Priority, Retry};

/// The fields as text, so that a form with mistakes can be shown again as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Minutes; empty to start at once.
    pub spread: String,
    /// `low`, `normal` or `high`.
    pub priority: String,
    /// Ids of calendars, with commas between.
    pub calendars: String,
    /// `skip` or `after`.
    pub closed: String,
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
        let priority = match policy.priority {
            Priority::Low => "low",
            Priority::Normal => "normal",
            Priority::High => "high",
        };
        let closed = match policy.closed {
            Closed::Skip => "skip",
            Closed::After => "after",
        };
        Self {
            overlap: overlap.to_owned(),
            outage: outage.to_owned(),
            most: most.to_string(),
            late_limit: text(policy.late_limit),
            retries: policy.retry.map_or(0, |retry| retry.times).to_string(),
            retry_after: policy.retry.map_or(5, |retry| retry.after).to_string(),
            time_limit: text(policy.time_limit),
            spread: text(policy.spread),
            priority: priority.to_owned(),
            calendars: policy.calendars.join(","),
            closed: closed.to_owned(),
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
        let spread = optional("spread", &self.spread, "The minutes to spread over", 24 * 60);
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
        let priority = match self.priority.as_str() {
            "low" => Priority::Low,
            "high" => Priority::High,
            _ => Priority::Normal,
        };
        let calendars = self.calendars.split(',').map(str::trim);
        let calendars = calendars.filter(|id| !id.is_empty()).map(str::to_owned).collect();
        let closed = match self.closed.as_str() {
            "after" => Closed::After,
            _ => Closed::Skip,
        };
        match outage {
            Some(outage) if errors.is_empty() => Ok(Policy {
                outage,
                late_limit,
                overlap,
                retry,
                time_limit,
                spread,
                priority,
                calendars,
                closed,
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
            spread: Some(10),
            priority: Priority::Low,
            calendars: vec!["a".into(), "b".into()],
            closed: Closed::After,
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
