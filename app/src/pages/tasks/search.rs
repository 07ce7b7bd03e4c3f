//! Finding a task in a long list: words and a tag, in the address, so that the list works without JavaScript.

use std::collections::BTreeSet;

use leptos::prelude::*;
use serde::Deserialize;

use super::row::Row;

/// What is looked for.
#[derive(Clone, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    tag: String,
}

impl Asked {
    /// Whether anything is.
    pub(super) fn is_filtered(&self) -> bool {
        !self.q.trim().is_empty() || !self.tag.is_empty()
    }

    /// Whether a task is to be listed.
    pub(super) fn wants(&self, row: &Row) -> bool {
        row.matches(&self.q) && (self.tag.is_empty() || row.tags.contains(&self.tag))
    }
}

/// From this many tasks on the search is shown.
const MANY: usize = 6;

/// Search box and tags, where there is much to look through.
#[component]
pub(super) fn Search(asked: Asked, count: usize, tags: BTreeSet<String>) -> AnyView {
    if count < MANY && tags.is_empty() && !asked.is_filtered() {
        return ().into_any();
    }
    let options = tags
        .into_iter()
        .map(|tag| {
            let chosen = tag == asked.tag;
            view! { <option value=tag.clone() selected=chosen>{tag.clone()}</option> }
        })
        .collect::<Vec<_>>();
    let by_tag = (!options.is_empty()).then(|| {
        view! {
            <label for="tag">"Tag"</label>
            <select class="input" id="tag" name="tag">
                <option value="">"All tags"</option>
                {options}
            </select>
        }
    });
    let clear = asked
        .is_filtered()
        .then(|| view! { <a class="button button-quiet" href="/tasks">"Show all"</a> });
    view! {
        <form class="filter" method="get" action="/tasks" role="search">
            <label for="q">"Find a task"</label>
            <input class="input" id="q" name="q" type="search" value=asked.q autocomplete="off" />
            {by_tag}
            <button class="button">"Find"</button>
            {clear}
        </form>
    }
    .into_any()
}
