//! Runs: writing them down, finding them, their log, their files, what they remember.

mod artifacts;
mod attempts;
mod checkpoints;
mod claim;
mod compare;
mod durations;
mod end;
mod export;
mod filter;
mod insert;
mod lease;
mod list;
mod log;
mod retry;
mod room;
mod store;
mod view;

pub(crate) use artifacts::Kept;
pub use artifacts::{Artifact, Artifacts, OpenArtifact};
pub use attempts::Attempt;
pub(crate) use checkpoints::Checkpoints;
pub(crate) use claim::{Abandoned, Claimed, Claims, Hold};
pub use compare::{Code, ComparedParam, Comparison};
pub(crate) use end::{End, Ending, Spool};
pub use export::RunExport;
pub use filter::{RunFilter, StartedBy};
pub(crate) use insert::{NewRun, insert, insert_all};
pub(crate) use lease::{LAST_GRACE, Lease};
pub use list::{RunPage, StatusCounts};
pub(crate) use log::NewLine;
pub use log::{LogLine, LogTail, Logs};
pub(crate) use room::Room;
pub use store::Runs;
pub use view::{ParamShown, Progress, RunDetail, RunSummary};
