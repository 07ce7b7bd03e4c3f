//! Runs as a table, which becomes cards on a narrow screen.

use std::collections::BTreeMap;

use domain::run::{RunStatus, Trigger, UsualDuration};
use engine::runs::RunSummary;
use leptos::prelude::*;

use super::duration_bar::DurationBar;
use super::icons::WarningIcon;
use super::status_badge::StatusBadge;
use super::time::When;
use crate::render::Viewer;

/// Newest first, as given.
#[component]
pub fn RunTable(
    /// The rows.
    runs: Vec<RunSummary>,
    /// Titles of tasks by folder name.
    titles: BTreeMap<String, String>,
    /// How long runs usually take, by task.
    usual: BTreeMap<String, UsualDuration>,
) -> AnyView {
    let now = Viewer::current().now;
    let rows = runs
        .into_iter()
        .map(|run| {
            let title = titles.get(&run.task_name).unwrap_or(&run.task_name).clone();
            let reason = run
                .failure_reason
                .map(|reason| view! { <p class="reason">{reason.sentence()}</p> });
            let message = run
                .error_message
                .as_deref()
                .map(first_line)
                .map(|line| view! { <p class="reason">{line}</p> });
            let warning = run
                .warning
                .clone()
                .map(|warning| view! { <p class="reason"><WarningIcon />{warning}</p> });
            let who = started_by(&run);
            let is_running = run.status == RunStatus::Running;
            let so_far = || Some((now - run.started_at?).num_milliseconds().max(0));
            let took = run.duration_ms.or_else(|| so_far().filter(|_| is_running));
            let usual = usual.get(&run.task_name).copied();
            let at = run.started_at.unwrap_or(run.queued_at);
            view! {
                <tr>
                    <td data-label="Status">
                        <StatusBadge status=run.status />
                    </td>
                    <th scope="row" data-label="Task">
                        <a href=format!("/runs/{}", run.run_id)>{title}</a>
                        {reason}
                        {message}
                        {warning}
                    </th>
                    <td data-label="Started">
                        <When at />
                    </td>
                    <td data-label="Took">
                        <DurationBar took is_running usual />
                    </td>
                    <td data-label="Started by">{who}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="table run-table">
            <caption class="visually-hidden">"Runs, newest first"</caption>
            <thead>
                <tr>
                    <th scope="col">"Status"</th>
                    <th scope="col">"Task"</th>
                    <th scope="col">"Started"</th>
                    <th scope="col">"Took"</th>
                    <th scope="col">"Started by"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// The person, or the schedule.
pub fn started_by(run: &RunSummary) -> String {
    match (&run.triggered_by_user, run.trigger) {
        (Some(name), Trigger::Manual) => name.clone(),
        (Some(name), Trigger::Link) => format!("Start link “{name}”"),
        (_, trigger) => trigger.label().to_owned(),
    }
}

/// As much of a message as a list has room for.
fn first_line(message: &str) -> String {
    const MOST: usize = 160;
    let line = message.lines().next().unwrap_or_default();
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::first_line;

    #[test]
    fn a_message_is_one_line_of_a_list() {
        assert_eq!(first_line("ValueError: x\ny"), "ValueError: x");
        assert_eq!(first_line(""), "");
        assert_eq!(first_line(&"ä".repeat(200)).chars().count(), 161);
    }
}
