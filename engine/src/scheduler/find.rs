//! Finding some of many schedules, a page at a time.

use chrono::{DateTime, Utc};

use super::Schedules;
use super::row::{Row, Schedule, select_schedules};
use crate::Error;
use crate::db::{Query, query, to_db};
use crate::runs::escaped;

/// Whether a schedule goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScheduleState {
    /// By the clock, or after another schedule.
    Active,
    /// Until someone resumes it.
    Paused,
    /// Its last occurrence is over.
    Over,
}

/// Which schedules to list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScheduleFilter {
    /// Only those in this state.
    pub state: Option<ScheduleState>,
    /// Only those of this task.
    pub task: Option<String>,
    /// Only those of tasks whose folder holds this text, in whatever capitals, or is one of these.
    pub text: Option<(String, Vec<String>)>,
    /// Where the page begins, the next to run first.
    pub at: Place,
}

/// A place in the list of schedules, which is ordered by next run and id. Those without a next run come last.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Place {
    /// The first page.
    #[default]
    Start,
    /// Behind this schedule.
    Behind(Option<DateTime<Utc>>, String),
    /// Before this one.
    Before(Option<DateTime<Utc>>, String),
}

/// One page of schedules.
#[derive(Debug, Clone, PartialEq)]
pub struct SchedulePage {
    /// The next to run first.
    pub schedules: Vec<Schedule>,
    /// Whether there are some before these.
    pub has_earlier: bool,
    /// Whether there are more behind these.
    pub has_later: bool,
}

/// How many schedules pass the filter, whatever the state it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScheduleCounts {
    /// In this state.
    pub active: i64,
    /// In this state.
    pub paused: i64,
    /// In this state.
    pub over: i64,
}

impl ScheduleCounts {
    /// In any state.
    pub fn all(&self) -> i64 {
        self.active + self.paused + self.over
    }
}

impl ScheduleFilter {
    fn narrow(&self, mut select: Query) -> Query {
        if let Some(task) = &self.task {
            select = select.push(" AND task_name = ?").bind(task);
        }
        if let Some((text, tasks)) = &self.text {
            select = select
                .push(" AND (LOWER(task_name) LIKE LOWER(?) ESCAPE '!'")
                .bind(format!("%{}%", escaped(text)));
            if !tasks.is_empty() {
                select = select.push(" OR task_name IN ").push_groups(1, tasks.len());
                select = tasks.iter().fold(select, Query::bind);
            }
            select = select.push(")");
        }
        select
    }
}

impl Schedules {
    /// One page of the schedules that pass.
    pub async fn find_page(&self, filter: &ScheduleFilter, most: usize) -> Result<SchedulePage, Error> {
        let mut select = filter.narrow(query(select_schedules!("WHERE 1 = 1")));
        select = select.push(match filter.state {
            None => "",
            Some(ScheduleState::Paused) => " AND paused",
            Some(ScheduleState::Active) => {
                " AND NOT paused AND (next_run_at IS NOT NULL OR after_schedule IS NOT NULL)"
            }
            Some(ScheduleState::Over) => " AND NOT paused AND next_run_at IS NULL AND after_schedule IS NULL",
        });
        select = match &filter.at {
            Place::Start => select,
            Place::Behind(Some(at), id) => select
                .push(" AND (next_run_at > ? OR next_run_at IS NULL OR (next_run_at = ? AND id > ?))")
                .bind(to_db(*at))
                .bind(to_db(*at))
                .bind(id),
            Place::Behind(None, id) => select.push(" AND next_run_at IS NULL AND id > ?").bind(id),
            Place::Before(Some(at), id) => select
                .push(" AND (next_run_at < ? OR (next_run_at = ? AND id < ?))")
                .bind(to_db(*at))
                .bind(to_db(*at))
                .bind(id),
            Place::Before(None, id) => select.push(" AND (next_run_at IS NOT NULL OR id < ?)").bind(id),
        };
        let is_backwards = matches!(filter.at, Place::Before(..));
        let rows: Vec<Row> = select
            .push(if is_backwards {
                " ORDER BY next_run_at IS NULL DESC, next_run_at DESC, id DESC LIMIT ?"
            } else {
                " ORDER BY next_run_at IS NULL, next_run_at, id LIMIT ?"
            })
            .bind(i64::try_from(most + 1).unwrap_or(i64::MAX))
            .fetch_all(self.db.reader())
            .await?;
        let is_more = rows.len() > most;
        let schedules = rows.into_iter().take(most).map(TryInto::try_into);
        let mut schedules = schedules.collect::<Result<Vec<Schedule>, Error>>()?;
        if is_backwards {
            schedules.reverse();
        }
        Ok(SchedulePage {
            schedules,
            has_earlier: if is_backwards {
                is_more
            } else {
                filter.at != Place::Start
            },
            has_later: is_backwards || is_more,
        })
    }

    /// How many pass, by state.
    pub async fn count(&self, filter: &ScheduleFilter) -> Result<ScheduleCounts, Error> {
        let select = query(
            "SELECT COUNT(*), COUNT(CASE WHEN paused THEN 1 END), COUNT(CASE WHEN NOT paused AND next_run_at IS NULL
                 AND after_schedule IS NULL THEN 1 END) FROM schedules WHERE 1 = 1",
        );
        let counts: Option<(i64, i64, i64)> = filter.narrow(select).fetch_optional(self.db.reader()).await?;
        let (all, paused, over) = counts.unwrap_or_default();
        Ok(ScheduleCounts {
            active: all - paused - over,
            paused,
            over,
        })
    }
}
