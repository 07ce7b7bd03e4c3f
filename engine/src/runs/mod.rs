//! Runs: writing them down, finding them, their log.

mod claim;
mod insert;
mod log;
mod store;
mod view;

pub(crate) use claim::{Claimed, Claims, Ending, Hold, RENEW_EVERY};
pub(crate) use insert::{NewRun, insert};
pub(crate) use log::NewLine;
pub use log::{LogLine, LogTail, Logs};
pub use store::{RunFilter, RunPage, Runs};
pub use view::{ParamShown, RunDetail, RunSummary};
