//! What the harness tells while a run goes on.

use domain::run::{LogLevel, LogStream};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::net::unix::pipe;

use super::capture::{Lines, PRINTED};
use super::ending::{Failure, Final};
use super::log_writer::LogSink;
use super::reports::Reports;
use crate::runs::Progress;
use crate::tasks::Catalog;

/// One event holds at most this: a result of 4 MiB has room, a flood has not.
const MAX_EVENT: usize = 8 * 1024 * 1024;
/// What `extra` adds to one log line.
const MAX_FIELDS: usize = 2 * 1024;
/// More files than this are not even remembered; see `artifacts` for what is kept.
const MAX_ANNOUNCED: usize = 1000;

/// One event. What it does not know it passes over, so that harness and server may differ by a version.
#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event {
    Log {
        level: String,
        message: String,
        #[serde(default)]
        logger: String,
        #[serde(default)]
        fields: Map<String, Value>,
    },
    Reload {
        name: String,
    },
    Progress {
        done: f64,
        total: Option<f64>,
        text: Option<String>,
    },
    Artifact(Announced),
    Checkpoint {
        values: Map<String, Value>,
    },
    Result {
        result: Map<String, Value>,
    },
    Error(Failure),
    #[serde(other)]
    Unknown,
}

/// A file that the task hands over; it lies in the working folder until the run ends.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Announced {
    /// Its name in `.artifacts`.
    pub(super) file: String,
    /// Its name for people.
    pub(super) name: String,
}

/// What is left to do when the harness has fallen silent.
#[derive(Default)]
pub(super) struct Heard {
    /// Its last word.
    pub(super) last: Option<Final>,
    /// In the order in which they were handed over.
    pub(super) artifacts: Vec<Announced>,
}

/// Passes events on as they come, until there are no more.
pub(super) async fn read(pipe: pipe::Receiver, log: LogSink, reports: Reports, catalog: Catalog) -> Heard {
    let mut heard = Heard::default();
    let mut lines = Lines::new(pipe, MAX_EVENT);
    while let Some(line) = lines.next().await {
        match serde_json::from_str(&line) {
            Ok(Event::Log {
                level,
                message,
                logger,
                fields,
            }) => {
                let text = bounded(titled(&logger, message)) + &in_words(&fields);
                log.add(LogStream::Log, LogLevel::from_python(&level), text).await;
            }
            Ok(Event::Reload { name }) => catalog.forget(&name),
            Ok(Event::Progress { done, total, text }) => reports.progress(Progress { done, total, text }),
            Ok(Event::Artifact(announced)) if heard.artifacts.len() < MAX_ANNOUNCED => {
                heard.artifacts.push(announced);
            }
            Ok(Event::Checkpoint { values }) => reports.checkpoint(values),
            Ok(Event::Result { result }) => heard.last = Some(Final::Result(result)),
            Ok(Event::Error(failure)) => heard.last = Some(Final::Error(failure)),
            Ok(Event::Artifact(_) | Event::Unknown) => {}
            Err(_) => {
                let text = "An unreadable event was passed over.".to_owned();
                log.add(LogStream::System, LogLevel::Warning, text).await;
            }
        }
    }
    heard
}

fn titled(logger: &str, message: String) -> String {
    match logger {
        "" | "root" => message,
        _ => format!("{logger}: {message}"),
    }
}

/// A log record keeps its line breaks, but not NUL, and not more than a printed line may have.
fn bounded(mut text: String) -> String {
    if text.len() > PRINTED {
        text.truncate(text.floor_char_boundary(PRINTED));
        text.push_str(" … (cut)");
    }
    text.replace('\0', "\u{fffd}")
}

/// ` key=value` for each field; a value with spaces or quotes in it is quoted.
fn in_words(fields: &Map<String, Value>) -> String {
    let mut words = String::new();
    for (key, value) in fields {
        words.extend([" ", key, "="]);
        match value {
            Value::String(text) if is_one_word(text) => words.push_str(text),
            other => words.push_str(&other.to_string()),
        }
        if words.len() > MAX_FIELDS {
            words.truncate(words.floor_char_boundary(MAX_FIELDS));
            words.push('…');
            break;
        }
    }
    words.replace('\0', "\u{fffd}")
}

fn is_one_word(text: &str) -> bool {
    let parts_words =
        |letter: char| letter.is_whitespace() || letter.is_control() || matches!(letter, '"' | '=');
    !text.is_empty() && !text.contains(parts_words)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(fields: &Value) -> String {
        in_words(fields.as_object().unwrap())
    }

    #[test]
    fn fields_of_a_log_record_stand_behind_its_message() {
        assert_eq!(
            shown(&json!({"shop": "north", "rows": 3, "note": "two words", "empty": "", "list": [1, "b c"]})),
            r#" empty="" list=[1,"b c"] note="two words" rows=3 shop=north"#
        );
        assert_eq!(shown(&json!({})), "");
    }

    #[test]
    fn fields_end_at_two_kibibytes() {
        let long = shown(&json!({"a": "ä".repeat(3000), "b": 1}));
        assert!(
            long.len() <= MAX_FIELDS + "…".len() && long.ends_with('…'),
            "{}",
            long.len()
        );
    }
}
