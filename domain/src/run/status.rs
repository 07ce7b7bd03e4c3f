//! The closed lists of a run's life. Each has a stable `code` for the database and words for people.

use crate::coded;

coded! {
    /// Where a run stands (`task_runs.status`).
    RunStatus {
        /// Written down, not started.
        Queued = "queued",
        /// A worker holds it.
        Running = "running",
        /// The task returned a result.
        Success = "success",
        /// It ended badly; a [`FailureReason`] says how.
        Failed = "failed",
        /// A person stopped it.
        Cancelled = "cancelled",
        /// It was due and deliberately not run.
        Skipped = "skipped",
    }
}

coded! {
    /// Who asked for a run (`task_runs.triggered_by`).
    Trigger {
        /// A schedule.
        Scheduler = "scheduler",
        /// A person pressed "Run now".
        Manual = "manual",
        /// Another system, by a start link.
        Link = "link",
    }
}

coded! {
    /// Why a run failed (`task_runs.failure_reason`).
    FailureReason {
        /// The task raised an exception.
        Error = "error",
        /// It ran longer than its time limit.
        TimedOut = "timed_out",
        /// Its process was killed by a signal.
        Killed = "killed",
        /// Its process ended without handing back a result.
        NoResult = "no_result",
        /// What it returned is not a result.
        InvalidResult = "invalid_result",
        /// The server stopped while it ran.
        Interrupted = "interrupted",
        /// The task's code could not be loaded.
        LoadError = "load_error",
        /// Its saved settings do not fit what the task asks for.
        BadParams = "bad_params",
        /// It ran out of memory.
        OutOfMemory = "out_of_memory",
        /// An account that it uses could not be had from the service it belongs to.
        NotConnected = "not_connected",
    }
}

coded! {
    /// How serious a log line is.
    LogLevel {
        /// For authors.
        Debug = "debug",
        /// Ordinary.
        Info = "info",
        /// Worth a look.
        Warning = "warning",
        /// Something failed.
        Error = "error",
    }
}

coded! {
    /// Where a log line came from.
    LogStream {
        /// Python's `logging`.
        Log = "log",
        /// Printed.
        Stdout = "stdout",
        /// Printed to standard error.
        Stderr = "stderr",
        /// Written by InsightMesh itself.
        System = "system",
    }
}

impl RunStatus {
    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            Self::Queued => "Waiting",
            Self::Running => "Running",
            Self::Success => "Succeeded",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
            Self::Skipped => "Skipped",
        }
    }

    /// What the word on the page means.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Queued => {
                "Somebody or a schedule asked for it, and it has not started. The run's page says what it waits for."
            }
            Self::Running => "It is under way. Its page shows how far it is and what it writes.",
            Self::Success => "The task did its work and returned a result.",
            Self::Failed => "It ended without doing its work. Its page says why, and what to do.",
            Self::Cancelled => "A person stopped it. What it had done by then stays done.",
            Self::Skipped => {
                "It was due and left out on purpose: the run before was still going, the schedule was paused, or the server had been off. Its page says why."
            }
        }
    }

    /// Whether nothing more will happen to the run.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

impl Trigger {
    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            Self::Scheduler => "Schedule",
            Self::Manual => "Run now",
            Self::Link => "Start link",
        }
    }
}

impl FailureReason {
    /// What happened, in one plain sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Error => "The task stopped with an error.",
            Self::TimedOut => "The task ran longer than its time limit and was stopped.",
            Self::Killed => "The task's process was killed.",
            Self::NoResult => "The task ended without returning a result.",
            Self::InvalidResult => "The task returned something that is not a result.",
            Self::Interrupted => "The server stopped while the task was running.",
            Self::LoadError => "The task's code could not be loaded.",
            Self::BadParams => "The saved settings do not fit what the task asks for.",
            Self::OutOfMemory => "The task ran out of memory.",
            Self::NotConnected => "A connected account that the task uses could not be used.",
        }
    }

    /// What to try next.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Error => {
                "Read the message. If it names a setting, change that and run again; else show this page to the task's developer."
            }
            Self::TimedOut => {
                "Run it again with less work, or ask the task's developer whether it needs more time."
            }
            Self::Killed => {
                "Often the computer ran out of memory. Run it again with less work, or ask who looks after the server."
            }
            Self::NoResult | Self::InvalidResult => {
                "Show this page to the task's developer: execute() must return a dictionary."
            }
            Self::Interrupted => {
                "Check whether the work was half done, then run it again. The schedule goes on by itself."
            }
            Self::LoadError => "Open the task's page: it shows what is wrong with the code.",
            Self::BadParams => "Open the task's page and fill in the form again.",
            Self::OutOfMemory => "Run it again with less work, for example a smaller batch.",
            Self::NotConnected => {
                "Open the credential that the message names, connect it again, and run the task again."
            }
        }
    }
}

impl LogLevel {
    /// From a Python level name; unknown names read as information.
    pub fn from_python(name: &str) -> Self {
        match name {
            "DEBUG" | "NOTSET" => Self::Debug,
            "WARNING" | "WARN" => Self::Warning,
            "ERROR" | "CRITICAL" | "FATAL" => Self::Error,
            _ => Self::Info,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_and_matches_its_json() {
        for status in RunStatus::ALL {
            assert_eq!(RunStatus::from_code(status.code()), Some(*status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.code());
        }
        for reason in FailureReason::ALL {
            assert_eq!(FailureReason::from_code(reason.code()), Some(*reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
            assert!(reason.sentence().ends_with('.') && reason.advice().ends_with('.'));
        }
        assert_eq!(RunStatus::from_code("done"), None);
    }
}
