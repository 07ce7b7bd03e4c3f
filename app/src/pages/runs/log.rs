//! The log on a run's page.

use chrono_tz::Tz;
use domain::run::RunStatus;
use engine::runs::LogLine;
use leptos::prelude::*;

use crate::components::time::iso;
use crate::error::AppError;
use crate::islands::{LOG_LINKS_ID, LiveLog, WireLine, log_line};
use crate::routes::AppState;

/// As many lines as the page opens with.
const FIRST_PAINT: u32 = 500;

/// As many as one page shows when more are asked for.
const MOST_LINES: u32 = 5000;

/// The lines on the page and where they lie in the whole log.
#[derive(Clone)]
pub(super) struct LogWindow {
    lines: Vec<WireLine>,
    total: i64,
}

impl LogWindow {
    /// The end of the log, or the lines from a number on.
    pub(super) async fn load(state: &AppState, run_id: &str, from: Option<i64>) -> Result<Self, AppError> {
        let logs = &state.engine.logs;
        let tail = logs.tail(run_id, FIRST_PAINT).await?;
        let lines = match from {
            Some(from) => logs.after(run_id, from.saturating_sub(1), MOST_LINES).await?,
            None => tail.lines,
        };
        let lines = lines.iter().map(|line| wire(line, state.engine.zone)).collect();
        Ok(Self {
            lines,
            total: tail.total,
        })
    }

    fn first(&self) -> i64 {
        self.lines.first().map_or(1, |line| line.seq)
    }

    fn last(&self) -> i64 {
        self.lines.last().map_or(0, |line| line.seq)
    }
}

/// A line as it travels.
pub(super) fn wire(line: &LogLine, zone: Tz) -> WireLine {
    WireLine {
        seq: line.seq,
        at: iso(line.at),
        time: line.at.with_timezone(&zone).format("%H:%M:%S").to_string(),
        level: line.level,
        stream: line.stream,
        text: line.text.clone(),
    }
}

/// The log, with links to the parts that are not on the page.
#[component]
pub(super) fn LogCard(run_id: String, window: LogWindow, status: RunStatus) -> AnyView {
    let (first, last, total) = (window.first(), window.last(), window.total);
    let reaches_end = last >= total;
    let is_live = !status.is_final();
    let empty = (total == 0 && !is_live).then(|| view! { <p class="muted">"This run wrote nothing."</p> });
    let earlier = (first > 1).then(|| {
        let from = (first - i64::from(FIRST_PAINT)).max(1);
        view! {
            <a href=format!("/runs/{run_id}?from={from}#L{first}")>"Show earlier lines"</a>
            <a href=format!("/runs/{run_id}?from=1")>"Show from the start"</a>
        }
    });
    let later = (!reaches_end).then(|| {
        let from = last + 1;
        view! { <a href=format!("/runs/{run_id}?from={from}")>"Show later lines"</a> }
    });
    let words = match total {
        0 => String::new(),
        _ if first == 1 && reaches_end => format!("{total} lines"),
        _ => format!("Lines {first} to {last} of {total}"),
    };
    let lines = window.lines.iter().map(log_line).collect_view();
    let has_lines = total > 0 || is_live;
    view! {
        <section class="card log-card" aria-labelledby="log-title">
            <div class="log-head">
                <h2 id="log-title">"Log"</h2>
                <p class="log-links" id=LOG_LINKS_ID>
                    <span class="muted">{words}</span>
                    {earlier}
                    {later}
                    {has_lines.then(|| view! { <a href=format!("/runs/{run_id}/log.txt")>"Download"</a> })}
                </p>
            </div>
            {empty}
            {has_lines
                .then(|| {
                    view! {
                        <LiveLog run_id=run_id.clone() after=last status reaches_end>
                            {lines}
                        </LiveLog>
                    }
                })}
        </section>
    }
    .into_any()
}
