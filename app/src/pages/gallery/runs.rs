//! What tells of runs.

use domain::run::{LogLevel, LogStream, Records, RunStatus, UsualDuration};
use engine::runs::RunMark;
use leptos::prelude::*;
use serde_json::json;

use crate::components::duration_bar::DurationBar;
use crate::components::icons::PauseIcon;
use crate::components::records::RecordCounts;
use crate::components::result::ResultValue;
use crate::components::run_strip::RunStrip;
use crate::components::status_badge::StatusBadge;
use crate::components::time::{Exactly, When};
use crate::islands::{WireLine, WireProgress, log_line, run_progress};
use crate::render::Viewer;

#[component]
pub(super) fn Statuses() -> AnyView {
    let at = Viewer::current().now;
    let badges = RunStatus::ALL
        .iter()
        .map(|status| view! { <StatusBadge status=*status /> })
        .collect_view();
    let marks = (0..30)
        .zip(RunStatus::ALL.iter().cycle())
        .map(|(number, status)| RunMark {
            run_id: format!("{number}"),
            status: *status,
            at,
        })
        .collect();
    view! {
        <p class="badges">
            {badges} <span class="badge badge-paused">
                <PauseIcon />
                "Paused"
            </span>
        </p>
        <RunStrip marks task="orders".to_owned() />
        <When at />
        <p>
            <Exactly at />
        </p>
    }
    .into_any()
}

#[component]
pub(super) fn Figures() -> AnyView {
    let usual = UsualDuration {
        median: 60_000,
        p95: 90_000,
        runs: 30,
    };
    let records = Records {
        processed: Some(1200),
        success: Some(1199),
        failed: Some(1),
    };
    let value = json!({
        "shop": "north",
        "complete": true,
        "open": [{ "id": 1, "sum": 9.5 }, { "id": 2, "sum": 12 }],
    });
    let bars = [
        (Some(45_000), false),
        (Some(200_000), false),
        (Some(30_000), true),
        (None, false),
    ]
    .map(|(took, is_running)| view! { <p><DurationBar took is_running usual=Some(usual) /></p> })
    .collect_view();
    view! {
        {bars}
        {run_progress(
            Some(WireProgress {
                share: Some(250),
                words: "30 of 120. Reading March".to_owned(),
            }),
        )}
        <RecordCounts records />
        <ResultValue value label="Result".to_owned() depth=0 />
    }
    .into_any()
}

#[component]
pub(super) fn LogLines() -> AnyView {
    let colours = (30..38)
        .map(|code| format!("\x1b[{code}m{code} \x1b[1mbold\x1b[0m "))
        .collect::<Vec<_>>()
        .concat();
    let lines = [
        (LogLevel::Debug, LogStream::Log, "For developers".to_owned()),
        (
            LogLevel::Info,
            LogStream::Log,
            "Reading the list of orders".to_owned(),
        ),
        (LogLevel::Warning, LogStream::Log, "No orders in March".to_owned()),
        (LogLevel::Error, LogStream::Log, "The shop is closed".to_owned()),
        (LogLevel::Info, LogStream::Stdout, colours),
        (LogLevel::Info, LogStream::Stderr, "low on disk".to_owned()),
        (
            LogLevel::Info,
            LogStream::System,
            "The server asked the task to stop.".to_owned(),
        ),
    ];
    let lines = (1..)
        .zip(lines)
        .map(|(seq, (level, stream, text))| {
            log_line(&WireLine {
                seq,
                at: "2026-03-02T09:00:00Z".to_owned(),
                time: "09:00:00".to_owned(),
                level,
                stream,
                text,
                marked: "orders".to_owned(),
                is_current: seq == 3,
            })
        })
        .collect_view();
    view! { <div class="log">{lines}</div> }.into_any()
}
