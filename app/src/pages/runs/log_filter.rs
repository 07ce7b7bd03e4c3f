//! What of a log is asked for, in the address: so that it can be sent to somebody, and works without JavaScript.

use domain::run::{LogLevel, LogStream};
use engine::runs::LogFilter;
use leptos::prelude::*;
use serde::Deserialize;

use crate::components::empty_state::EmptyState;

/// Longer texts find nothing that shorter ones do not.
const MOST_TEXT: usize = 200;

/// How the time of a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum LogTime {
    #[default]
    OfDay,
    SinceStart,
    None,
}

/// Which part of the log, and how it looks.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    from: String,
    level: String,
    stream: String,
    find: String,
    time: String,
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
        self.find
            .trim()
            .replace('\0', "")
            .chars()
            .take(MOST_TEXT)
            .collect()
    }

    pub(super) fn time(&self) -> LogTime {
        match self.time.as_str() {
            "since" => LogTime::SinceStart,
            "none" => LogTime::None,
            _ => LogTime::OfDay,
        }
    }
}

/// The form over the log.
#[component]
pub(super) fn LogFilters(run_id: String, asked: Asked) -> AnyView {
    let filter = asked.filter();
    let is_changed = !filter.is_empty() || asked.time() != LogTime::OfDay;
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
        ("", "Time of day"),
        ("since", "Since the start"),
        ("none", "No times"),
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
                {choice("time", "Times", &times, &asked.time)}
                <button class="button">"Show"</button>
                {clear}
            </form>
            <div class="tick">
                <input type="checkbox" id="log-wrap" checked />
                <label for="log-wrap">"Wrap long lines"</label>
            </div>
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
