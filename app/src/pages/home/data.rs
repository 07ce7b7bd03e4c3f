//! What the page shows, loaded in one place.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta, Utc};
use domain::run::RunStatus;
use domain::task::ProblemKind;
use engine::runs::{NotRun, RunFilter, RunSummary};
use engine::scheduler::Schedule;

use super::checklist::Steps;
use super::credentials::{not_connected, running_out};
use crate::error::AppError;
use crate::pages::tasks::Standing;
use crate::routes::AppState;

/// As many failing tasks, runs that go on, and schedules as are listed.
const MOST: u32 = 10;

/// What a person has to look at.
#[derive(Clone)]
pub(super) struct Attention {
    pub(super) what: What,
    /// Its page.
    pub(super) href: String,
    pub(super) title: String,
    pub(super) sentence: String,
}

/// What it is.
#[derive(Clone)]
pub(super) enum What {
    /// A task or folder.
    Task,
    /// A credential.
    Credential {
        /// Titles of the tasks that use it by folder name.
        used_by: Vec<(String, String)>,
        /// What to do, and where on its page.
        action: (&'static str, &'static str),
    },
}

/// Everything on the page.
#[derive(Clone)]
pub(super) struct HomeData {
    /// Titles of tasks by folder name.
    pub(super) titles: BTreeMap<String, String>,
    pub(super) failing: Vec<RunSummary>,
    pub(super) not_run: Vec<NotRun>,
    pub(super) running: Vec<RunSummary>,
    pub(super) waiting: usize,
    pub(super) next: Vec<Schedule>,
    pub(super) attention: Vec<Attention>,
    /// The first steps, until they are done or hidden.
    pub(super) steps: Option<Steps>,
}

impl HomeData {
    pub(super) async fn load(
        state: &AppState,
        today: NaiveDate,
        hides_steps: bool,
    ) -> Result<Self, AppError> {
        let engine = &state.engine;
        let saved = engine.settings.list().await?;
        let mut titles = BTreeMap::new();
        let mut attention = Vec::new();
        for folder in engine.catalog.list() {
            let title = folder.title().to_owned();
            titles.insert(folder.name.clone(), title.clone());
            let sentence = match &folder.found {
                Err(problem) if problem.kind == ProblemKind::Preparing => continue,
                Err(_) => "The folder could not be loaded",
                Ok(_) => match Standing::new(&folder, saved.get(&folder.name), engine.zone) {
                    Standing::NeedsAttention(_) => "Its settings no longer fit",
                    Standing::Ready | Standing::NotSetUp => continue,
                },
            };
            attention.push(Attention {
                what: What::Task,
                href: format!("/tasks/{}", folder.name),
                title,
                sentence: sentence.to_owned(),
            });
        }
        attention.extend(running_out(state, today).await?);
        attention.extend(not_connected(state).await?);
        let with = |status| RunFilter {
            status: Some(status),
            ..RunFilter::default()
        };
        let next = engine.schedules.list_next(MOST).await?;
        let steps = if hides_steps {
            None
        } else {
            let succeeded = engine.runs.list(&with(RunStatus::Success), 1).await?;
            let has_schedule = !engine.schedules.summarise_by_task().await?.is_empty();
            Steps::of([
                !titles.is_empty(),
                !saved.is_empty(),
                !succeeded.runs.is_empty(),
                has_schedule,
            ])
        };
        Ok(Self {
            failing: engine.runs.list_failing(MOST).await?,
            not_run: engine.runs.list_not_run(Utc::now() - TimeDelta::days(1)).await?,
            running: engine.runs.list(&with(RunStatus::Running), MOST).await?.runs,
            waiting: engine.runs.count_waiting().await?,
            next,
            attention,
            titles,
            steps,
        })
    }

    /// The state of all in one sentence, and whether it is good.
    pub(super) fn headline(&self) -> (String, bool) {
        let mut parts = Vec::new();
        let count = |count: usize, one: &str, many: &str| match count {
            1 => format!("1 {one}"),
            count => format!("{count} {many}"),
        };
        if !self.failing.is_empty() {
            parts.push(count(
                self.failing.len(),
                "task failed at its last run",
                "tasks failed at their last run",
            ));
        }
        let is_task = |each: &&Attention| matches!(each.what, What::Task);
        let tasks = self.attention.iter().filter(is_task).count();
        if tasks > 0 {
            parts.push(count(tasks, "task needs attention", "tasks need attention"));
        }
        let credentials = self.attention.len() - tasks;
        if credentials > 0 {
            parts.push(count(
                credentials,
                "credential needs attention",
                "credentials need attention",
            ));
        }
        match parts.is_empty() {
            false => (format!("{}.", parts.join(", ")), false),
            true if self.titles.is_empty() => ("There are no tasks yet.".to_owned(), true),
            true => ("All is well. No task failed at its last run.".to_owned(), true),
        }
    }

    /// What people call a task.
    pub(super) fn title(&self, task: &str) -> String {
        self.titles.get(task).cloned().unwrap_or_else(|| task.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(attention: usize) -> HomeData {
        let one = Attention {
            what: What::Task,
            href: "/tasks/t".to_owned(),
            title: "T".to_owned(),
            sentence: "The folder could not be loaded".to_owned(),
        };
        HomeData {
            titles: BTreeMap::from([("t".to_owned(), "T".to_owned())]),
            failing: Vec::new(),
            not_run: Vec::new(),
            running: Vec::new(),
            waiting: 0,
            next: Vec::new(),
            attention: vec![one; attention],
            steps: None,
        }
    }

    #[test]
    fn the_headline_counts_what_is_wrong_or_says_that_nothing_is() {
        assert_eq!(
            data(0).headline(),
            ("All is well. No task failed at its last run.".to_owned(), true)
        );
        assert_eq!(data(1).headline(), ("1 task needs attention.".to_owned(), false));
        assert_eq!(data(2).headline().0, "2 tasks need attention.");
        let mut both = data(2);
        both.attention[1].what = What::Credential {
            used_by: Vec::new(),
            action: ("Replace the secret", "replace-title"),
        };
        assert_eq!(
            both.headline().0,
            "1 task needs attention, 1 credential needs attention."
        );
    }
}
