//! The log on a run's page.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::run::RunStatus;
use engine::runs::{LogLine, RunSummary, Side};
use leptos::prelude::*;

use super::log_filter::{Asked, LogFilters, NoLines};
use super::log_look::{LogLook, LogTime};
use super::log_matches::{Found, MatchLinks};
use crate::components::time::iso;
use crate::error::AppError;
use crate::islands::{BEFORE, LOG_LINKS_ID, LiveLog, WireLine, log_line};
use crate::render::Viewer;
use crate::routes::AppState;

/// As many lines as the page opens with.
const FIRST_PAINT: u32 = 500;

/// As many as one page shows when more are asked for.
const MOST_LINES: u32 = 1000;

/// The lines on the page and where they lie in the whole log.
#[derive(Clone)]
pub(super) struct LogWindow {
    asked: Asked,
    look: LogLook,
    lines: Vec<WireLine>,
    /// The first and the last line, where there are any.
    span: (i64, i64),
    total: i64,
    /// The matches on the page, where a filter chooses among the lines.
    found: Option<Found>,
    /// The first error, and the next one behind this part of the log.
    errors: (Option<i64>, Option<i64>),
}

impl LogWindow {
    /// The part that is asked for: matching lines, the lines from a number on, or the end of the log. A failed run opens
    /// where it went wrong.
    pub(super) async fn load(
        state: &AppState,
        run: &RunSummary,
        asked: &Asked,
        look: LogLook,
    ) -> Result<Self, AppError> {
        let (logs, run_id) = (&state.engine.logs, &run.run_id);
        let filter = asked.filter();
        let mut total = logs.total(run_id).await?;
        let first_error = logs.next_error(run_id, 0).await?;
        let begins = total - i64::from(FIRST_PAINT) + 1;
        let failed_at = first_error.filter(|seq| run.status == RunStatus::Failed && *seq < begins);
        let from = asked.from().or(failed_at.map(|seq| (seq - BEFORE).max(1)));
        let mut found = None;
        let lines = if !filter.is_empty() {
            let after = asked.from().map_or(0, |from| from.saturating_sub(1));
            let side = asked.before().map_or(Side::After(after), Side::Before);
            let lines = logs.matching(run_id, &filter, side, FIRST_PAINT).await?;
            let numbers: Vec<i64> = lines.iter().map(|line| line.seq).collect();
            let first = numbers.first().copied().unwrap_or(0);
            let counted = logs.count_matching(run_id, &filter, first).await?;
            found = Some(Found::new(numbers, counted, asked));
            lines
        } else if asked.shown().is_some() {
            Vec::new()
        } else if let Some(from) = from {
            logs.after(run_id, from.saturating_sub(1), MOST_LINES).await?
        } else {
            let tail = logs.tail(run_id, FIRST_PAINT).await?;
            total = tail.total;
            tail.lines
        };
        let span = match (lines.first(), lines.last()) {
            (Some(first), Some(last)) => (first.seq, last.seq),
            _ => (from.unwrap_or(1), asked.shown().unwrap_or(0)),
        };
        let next_error = match first_error {
            Some(first) if first <= span.1 => logs.next_error(run_id, span.1).await?,
            _ => None,
        };
        let written = Look {
            zone: state.engine.zone,
            time: look.time,
            start: run.started_at,
            marked: asked.text(),
            current: found.as_ref().and_then(Found::current),
        };
        Ok(Self {
            lines: lines.iter().map(|line| wire(line, &written)).collect(),
            look,
            span,
            total,
            found,
            errors: (first_error, next_error),
            asked: asked.clone(),
        })
    }
}

/// How lines are written out.
pub(super) struct Look {
    pub(super) zone: Tz,
    pub(super) time: LogTime,
    /// When the run started.
    pub(super) start: Option<DateTime<Utc>>,
    /// What is marked in them.
    pub(super) marked: String,
    /// The match at which the reader is.
    pub(super) current: Option<i64>,
}

/// A line as it travels.
pub(super) fn wire(line: &LogLine, look: &Look) -> WireLine {
    let time = match look.time {
        LogTime::OfDay => line.at.with_timezone(&look.zone).format("%H:%M:%S").to_string(),
        LogTime::SinceStart => since(line.at, look.start),
        LogTime::None => String::new(),
    };
    WireLine {
        seq: line.seq,
        at: iso(line.at),
        time,
        level: line.level,
        stream: line.stream,
        text: line.text.clone(),
        marked: look.marked.clone(),
        is_current: look.current == Some(line.seq),
    }
}

