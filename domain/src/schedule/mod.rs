//! When a task runs: the rule, its time zone, and the instants that follow from both.

mod caution;
mod cron;
mod days;
mod describe;
mod due;
mod entry;
mod policy;
mod policy_entry;
mod rule;
mod timetable;

pub use cron::{CronExpression, CronProblem};
pub use days::{MonthDay, Times, WEEK, weekday_name};
pub use due::{Due, Missed, decide, passed};
pub use entry::{EntryError, ScheduleEntry};
pub use policy::{Closed, Outage, Overlap, Policy, Priority, Retry};
pub use policy_entry::PolicyEntry;
pub use rule::{Plan, Rule, Span};
pub use timetable::Timetable;
