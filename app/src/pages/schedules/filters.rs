//! What narrows the list of schedules: tabs of states and a form. Both lead to addresses.

use std::collections::BTreeMap;

use domain::words;
use engine::scheduler::ScheduleCounts;
use leptos::prelude::*;

use super::asked::{Asked, state};
use crate::components::field::{Labels, TextField};
use crate::components::select::{SelectField, options};

/// One tab for each state, with how many schedules it holds.
#[component]
pub(super) fn Tabs(asked: Asked, counts: ScheduleCounts) -> AnyView {
    let tabs = [
        ("", "All", counts.all()),
        ("active", "Active", counts.active),
        ("paused", "Paused", counts.paused),
        ("over", "No more runs", counts.over),
    ];
    let chosen = state(&asked.state);
    let tabs = tabs
        .map(|(code, word, count)| {
            let current = (chosen == state(code)).then_some("page");
            view! {
                <li>
                    <a href=asked.with_state(code).address() aria-current=current>
                        {word}
                        " "
                        <span class="tab-count">{words::thousands(count)}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav aria-label="State">
            <ul class="tabs">{tabs}</ul>
        </nav>
    }
    .into_any()
}

/// The form. It keeps the state and begins at the first schedule.
#[component]
pub(super) fn FilterForm(asked: Asked, titles: BTreeMap<String, String>) -> AnyView {
    let hidden =
        state(&asked.state).map(|_| view! { <input type="hidden" name="state" value=asked.state.clone() /> });
    let mut tasks: Vec<(String, String)> = titles.into_iter().collect();
    tasks.sort_by_key(|(_, title)| title.to_lowercase());
    let tasks = options("All tasks", tasks, &asked.task, str::to_owned);
    let clear = asked.is_narrow().then(|| {
        let address = Asked::default().with_state(&asked.state).address();
        view! {
            <a class="button button-quiet" href=address>
                "Clear filters"
            </a>
        }
    });
    view! {
        <form class="filters" method="get" action="/schedules">
            {hidden}
            <TextField
                labels=Labels::required("text", "Words in the task's name")
                value=asked.text.clone()
                kind="search"
            />
            <SelectField labels=Labels::required("task", "Task") options=tasks chosen=asked.task />
            <div class="filter-buttons">
                <button class="button">"Show"</button>
                {clear}
            </div>
        </form>
    }
    .into_any()
}