/// `+1:02:03.4`, from the start of the run.
fn since(at: DateTime<Utc>, start: Option<DateTime<Utc>>) -> String {
    let passed = start.map_or(0, |start| (at - start).num_milliseconds().max(0));
    let (seconds, tenth) = (passed / 1000, passed % 1000 / 100);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        return format!("+{hours}:{minutes:02}:{seconds:02}");
    }
    format!("+{minutes}:{seconds:02}.{tenth}")
}

/// The log, with links to the parts that are not on the page.
#[component]
pub(super) fn LogCard(run_id: String, window: LogWindow, status: RunStatus) -> AnyView {
    let ((_, last), total, look) = (window.span, window.total, window.look);
    let reaches_end = window.found.is_none() && last >= total;
    let is_live = !status.is_final();
    let empty = (total == 0 && !is_live).then(|| view! { <p class="muted">"This run wrote nothing."</p> });
    let has_lines = total > 0 || is_live;
    let filters =
        has_lines.then(|| view! { <LogFilters run_id=run_id.clone() asked=window.asked.clone() look /> });
    let has_none = window.found.as_ref().is_some_and(|found| found.lines.is_empty());
    let matches = window
        .found
        .clone()
        .filter(|found| !found.lines.is_empty())
        .map(|found| {
            view! { <MatchLinks run_id=run_id.clone() asked=window.asked.clone() found /> }
        });
    let zone = (has_lines && look.time == LogTime::OfDay).then(
        || view! { <p class="muted log-zone">{format!("Times in {}", Viewer::current().zone.name())}</p> },
    );
    let lines = window.lines.iter().map(log_line).collect_view();
    let log = (has_lines && !has_none).then(|| {
        view! {
            <LiveLog run_id=run_id.clone() after=last status reaches_end time=look.time.code().to_owned()>
                {lines}
            </LiveLog>
        }
        .into_any()
    });
    view! {
        <section class="card log-card" aria-labelledby="log-title">
            <div class="log-head">
                <h2 id="log-title">"Log"</h2>
                {zone}
                <LogLinks run_id=run_id.clone() window=window.clone() has_lines />
            </div>
            {empty}
            {filters}
            {matches}
            {has_none.then(|| view! { <NoLines run_id=run_id.clone() /> })}
            {log}
        </section>
    }
    .into_any()
}

/// Where this part lies, and ways to the others.
#[component]
fn LogLinks(run_id: String, window: LogWindow, has_lines: bool) -> AnyView {
    let ((first, last), total) = (window.span, window.total);
    let link = |from: i64, to: i64, words: String| {
        view! { <a href=format!("/runs/{run_id}?from={from}#L{to}")>{words}</a> }
    };
    let is_whole = window.found.is_none();
    let earlier = (is_whole && first > 1).then(|| {
        let from = (first - i64::from(FIRST_PAINT)).max(1);
        (
            link(from, first, "Show earlier lines".to_owned()),
            link(1, 1, "Show from the start".to_owned()),
        )
    });
    let later = (is_whole && last < total).then(|| link(last + 1, last + 1, "Show later lines".to_owned()));
    let is_shown = |seq: &i64| (first..=last).contains(seq);
    let (first_error, next_error) = window.errors;
    let to_error =
        |seq: i64, word: &str| link((seq - BEFORE).max(1), seq, format!("{word} error, line {seq}"));
    let first_error = first_error.map(|seq| {
        if is_whole && is_shown(&seq) {
            view! { <a href=format!("#L{seq}")>{format!("First error, line {seq}")}</a> }.into_any()
        } else {
            to_error(seq, "First").into_any()
        }
    });
    let next_error = next_error.map(|seq| to_error(seq, "Next"));
    let matching = window.found.as_ref().map(|found| found.counted.all);
    let words = match (matching, total) {
        (Some(1), _) => "1 line matches".to_owned(),
        (Some(count), _) => {
            let part = window.found.as_ref().and_then(Found::part);
            part.unwrap_or_else(|| format!("{count} lines match"))
        }
        (None, 0) => String::new(),
        (None, 1) => "1 line".to_owned(),
        (None, _) if first == 1 && last >= total => format!("{total} lines"),
        (None, _) => format!("Lines {first} to {last} of {total}"),
    };
    view! {
        <p class="log-links" id=LOG_LINKS_ID>
            <span class="muted">{words}</span>
            {first_error}
            {next_error}
            {earlier}
            {later}
            {has_lines.then(|| view! { <a href=format!("/runs/{run_id}/log.txt")>"Download"</a> })}
        </p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn the_time_since_the_start_is_as_short_as_it_can_be() {
        let start = Utc::now();
        let told = |milliseconds| since(start + TimeDelta::milliseconds(milliseconds), Some(start));
        assert_eq!(told(450), "+0:00.4");
        assert_eq!(told(62_300), "+1:02.3");
        assert_eq!(told(3_723_000), "+1:02:03");
        assert_eq!(told(-5), "+0:00.0");
    }
}
