//! One line of a log, drawn alike by the server and by the browser.

use domain::run::{LogLevel, LogStream, ansi_spans};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A link to a line shows so many lines before it.
pub const BEFORE: i64 = 20;

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
    /// The line itself, with the colours of a terminal.
    pub text: String,
    /// What was looked for, to be marked in it; mostly empty.
    #[serde(default)]
    pub marked: String,
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
        seq,
        at,
        time,
        text,
        marked,
        ..
    } = line.clone();
    let spans = ansi_spans(&text)
        .into_iter()
        .map(|span| view! { <span class=span.class>{marked_parts(&span.text, &marked)}</span> })
        .collect_view();
    // From a little before it, so that the link works for any line of the whole log.
    let from = (seq - BEFORE).max(1);
    view! {
        <div class=class id=format!("L{seq}")>
            <a class="log-number" href=format!("?from={from}#L{seq}")>
                <span class="visually-hidden">"Line "</span>
                {seq}
            </a>
            <time class="log-time" datetime=at>{time}</time>
            <span class="log-tag">{tag}</span>
            <span class="log-text">{spans}</span>
        </div>
    }
}

/// The text with each occurrence of what was looked for in a `mark`.
fn marked_parts(text: &str, marked: &str) -> Vec<AnyView> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, found, after)) = cut(rest, marked) {
        parts.push(before.to_owned().into_any());
        parts.push(view! { <mark>{found.to_owned()}</mark> }.into_any());
        rest = after;
    }
    parts.push(rest.to_owned().into_any());
    parts
}

/// What stands before the first occurrence, itself, and what stands behind it. Letters of other alphabets than A to Z
/// are found in the same case only: the database knows them all, and marking is decoration.
fn cut<'a>(text: &'a str, marked: &str) -> Option<(&'a str, &'a str, &'a str)> {
    if marked.is_empty() {
        return None;
    }
    let is_it = |(at, _): &(usize, char)| {
        text.get(*at..*at + marked.len())
            .is_some_and(|part| part.eq_ignore_ascii_case(marked))
    };
    let (at, _) = text.char_indices().find(is_it)?;
    let end = at + marked.len();
    Some((text.get(..at)?, text.get(at..end)?, text.get(end..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_for_is_cut_out_in_any_case_and_between_letters_only() {
        assert_eq!(
            cut("no such Shop here", "shop"),
            Some(("no such ", "Shop", " here"))
        );
        assert_eq!(cut("äöü", "ö"), Some(("ä", "ö", "ü")));
        assert_eq!(cut("äöü", "a"), None);
        assert_eq!(cut("text", ""), None);
    }
}
