//! What of a log is asked for, in the address: so that it can be sent to somebody, and works without JavaScript.

use domain::run::{LogLevel, LogStream};
use engine::runs::LogFilter;
use leptos::prelude::*;
use serde::Deserialize;

use super::log_look::{LogLook, LogTime};
use crate::address::{searched, with_query};
use crate::components::empty_state::EmptyState;
use crate::islands::WRAP_ID;

/// Which part of the log, and how it looks.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    from: String,
    before: String,
    at: String,
    shown: String,
    level: String,
    stream: String,
    find: String,
    pub(super) time: String,
    wrap: String,
    /// Whether the form was sent: a box without its tick says nothing itself.
    sent: String,
}

impl Asked {
    /// The first line, if a part is asked for.
    pub(super) fn from(&self) -> Option<i64> {
        self.from.parse().ok()
    }

    pub(super) fn filter(&self) -> LogFilter {
        LogFilter {
            level: LogLevel::from_code(&self.level),
            stream: LogStream::from_code(&self.stream),
            text: Some(self.text()).filter(|text| !text.is_empty()),
        }
    }

    /// What is looked for.
    pub(super) fn text(&self) -> String {
        searched(&self.find)
    }

    /// The line before which matches are asked for.
    pub(super) fn before(&self) -> Option<i64> {
        self.before.parse().ok()
    }

    /// The match at which the reader is.
    pub(super) fn at(&self) -> Option<i64> {
        self.at.parse().ok()
    }

    /// The last line that the page shows already: then none are drawn.
    pub(super) fn shown(&self) -> Option<i64> {
        self.shown.parse().ok()
    }

    /// Whether the form was sent, and not only a link followed.
    pub(super) fn is_sent(&self) -> bool {
        !self.sent.is_empty()
    }

    /// Whether long lines are to be wrapped, if the form says so.
    pub(super) fn wraps(&self) -> Option<bool> {
        self.is_sent().then_some(!self.wrap.is_empty())
    }

    /// The same search at another place: `place` is `from` or `before` with a line.
    pub(super) fn search_at(&self, run_id: &str, place: Option<(&str, i64)>) -> String {
        let place = place.map(|(name, seq)| (name, seq.to_string()));
        let search = [
            ("find", self.text()),
            ("level", self.level.clone()),
            ("stream", self.stream.clone()),
        ];
        with_query(&format!("/runs/{run_id}"), search.into_iter().chain(place))
    }

    /// The part of the search that is asked for.
    pub(super) fn place(&self) -> Option<(&'static str, i64)> {
        let from = self.from().map(|seq| ("from", seq));
        self.before().map(|seq| ("before", seq)).or(from)
    }
}

/// The form over the log.
#[component]
pub(super) fn LogFilters(run_id: String, asked: Asked, look: LogLook) -> AnyView {
    let is_changed = !asked.filter().is_empty() || asked.is_sent();
    let levels = [
        ("", "All lines"),
        ("warning", "Warnings and errors"),
        ("error", "Errors"),
    ];
    let streams = [
        ("", "Everywhere"),
        ("log", "Logged"),
        ("stdout", "Printed"),
        ("stderr", "Standard error"),
        ("system", "The server"),
    ];
    let times = [
        (LogTime::OfDay.code(), "Time of day"),
        (LogTime::SinceStart.code(), "Since the start"),
        (LogTime::None.code(), "No times"),
    ];
    let clear = is_changed.then(
        || view! { <a class="button button-quiet" href=format!("/runs/{run_id}#log-title")>"Show all"</a> },
    );
    view! {
        <details class="log-filters no-print" open=is_changed>
            <summary>"Find and filter"</summary>
            <form class="filter" method="get" action=format!("/runs/{run_id}#log-title")>
                <span class="filter-pair">
                    <label for="find">"Text"</label>
                    <input class="input" type="search" id="find" name="find" value=asked.text() autocomplete="off" />
                </span>
                {choice("level", "Lines", &levels, &asked.level)}
                {choice("stream", "From", &streams, &asked.stream)}
                {choice("time", "Times", &times, look.time.code())}
                <span class="tick">
                    <input type="checkbox" id=WRAP_ID name="wrap" value="yes" checked=look.wraps />
                    <label for=WRAP_ID>"Wrap long lines"</label>
                </span>
                <input type="hidden" name="sent" value="yes" />
                <button class="button">"Show"</button>
                {clear}
            </form>
        </details>
    }
    .into_any()
}

fn choice(
    name: &'static str,
    label: &'static str,
    options: &[(&'static str, &'static str)],
    chosen: &str,
) -> AnyView {
    let options = options
        .iter()
        .map(|(code, words)| view! { <option value=*code selected=chosen == *code>{*words}</option> })
        .collect_view();
    view! {
        <span class="filter-pair">
            <label for=format!("log-{name}")>{label}</label>
            <select class="input" id=format!("log-{name}") name=name>
                {options}
            </select>
        </span>
    }
    .into_any()
}

/// Where a filter leaves nothing.
#[component]
pub(super) fn NoLines(run_id: String) -> AnyView {
    view! {
        <EmptyState title="No line matches">
            <p>
                <a class="button" href=format!("/runs/{run_id}#log-title")>
                    "Show the whole log"
                </a>
            </p>
        </EmptyState>
    }
    .into_any()
}
