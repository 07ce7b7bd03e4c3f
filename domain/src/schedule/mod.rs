//! When a task runs: the rule, its time zone, and the instants that follow from both.

mod cron;
mod describe;
mod entry;
mod rule;

pub use cron::{CronExpression, CronProblem};
pub use entry::{EntryError, ScheduleEntry};
pub use rule::{Rule, Timetable};
