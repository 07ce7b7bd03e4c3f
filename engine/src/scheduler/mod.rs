//! Schedules, and the loop that turns a due one into a run.

mod schedules;
mod tick;

pub use schedules::{Schedule, Schedules};
pub(crate) use tick::{Ticker, keep_ticking};
