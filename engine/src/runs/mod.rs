//! Runs: writing them down, finding them, their log, their files, what they remember.

mod artifacts;
mod checkpoints;
mod claim;
mod end;
mod insert;
mod lease;
mod log;
mod overview;
mod retry;
mod room;
mod store;
mod view;
mod waiting;

pub(crate) use artifacts::Kept;
pub use artifacts::{Artifact, Artifacts, OpenArtifact};
pub(crate) use checkpoints::Checkpoints;
pub(crate) use claim::{Abandoned, Claimed, Claims, Hold};
pub(crate) use end::{End, Ending, Spool};
pub(crate) use insert::{NewRun, insert, insert_all, insert_with};
pub(crate) use lease::{LAST_GRACE, Lease};
pub(crate) use log::NewLine;
pub use log::{LogLine, LogTail, Logs};
pub use overview::{NotRun, RunMark};
pub use room::Obstacle;
pub(crate) use room::Room;
pub use store::{RunFilter, RunPage, Runs};
pub use view::{ParamShown, Progress, RunDetail, RunSummary};
pub use waiting::Waiting;
