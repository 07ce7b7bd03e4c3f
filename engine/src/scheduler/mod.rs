//! Schedules, and the loop that turns a due one into a run.

mod batch;
mod changes;
mod error;
mod fire;
mod ledger;
mod order;
mod row;
mod schedules;
mod tick;

pub use changes::ScheduleChange;
pub use error::ScheduleError;
pub use ledger::{Kept, Scheduled};
pub(crate) use order::call_followers;
pub use row::Schedule;
pub use schedules::Schedules;
pub(crate) use tick::{Ticker, keep_ticking};
