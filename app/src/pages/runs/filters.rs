//! What narrows the list: tabs of statuses and a form. Both lead to addresses, so that they work without scripts.

use domain::params::FieldError;
use domain::run::RunStatus;
use domain::words;
use engine::runs::StatusCounts;
use leptos::prelude::*;

use super::asked::{Asked, DATES, SCHEDULES};
use crate::components::field::{Labels, TextField};
use crate::components::select::{SelectField, options};
use crate::render::Viewer;

/// Tabs in the order of what people look for.
const TABS: [RunStatus; 6] = [
    RunStatus::Failed,
    RunStatus::Running,
    RunStatus::Queued,
    RunStatus::Success,
    RunStatus::Cancelled,
    RunStatus::Skipped,
];

/// What can be chosen.
#[derive(Clone, Default)]
pub(super) struct Choices {
    /// Folder names and titles, by title.
    pub(super) tasks: Vec<(String, String)>,
    /// Ids of the task's schedules, and what they are in words.
    pub(super) schedules: Vec<(String, String)>,
    /// Names.
    pub(super) people: Vec<String>,
}

/// A count that ends somewhere: `1,000+`.
pub(super) fn count_words((count, is_more): (i64, bool)) -> String {
    let plus = if is_more { "+" } else { "" };
    format!("{}{plus}", words::thousands(count))
}

/// One tab for each status, with how many runs it holds.
#[component]
pub(super) fn Tabs(asked: Asked, counts: StatusCounts) -> AnyView {
    let chosen = RunStatus::from_code(&asked.status);
    let tab = |status: Option<RunStatus>| {
        let current = (chosen == status).then_some("page");
        let word = status.map_or("All", RunStatus::label);
        let count = count_words(status.map_or_else(|| counts.all(), |status| counts.of(status)));
        view! {
            <li>
                <a href=asked.with_status(status).address("/runs") aria-current=current>
                    {word}
                    " "
                    <span class="tab-count">{count}</span>
                </a>
            </li>
        }
    };
    let tabs = std::iter::once(None)
        .chain(TABS.map(Some))
        .map(tab)
        .collect_view();
    view! {
        <nav aria-label="Status">
            <ul class="tabs">{tabs}</ul>
        </nav>
    }
    .into_any()
}

/// The form. It keeps the status and begins at the newest run.
#[component]
pub(super) fn FilterForm(asked: Asked, choices: Choices, errors: Vec<FieldError>) -> AnyView {
    let zone = Viewer::current().zone.name().replace('_', " ");
    let status = RunStatus::from_code(&asked.status)
        .map(|status| view! { <input type="hidden" name="status" value=status.code() /> });
    let tasks = options("All tasks", choices.tasks, &asked.task, str::to_owned);
    let schedules = (!asked.task.is_empty() || !asked.schedule.is_empty()).then(|| {
        let options = options("All of them", choices.schedules, &asked.schedule, |_| {
            "A schedule that was deleted".to_owned()
        });
        let labels = Labels::required("schedule", "Schedule");
        view! { <SelectField labels options chosen=asked.schedule.clone() /> }
    });
    let people = choices
        .people
        .into_iter()
        .map(|name| (Asked::person(&name), name));
    let known = std::iter::once((SCHEDULES.to_owned(), "A schedule".to_owned())).chain(people);
    let by = options("Anyone", known.collect(), &asked.by, |by| {
        asked.named().unwrap_or(by).to_owned()
    });
    let words = Labels::required("text", "Words in the failure");
    let is_open = [&asked.schedule, &asked.by, &asked.text]
        .iter()
        .any(|text| !text.is_empty());
    let periods = [
        ("", "Any time"),
        ("today", "Today"),
        ("7", "The last 7 days"),
        ("30", "The last 30 days"),
        (DATES, "From day to day"),
    ];
    let periods = periods.map(|(code, words)| (code.to_owned(), words.to_owned()));
    let day = |input: &str, label: &str, hint: Option<String>| Labels {
        hint,
        ..Labels::required(input, label).with_error(&errors)
    };
    let clear = asked.is_narrow().then(|| {
        let address = Asked::default()
            .with_status(RunStatus::from_code(&asked.status))
            .address("/runs");
        view! {
            <a class="button button-quiet" href=address>
                "Clear filters"
            </a>
        }
    });
    view! {
        <form class="filters" method="get" action="/runs" novalidate>
            {status}
            <SelectField labels=Labels::required("task", "Task") options=tasks chosen=asked.task.clone() />
            <SelectField labels=Labels::required("period", "Period") options=periods.to_vec() chosen=asked.period.clone() />
            <div class="filter-days">
                <TextField labels=day("from", "From", None) value=asked.from.clone() kind="date" />
                <TextField labels=day("to", "To", Some(format!("Days in {zone}"))) value=asked.to.clone() kind="date" />
            </div>
            <details class="filter-more" open=is_open>
                <summary>"More filters"</summary>
                <div class="filter-grid">
                    {schedules}
                    <SelectField labels=Labels::required("by", "Started by") options=by chosen=asked.by.clone() />
                    <TextField labels=words value=asked.text.clone() kind="search" />
                </div>
            </details>
            <div class="filter-buttons">
                <button class="button">"Show"</button>
                {clear}
            </div>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_end_at_a_thousand() {
        assert_eq!(count_words((0, false)), "0");
        assert_eq!(count_words((1000, true)), "1,000+");
    }
}
