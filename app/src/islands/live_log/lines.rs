//! The lines on the page, never with a gap between them, and those that wait to be drawn.

use std::any::Any;
use std::collections::VecDeque;

use leptos::prelude::*;
use web_sys::HtmlElement;

use crate::islands::log_line::{WireLine, log_line};
use crate::islands::page::elements;

/// As many lines stay on the page, and as many wait to get there; the file has them all.
const MOST_LINES: usize = 5000;

/// As many are drawn at once, so that the page answers in between.
const AT_ONCE: usize = 250;

/// Where the page leaves lines out that are there.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cut {
    /// The first line on the page, where earlier ones made room.
    pub(super) before: Option<i64>,
    /// The last line on the page, where later ones wait until the reader goes on.
    pub(super) after: Option<i64>,
}

pub(super) struct Lines {
    parent: HtmlElement,
    /// How many of those that the server drew are left.
    drawn_before: usize,
    /// What was drawn since, with how many lines each holds. Dropping one takes it off the page.
    batches: VecDeque<(usize, Box<dyn Any>)>,
    waiting: VecDeque<WireLine>,
    first: i64,
    last: i64,
    is_cut: bool,
}

impl Lines {
    /// Those that the server drew. `last` is the number of the last one.
    pub(super) fn new(parent: HtmlElement, last: i64) -> Self {
        let drawn_before = elements(parent.query_selector_all(".log-line").ok()).len();
        Self {
            parent,
            drawn_before,
            batches: VecDeque::new(),
            waiting: VecDeque::new(),
            first: last - i64::try_from(drawn_before).unwrap_or_default() + 1,
            last,
            is_cut: false,
        }
    }

    /// The first and the last line on the page.
    pub(super) fn shown(&self) -> (i64, i64) {
        (self.first, self.last)
    }

    /// The last line that came.
    pub(super) fn newest(&self) -> i64 {
        self.waiting.back().map_or(self.last, |line| line.seq)
    }

    /// Keeps what came until it is drawn, and of a flood its end.
    pub(super) fn receive(&mut self, lines: Vec<WireLine>) {
        self.waiting.extend(lines);
        let too_many = self.waiting.len().saturating_sub(MOST_LINES);
        self.waiting.drain(..too_many);
    }

    /// Whether the page can go on with the line that waits first.
    pub(super) fn goes_on(&self) -> bool {
        self.waiting.front().is_none_or(|line| line.seq == self.last + 1)
    }

    /// Draws some of what waits and says whether to come back for more. Only while following may lines leave the page,
    /// so that none moves under a reader.
    pub(super) fn draw(&mut self, is_following: bool) -> bool {
        let has_room = self.goes_on() && self.count() < MOST_LINES;
        if self.waiting.is_empty() || !(is_following || has_room) {
            return false;
        }
        if !self.goes_on() {
            self.clear();
        }
        let part: Vec<WireLine> = self.waiting.drain(..self.waiting.len().min(AT_ONCE)).collect();
        self.last = part.last().map_or(self.last, |line| line.seq);
        let count = part.len();
        let batch = leptos::mount::mount_to(self.parent.clone(), move || {
            part.iter().map(log_line).collect_view()
        });
        self.batches.push_back((count, Box::new(batch)));
        while self.count() > MOST_LINES {
            self.drop_oldest();
        }
        !self.waiting.is_empty()
    }

    pub(super) fn cut(&self) -> Cut {
        Cut {
            before: self.is_cut.then_some(self.first),
            after: (!self.waiting.is_empty()).then_some(self.last),
        }
    }

    fn count(&self) -> usize {
        self.drawn_before + self.batches.iter().map(|(count, _)| count).sum::<usize>()
    }

    /// Takes the lines of the server off the page, or else the oldest part of those that came.
    fn drop_oldest(&mut self) {
        let dropped = if self.drawn_before > 0 {
            for line in elements(self.parent.query_selector_all(".log-line").ok())
                .iter()
                .take(self.drawn_before)
            {
                line.remove();
            }
            std::mem::take(&mut self.drawn_before)
        } else {
            self.batches.pop_front().map_or(0, |(count, _)| count)
        };
        self.first += i64::try_from(dropped).unwrap_or_default();
        self.is_cut = true;
    }

    /// Empties the page, where what waits lies further on.
    fn clear(&mut self) {
        while self.count() > 0 {
            self.drop_oldest();
        }
        self.is_cut = true;
        self.first = self.waiting.front().map_or(self.first, |line| line.seq);
    }
}
