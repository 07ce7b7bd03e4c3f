//! An entry of the list: a task, what it was made from, and what would make it worth another look.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::task::{LoadProblem, ProblemKind};

use super::TaskFolder;
use super::scan::Candidate;
use super::snapshot::Snapshot;
use crate::environments::{EnvironmentState, Environments, Requirements};

/// What failed for reasons outside the files is tried again after this long: the machine may have been busy.
const TRY_AGAIN: Duration = Duration::from_mins(10);

/// A task in the list, with what it was made from.
pub(super) struct Known {
    pub(super) folder: Arc<TaskFolder>,
    pub(super) seen: Candidate,
    /// The copy of the code that was seen, unless that is impossible.
    pub(super) newest: Option<Arc<Snapshot>>,
    pub(super) waits: Waits,
    pub(super) looked_at: Instant,
    /// To be examined whatever the next look finds.
    pub(super) is_stale: bool,
}

/// What was in the list before.
pub(super) struct Past {
    pub(super) folder: Arc<TaskFolder>,
    pub(super) seen: Candidate,
    pub(super) newest: Option<Arc<Snapshot>>,
}

/// What else than a change of its files makes a task worth another look.
pub(super) enum Waits {
    ForNothing,
    /// The end of this build.
    ForPackages(Arc<Requirements>),
    /// Another attempt at this build.
    AfterFailure(Arc<Requirements>),
    /// Time.
    ToTryAgain,
}

impl Known {
    pub(super) fn past(&self) -> Past {
        Past {
            folder: Arc::clone(&self.folder),
            seen: self.seen.clone(),
            newest: self.newest.clone(),
        }
    }

    /// Whether a look would bring nothing new.
    pub(super) fn is_current(&self, candidate: &Candidate, environments: &Environments) -> bool {
        let is_as_before = match &self.waits {
            Waits::ForNothing => true,
            Waits::ForPackages(requirements) => matches!(
                environments.state(requirements),
                Some(EnvironmentState::Building(_))
            ),
            Waits::AfterFailure(requirements) => {
                matches!(
                    environments.state(requirements),
                    Some(EnvironmentState::Failed(_))
                )
            }
            Waits::ToTryAgain => self.looked_at.elapsed() < TRY_AGAIN,
        };
        !self.is_stale && is_as_before && self.seen.is_same(candidate)
    }

    /// Whether this is its code.
    pub(super) fn is_of_code(&self, candidate: &Candidate) -> bool {
        self.seen.is_same_code(candidate)
    }

    /// Whether it is a file in the root.
    pub(super) fn is_single_file(&self) -> bool {
        self.seen.is_single_file
    }

    /// The next look examines it, whatever it finds.
    pub(super) fn check_again(&mut self, environments: &Environments) {
        self.is_stale = true;
        if let Waits::AfterFailure(requirements) = &self.waits {
            environments.forget_failure(requirements);
        }
    }

    /// As pages show it: while packages are installed, the message tells how far they are.
    pub(super) fn shown(&self, environments: &Environments) -> Arc<TaskFolder> {
        let Waits::ForPackages(requirements) = &self.waits else {
            return Arc::clone(&self.folder);
        };
        let Some(EnvironmentState::Building(line)) = environments.state(requirements) else {
            return Arc::clone(&self.folder);
        };
        let mut shown = TaskFolder::clone(&self.folder);
        match &mut shown.newer {
            Some(newer) => newer.problem = preparing(&line),
            None => shown.found = Err(preparing(&line)),
        }
        Arc::new(shown)
    }
}

/// The problem of a task whose packages are being installed, with uv's last line.
pub(super) fn preparing(line: &str) -> LoadProblem {
    let message = match line {
        "" => "Installing packages".to_owned(),
        line => format!("Installing packages: {line}"),
    };
    LoadProblem::plain(ProblemKind::Preparing, message)
}
