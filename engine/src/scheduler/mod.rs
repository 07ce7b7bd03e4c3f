//! Schedules, and the loop that turns a due one into a run.

mod batch;
mod changes;
mod error;
mod find;
mod fire;
mod ledger;
mod order;
mod row;
mod schedules;
mod switch;
mod tick;

pub use changes::ScheduleChange;
pub use error::ScheduleError;
pub use find::{Place, ScheduleCounts, ScheduleFilter, SchedulePage, ScheduleState};
pub use ledger::{Kept, Scheduled};
pub(crate) use order::call_followers;
pub use row::Schedule;
pub use schedules::Schedules;
pub use switch::Switched;
pub(crate) use tick::{Ticker, keep_ticking};
