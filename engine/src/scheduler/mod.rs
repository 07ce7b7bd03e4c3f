//! Schedules, and the loop that turns a due one into a run.

mod fire;
mod ledger;
mod schedules;
mod tick;

pub use ledger::Kept;
pub use schedules::{Schedule, Schedules};
pub(crate) use tick::{Ticker, keep_ticking};
