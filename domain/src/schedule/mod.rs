//! When a task runs: the rule, its time zone, and the instants that follow from both.

mod cron;
mod describe;
mod due;
mod entry;
mod policy;
mod policy_entry;
mod rule;

pub use cron::{CronExpression, CronProblem};
pub use due::{Due, Missed, decide};
pub use entry::{EntryError, ScheduleEntry};
pub use policy::{Outage, Overlap, Policy, Retry};
pub use policy_entry::PolicyEntry;
pub use rule::{Plan, Rule, Timetable};
