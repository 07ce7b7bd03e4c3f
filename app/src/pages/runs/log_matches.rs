//! The way through the matches of a search: from one to the next, and from part to part.

use engine::runs::Matches;
use leptos::prelude::*;

use super::log_filter::Asked;
use crate::islands::MatchWalk;

/// The matches on the page and where they lie among all.
#[derive(Clone)]
pub(super) struct Found {
    /// Their numbers.
    pub(super) lines: Vec<i64>,
    /// How many there are, and how many before these.
    pub(super) counted: Matches,
    /// Which of these is the reader's.
    pub(super) at: usize,
}

impl Found {
    /// Going backwards, a part begins at its last match.
    pub(super) fn new(lines: Vec<i64>, counted: Matches, asked: &Asked) -> Self {
        let last = lines.len().saturating_sub(1);
        let at = match (asked.at(), asked.before()) {
            (Some(seq), _) => lines.iter().position(|line| *line >= seq).unwrap_or(last),
            (None, Some(_)) => last,
            (None, None) => 0,
        };
        Self { lines, counted, at }
    }

    /// The number of the match at which the reader is.
    pub(super) fn current(&self) -> Option<i64> {
        self.lines.get(self.at).copied()
    }

    /// How many lie behind these.
    fn behind(&self) -> i64 {
        self.counted.all - self.counted.before - self.len()
    }

    fn len(&self) -> i64 {
        i64::try_from(self.lines.len()).unwrap_or(i64::MAX)
    }

    /// `Matches 501 to 1000 of 1300`; none if all are on the page.
    pub(super) fn part(&self) -> Option<String> {
        let Matches { all, before } = self.counted;
        (self.len() < all).then(|| format!("Matches {} to {} of {all}", before + 1, before + self.len()))
    }
}

/// Links to the other matches. Behind the last comes the first.
#[component]
pub(super) fn MatchLinks(run_id: String, asked: Asked, found: Found) -> AnyView {
    let part = |place| format!("{}#log-title", asked.search_at(&run_id, place));
    let earlier = found.lines.first().filter(|_| found.counted.before > 0);
    let later = found.lines.last().filter(|_| found.behind() > 0);
    let earlier = earlier.map(|first| part(Some(("before", *first))));
    let later = later.map(|last| part(Some(("from", last + 1))));
    let part_before = earlier
        .clone()
        .unwrap_or_else(|| part(Some(("before", i64::MAX))));
    let part_after = later.clone().unwrap_or_else(|| part(None));
    let here = asked.search_at(&run_id, asked.place());
    let near = |index: Option<usize>, other: &str| {
        let line = index.and_then(|index| found.lines.get(index));
        line.map_or_else(|| other.to_owned(), |seq| format!("{here}&at={seq}#L{seq}"))
    };
    let addresses = [
        near(found.at.checked_sub(1), &part_before),
        near(found.at.checked_add(1), &part_after),
        part_before,
        part_after,
    ];
    let others = [("Earlier matches", earlier), ("Later matches", later)].map(|(words, address)| {
        address.map(|address| view! { <a class="button button-quiet" href=address>{words}</a> })
    });
    let Matches { all, before } = found.counted;
    view! {
        <nav class="log-matches no-print" aria-label="Matches">
            <MatchWalk before all at=found.at text=asked.text() addresses />
            {others.into_iter().collect_view()}
        </nav>
    }
    .into_any()
}
