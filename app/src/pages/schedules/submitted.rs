//! The editor's form as it was sent, and as it is shown at first.

use domain::params::FieldError;
use domain::schedule::{EntryError, Plan, PolicyEntry, ScheduleEntry};

use crate::components::error_summary::field_error;
use crate::form::Submitted;

/// Everything that was typed.
#[derive(Clone)]
pub(super) struct Typed {
    pub(super) entry: ScheduleEntry,
    pub(super) policy: PolicyEntry,
}

impl Typed {
    /// From the form.
    pub(super) fn new(form: &Submitted) -> Self {
        let text = |name: &str| form.get(name).to_owned();
        Self {
            entry: ScheduleEntry {
                kind: text("kind"),
                every: text("every"),
                at: text("at"),
                cron: text("cron"),
                zone: text("zone"),
            },
            policy: PolicyEntry {
                overlap: text("overlap"),
                outage: text("outage"),
                most: text("most"),
                late_limit: text("late_limit"),
                retries: text("retries"),
                retry_after: text("retry_after"),
                time_limit: text("time_limit"),
            },
        }
    }

    /// What was meant, or every mistake.
    pub(super) fn plan(&self) -> Result<Plan, Vec<FieldError>> {
        match (self.entry.parse(), self.policy.parse()) {
            (Ok((rule, zone)), Ok(policy)) => Ok(Plan { rule, zone, policy }),
            (rule, policy) => {
                let mistakes = rule.err().into_iter().chain(policy.err()).flatten();
                Err(mistakes.map(at_field).collect())
            }
        }
    }
}

fn at_field(mistake: EntryError) -> FieldError {
    field_error(&mistake.field, mistake.message)
}
