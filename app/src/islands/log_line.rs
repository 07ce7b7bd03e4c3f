//! One line of a log, drawn alike by the server and by the browser.

use std::ops::Range;

use domain::run::{AnsiSpan, LogLevel, LogStream, ansi_spans};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A link to a line shows so many lines before it.
pub const BEFORE: i64 = 20;

/// The class of the match at which the reader is.
pub(super) const CURRENT: &str = "is-current";

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
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub marked: String,
    /// Whether the reader goes from match to match and is here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_current: bool,
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

    fn class(&self) -> String {
        let class = match (self.level, self.stream) {
            (LogLevel::Error, _) => "log-line is-error",
            (LogLevel::Warning, _) => "log-line is-warning",
            (LogLevel::Debug, _) | (_, LogStream::System) => "log-line is-quiet",
            _ => "log-line",
        };
        if self.is_current {
            format!("{class} {CURRENT}")
        } else {
            class.to_owned()
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
    let spans = marked_spans(&text, &marked)
        .into_iter()
        .map(|(class, parts)| {
            let parts = parts.into_iter().map(|(part, is_marked)| {
                if is_marked {
                    view! { <mark>{part}</mark> }.into_any()
                } else {
                    part.into_any()
                }
            });
            view! { <span class=class>{parts.collect::<Vec<_>>()}</span> }
        })
        .collect_view();
    let current = line.is_current.then_some("true");
    // From a little before it, so that the link works for any line of the whole log.
    let from = (seq - BEFORE).max(1);
    view! {
        <div class=class id=format!("L{seq}") aria-current=current>
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

/// A class, and the parts of a text with whether each is what was looked for.
type MarkedSpan = (String, Vec<(String, bool)>);

/// The spans of a line, cut where what was looked for begins and ends: a colour may change within it.
fn marked_spans(line: &str, marked: &str) -> Vec<MarkedSpan> {
    let spans = ansi_spans(line);
    let text: String = spans.iter().map(|span| span.text.as_str()).collect();
    let found = occurrences(&text, marked);
    let mut start = 0;
    let cut_up = |span: AnsiSpan| {
        let parts = parts(&span.text, start, &found);
        start += span.text.len();
        (span.class, parts)
    };
    spans.into_iter().map(cut_up).collect()
}

fn occurrences(text: &str, marked: &str) -> Vec<Range<usize>> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some((_, it, after)) = cut(rest, marked) {
        let end = text.len() - after.len();
        found.push(end - it.len()..end);
        rest = after;
    }
    found
}

/// The parts of a span that begins at `start`.
fn parts(span: &str, start: usize, found: &[Range<usize>]) -> Vec<(String, bool)> {
    let within = |at: usize| at.saturating_sub(start).min(span.len());
    let (mut parts, mut at) = (Vec::new(), 0);
    let mut add = |range: Range<usize>, is_marked| {
        if let Some(part) = span.get(range).filter(|part| !part.is_empty()) {
            parts.push((part.to_owned(), is_marked));
        }
    };
    for range in found {
        let (from, to) = (within(range.start), within(range.end));
        add(at..from, false);
        add(from..to, true);
        at = to;
    }
    add(at..span.len(), false);
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

    #[test]
    fn what_was_looked_for_is_marked_across_a_change_of_colour_and_as_often_as_it_is_there() {
        let part = |text: &str, is_marked| (text.to_owned(), is_marked);
        assert_eq!(
            marked_spans("a north \u{1b}[31mNo\u{1b}[0mrth", "north"),
            [
                (
                    String::new(),
                    vec![part("a ", false), part("north", true), part(" ", false)]
                ),
                ("ansi-31".to_owned(), vec![part("No", true)]),
                (String::new(), vec![part("rth", true)]),
            ]
        );
        assert_eq!(
            marked_spans("\u{1b}[31mred\u{1b}[0m plain", ""),
            [
                ("ansi-31".to_owned(), vec![part("red", false)]),
                (String::new(), vec![part(" plain", false)]),
            ]
        );
    }
}
