//! One line of a log, drawn alike by the server and by the browser.

use domain::run::{LogLevel, LogStream};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A line as it travels to the page. Times are written out by the server, which knows the zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireLine {
    /// Number within the run, from 1; also the event's id, from which a broken stream resumes.
    pub seq: i64,
    /// When it was written, in ISO 8601.
    pub at: String,
    /// Time of day in the server's zone.
    pub time: String,
    /// How serious it is.
    pub level: LogLevel,
    /// Where it came from.
    pub stream: LogStream,
    /// The line itself.
    pub text: String,
}

impl WireLine {
    /// The word before the text: a level for what was logged, else where the line came from.
    fn tag(&self) -> &'static str {
        match (self.stream, self.level) {
            (LogStream::Log, LogLevel::Debug) => "Debug",
            (LogStream::Log, LogLevel::Info) => "Info",
            (_, LogLevel::Warning) => "Warning",
            (_, LogLevel::Error) => "Error",
            (LogStream::Stdout, _) => "Printed",
            (LogStream::Stderr, _) => "Stderr",
            (LogStream::System, _) => "Server",
        }
    }

    fn class(&self) -> &'static str {
        match (self.level, self.stream) {
            (LogLevel::Error, _) => "log-line is-error",
            (LogLevel::Warning, _) => "log-line is-warning",
            (LogLevel::Debug, _) | (_, LogStream::System) => "log-line is-quiet",
            _ => "log-line",
        }
    }
}

/// Draws a line. Its text is a text node, whatever it holds.
pub fn log_line(line: &WireLine) -> impl IntoView + use<> {
    let (tag, class) = (line.tag(), line.class());
    let WireLine {
        seq, at, time, text, ..
    } = line.clone();
    view! {
        <div class=class id=format!("L{seq}")>
            <span class="log-number">{seq}</span>
            <time class="log-time" datetime=at>{time}</time>
            <span class="log-tag">{tag}</span>
            <span class="log-text">{text}</span>
        </div>
    }
}
