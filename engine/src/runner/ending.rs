//! How a run ended, from what the harness said, how its process ended, and whether it was stopped.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use domain::run::{FailureReason, judge_result};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::redact::Redactor;
use super::supervise::{StopCause, in_words};
use crate::runs::Ending;

/// A traceback beyond this is cut from the front: its end names the error.
const MAX_TRACEBACK: usize = 64 * 1024;
/// A message beyond this is cut at its end.
pub(super) const MAX_MESSAGE: usize = 4 * 1024;

/// The harness' account of a failure.
#[derive(Deserialize)]
pub(super) struct Failure {
    kind: String,
    exception: Option<String>,
    message: Option<String>,
    traceback: Option<String>,
}

/// The last word of the harness.
pub(super) enum Final {
    Result(Map<String, Value>),
    Error(Failure),
}

/// Puts the three together. A result that arrived counts, even when a stop was on its way.
pub(super) fn ending(
    said: Option<Final>,
    status: ExitStatus,
    cause: Option<StopCause>,
    redactor: &Redactor,
    time_limit: Duration,
) -> Ending {
    let failed = |reason, message: String| Ending::Failed {
        reason,
        message,
        traceback: None,
    };
    match (said, cause) {
        (Some(Final::Result(result)), _) => match redactor.value(Value::Object(result)) {
            Value::Object(result) => Ending::Returned(judge_result(result)),
            _ => failed(
                FailureReason::InvalidResult,
                "The task returned something that is not a dictionary.".into(),
            ),
        },
        (_, Some(StopCause::Cancelled)) => Ending::Cancelled,
        (_, Some(StopCause::TimedOut)) => failed(
            FailureReason::TimedOut,
            format!("Stopped after its time limit of {}.", in_words(time_limit)),
        ),
        (_, Some(StopCause::ServerStops | StopCause::LeaseLost)) => failed(
            FailureReason::Interrupted,
            "It returned no result. The end of its log shows how far it came.".into(),
        ),
        (Some(Final::Error(failure)), None) => described(failure, redactor),
        (None, None) => silent(status),
    }
}

/// A failure of the task itself, with what is likely to be its cause before its own words.
pub(super) fn suspecting(mut ending: Ending, suspects: &[String]) -> Ending {
    let message = match &mut ending {
        Ending::Failed {
            reason: FailureReason::Error | FailureReason::BadParams | FailureReason::NoResult,
            message,
            ..
        } => Some(message),
        Ending::Returned(outcome) => outcome.failure.as_mut().map(|(_, message)| message),
        Ending::Failed { .. } | Ending::Cancelled => None,
    };
    if let Some(message) = message {
        *message = explained(suspects, message);
    }
    ending
}

/// Sentences on the likely cause, and what the task said after them.
pub(super) fn explained(suspects: &[String], message: &str) -> String {
    let sentences = suspects.iter().map(String::as_str);
    sentences.chain([message]).collect::<Vec<_>>().join(" ")
}

fn described(failure: Failure, redactor: &Redactor) -> Ending {
    let reason = match (failure.kind.as_str(), failure.exception.as_deref()) {
        (_, Some("MemoryError")) => FailureReason::OutOfMemory,
        ("load_error", _) => FailureReason::LoadError,
        ("init_error", _) => FailureReason::BadParams,
        ("invalid_result", _) => FailureReason::InvalidResult,
        ("exit", _) => FailureReason::NoResult,
        _ => FailureReason::Error,
    };
    let message = failure.message.unwrap_or_default();
    let message = match failure
        .exception
        .filter(|_| failure.kind != "invalid_result" && failure.kind != "exit")
    {
        Some(exception) if message.is_empty() || message == exception => exception,
        Some(exception) => format!("{exception}: {message}"),
        None => message,
    };
    Ending::Failed {
        reason,
        message: head(redactor.text(message), MAX_MESSAGE),
        traceback: failure
            .traceback
            .map(|text| tail(redactor.text(text), MAX_TRACEBACK)),
    }
}

fn silent(status: ExitStatus) -> Ending {
    let (reason, message) = match (status.signal(), status.code()) {
        (Some(9), _) => (
            FailureReason::Killed,
            "The process was killed by the system (signal 9), often for lack of memory.".into(),
        ),
        (Some(11), _) => (
            FailureReason::Killed,
            "The process crashed (signal 11, a fault in compiled code).".into(),
        ),
        (Some(signal), _) => (
            FailureReason::Killed,
            format!("The process was killed by signal {signal}."),
        ),
        (None, Some(0)) => (
            FailureReason::NoResult,
            "The process ended without returning a result.".into(),
        ),
        (None, code) => {
            let code = code.map_or_else(|| "unknown".to_owned(), |code| code.to_string());
            (
                FailureReason::NoResult,
                format!("The process ended with exit code {code} and without a result."),
            )
        }
    };
    Ending::Failed {
        reason,
        message,
        traceback: None,
    }
}

/// The beginning of a text that is too long.
pub(super) fn head(mut text: String, most: usize) -> String {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        text.push('…');
    }
    text
}

fn tail(text: String, most: usize) -> String {
    match text.len().checked_sub(most) {
        Some(excess) if excess > 0 => format!("…{}", &text[text.ceil_char_boundary(excess)..]),
        _ => text,
    }
}
