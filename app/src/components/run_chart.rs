//! The last runs of a task as bars, with the same in words and as a table.

use domain::run::{RunStatus, UsualDuration};
use domain::words;
use engine::runs::RunSummary;
use leptos::prelude::*;

use super::time::iso;
use crate::render::Viewer;

/// Height of the tallest bar.
const TALLEST: i64 = 56;
/// From one bar to the next.
const PITCH: usize = 16;
const WIDTH: usize = 11;
/// Below the bars stands a mark for each run that did not succeed.
const HEIGHT: i64 = TALLEST + 20;

/// Bars, oldest first as given: the higher, the longer a run took.
#[component]
pub fn RunChart(
    /// Oldest first.
    runs: Vec<RunSummary>,
    /// What is usual for the task.
    usual: Option<UsualDuration>,
    /// Of what: `this task`.
    of: &'static str,
) -> AnyView {
    let longest = runs.iter().filter_map(|run| run.duration_ms).max();
    let bars = runs
        .iter()
        .enumerate()
        .map(|(index, run)| view! { <ChartBar index run=run.clone() longest=longest.unwrap_or(1) /> })
        .collect_view();
    let sentence = in_words(&runs, usual);
    let width = runs.len() * PITCH;
    let rows = runs
        .iter()
        .rev()
        .map(|run| view! { <ChartRow run=run.clone() /> })
        .collect_view();
    view! {
        <section class="card chart-card" aria-labelledby="chart-title">
            <h2 id="chart-title">{format!("The last {} runs of {of}", runs.len())}</h2>
            <div class="chart-body">
                <svg
                    class="chart"
                    viewBox=format!("0 0 {width} {HEIGHT}")
                    width=width
                    height=HEIGHT
                    aria-hidden="true"
                    focusable="false"
                >
                    <path class="chart-line" d=format!("M0 {TALLEST}.5 H{width}") />
                    {bars}
                </svg>
                <p>{sentence}</p>
            </div>
            <details class="more-quiet">
                <summary>"The same as a table"</summary>
                <table class="table-plain">
                    <caption class="visually-hidden">"The last runs, newest first"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Started"</th>
                            <th scope="col">"Status"</th>
                            <th scope="col" class="number">
                                "Took"
                            </th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </details>
        </section>
    }
    .into_any()
}

#[component]
fn ChartBar(index: usize, run: RunSummary, longest: i64) -> AnyView {
    let took = run.duration_ms.unwrap_or_default().max(0);
    let height = (took.saturating_mul(TALLEST) / longest.max(1)).clamp(3, TALLEST);
    let left = index * PITCH + (PITCH - WIDTH) / 2;
    let (middle, foot) = (index * PITCH + PITCH / 2, TALLEST + 11);
    // Not by colour alone: a cross, a stroke, a ring under what did not succeed.
    let mark = match run.status {
        RunStatus::Failed => {
            let d = format!("M{} {} l6 6 m0 -6 l-6 6", middle - 3, foot - 3);
            view! { <path class="chart-mark chart-failed" d=d /> }.into_any()
        }
        RunStatus::Cancelled | RunStatus::Skipped => {
            view! { <path class="chart-mark chart-still" d=format!("M{} {foot} h6", middle - 3) /> }
                .into_any()
        }
        RunStatus::Running | RunStatus::Queued => {
            view! { <circle class="chart-mark chart-active" cx=middle cy=foot r="3" /> }.into_any()
        }
        RunStatus::Success => ().into_any(),
    };
    let class = format!("chart-bar chart-bar-{}", run.status.code());
    view! {
        <rect class=class x=left y=TALLEST - height width=WIDTH height=height rx="2" />
        {mark}
    }
    .into_any()
}

#[component]
fn ChartRow(run: RunSummary) -> AnyView {
    let at = run.started_at.unwrap_or(run.queued_at);
    view! {
        <tr>
            <th scope="row">
                <a href=format!("/runs/{}", run.run_id)>
                    <time datetime=iso(at)>{words::exact(at, Viewer::current().zone)}</time>
                </a>
            </th>
            <td>{run.status.label()}</td>
            <td class="number">{run.duration_ms.map_or_else(|| "–".to_owned(), words::duration)}</td>
        </tr>
    }
    .into_any()
}

/// `28 of 30 succeeded, 2 failed. They usually take 12 s; the longest here took 40 s.`
fn in_words(runs: &[RunSummary], usual: Option<UsualDuration>) -> String {
    let count = |status: RunStatus| runs.iter().filter(|run| run.status == status).count();
    let mut parts = vec![format!(
        "{} of {} succeeded",
        count(RunStatus::Success),
        runs.len()
    )];
    for status in RunStatus::ALL
        .iter()
        .filter(|status| **status != RunStatus::Success)
    {
        match (count(*status), status.label().to_lowercase()) {
            (0, _) => {}
            (number, word) => parts.push(format!("{number} {word}")),
        }
    }
    let usual = usual.map(|usual| format!(" A success usually takes {}.", words::duration(usual.median)));
    let longest = runs.iter().filter_map(|run| run.duration_ms).max();
    let longest = longest.map(|took| format!(" The longest of these took {}.", words::duration(took)));
    format!(
        "{}.{}{}",
        parts.join(", "),
        usual.unwrap_or_default(),
        longest.unwrap_or_default()
    )
}
