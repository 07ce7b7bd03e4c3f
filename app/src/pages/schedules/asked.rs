//! The filter of the list as it stands in the address.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use engine::scheduler::{Place, Schedule, ScheduleFilter, ScheduleState};
use serde::Deserialize;

use crate::address::{searched, with_query};

/// Between the moment and the id of a place in the list.
const MARK: char = '~';

/// What is asked for, and what the last action did. What cannot be read filters nothing.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub(super) state: String,
    pub(super) task: String,
    pub(super) text: String,
    behind: String,
    before: String,
    pub(super) done: String,
    pub(super) count: String,
    pub(super) switch: String,
}

impl Asked {
    /// The schedules that are meant. `titles` are those of the tasks, by folder.
    pub(super) fn filter(&self, titles: &BTreeMap<String, String>) -> ScheduleFilter {
        // PostgreSQL takes no NUL in a text, and nothing that is looked for holds one.
        let some = |text: &str| Some(text.replace('\0', "")).filter(|text| !text.is_empty());
        let text = some(&searched(&self.text));
        let with_title = |text: String| {
            let wanted = text.to_lowercase();
            let found = titles
                .iter()
                .filter(|(_, title)| title.to_lowercase().contains(&wanted));
            let tasks = found.map(|(task, _)| task.clone()).collect();
            (text, tasks)
        };
        ScheduleFilter {
            state: state(&self.state),
            task: some(&self.task),
            text: text.map(with_title),
            at: place(&self.behind)
                .map(|(at, id)| Place::Behind(at, id))
                .or_else(|| place(&self.before).map(|(at, id)| Place::Before(at, id)))
                .unwrap_or_default(),
        }
    }

    /// Whether anything is filtered besides the state.
    pub(super) fn is_narrow(&self) -> bool {
        [&self.task, &self.text]
            .iter()
            .any(|text| !text.trim().is_empty())
    }

    /// The same filter with another state, from the first on.
    pub(super) fn with_state(&self, state: &str) -> Self {
        Self {
            state: state.to_owned(),
            ..self.first()
        }
    }

    /// The same filter from the first schedule on.
    pub(super) fn first(&self) -> Self {
        Self {
            behind: String::new(),
            before: String::new(),
            ..self.clone()
        }
    }

    /// The same filter behind a schedule.
    pub(super) fn behind(&self, schedule: &Schedule) -> Self {
        Self {
            behind: place_of(schedule),
            ..self.first()
        }
    }

    /// The same filter before a schedule.
    pub(super) fn before(&self, schedule: &Schedule) -> Self {
        Self {
            before: place_of(schedule),
            ..self.first()
        }
    }

    /// Whether this is the first page.
    pub(super) fn is_first(&self) -> bool {
        self.behind.is_empty() && self.before.is_empty()
    }

    /// The address with this filter, without what was done.
    pub(super) fn address(&self) -> String {
        self.address_after(&[])
    }

    /// The address with this filter and what was done.
    pub(super) fn address_after(&self, done: &[(&str, String)]) -> String {
        let filter = [
            ("state", &self.state),
            ("task", &self.task),
            ("text", &self.text),
            ("behind", &self.behind),
            ("before", &self.before),
        ];
        let done = done.iter().map(|(name, value)| (*name, value));
        with_query("/schedules", filter.into_iter().chain(done))
    }
}

/// The state with this code, if there is one.
pub(super) fn state(code: &str) -> Option<ScheduleState> {
    match code {
        "active" => Some(ScheduleState::Active),
        "paused" => Some(ScheduleState::Paused),
        "over" => Some(ScheduleState::Over),
        _ => None,
    }
}

fn place_of(schedule: &Schedule) -> String {
    let at = schedule
        .next_run_at
        .map(|at| at.to_rfc3339_opts(SecondsFormat::Millis, true))
        .unwrap_or_default();
    format!("{at}{MARK}{}", schedule.id)
}

fn place(text: &str) -> Option<(Option<DateTime<Utc>>, String)> {
    let (at, id) = text.split_once(MARK)?;
    let at = match at {
        "" => None,
        at => Some(at.parse().ok()?),
    };
    (!id.contains('\0')).then(|| (at, id.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles() -> BTreeMap<String, String> {
        [("mail", "Send letters"), ("orders", "Fetch orders")]
            .map(|(task, title)| (task.to_owned(), title.to_owned()))
            .into()
    }

    #[test]
    fn words_find_titles_and_folders() {
        let asked = Asked {
            text: " LETTERS ".to_owned(),
            ..Asked::default()
        };
        let filter = asked.filter(&titles());
        assert_eq!(filter.text, Some(("LETTERS".to_owned(), vec!["mail".to_owned()])));
        assert!(asked.is_narrow() && asked.is_first());
    }

    #[test]
    fn a_place_survives_the_address_and_what_cannot_be_read_is_the_first_page() {
        let at = "2026-03-02T09:00:00Z".parse().unwrap();
        assert_eq!(
            place("2026-03-02T09:00:00.000Z~a"),
            Some((Some(at), "a".to_owned()))
        );
        assert_eq!(place("~a"), Some((None, "a".to_owned())));
        for odd in ["", "a", "soon~a", "~\0"] {
            let asked = Asked {
                behind: odd.to_owned(),
                state: odd.to_owned(),
                ..Asked::default()
            };
            assert_eq!(asked.filter(&titles()), ScheduleFilter::default(), "{odd}");
        }
    }

    #[test]
    fn another_state_keeps_the_words_and_begins_at_the_first() {
        let asked = Asked {
            text: "a b&c".to_owned(),
            behind: "~x".to_owned(),
            done: "paused".to_owned(),
            ..Asked::default()
        };
        assert_eq!(
            asked.with_state("paused").address(),
            "/schedules?state=paused&text=a%20b%26c"
        );
        assert_eq!(
            asked.address_after(&[("count", "3".to_owned())]),
            "/schedules?text=a%20b%26c&behind=%7Ex&count=3"
        );
        assert_eq!(Asked::default().address(), "/schedules");
    }
}
