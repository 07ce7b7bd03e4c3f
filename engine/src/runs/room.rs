//! Which of the runs that wait may start here: as many of a task and of a tag as may go at the same time, and only those
//! of tasks whose needs this server meets.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::Error;
use crate::db::{Link, query};
use crate::tasks::Catalog;

/// What limits this server's choice.
#[derive(Clone)]
pub(crate) struct Room {
    catalog: Catalog,
    tag_limits: BTreeMap<String, usize>,
    labels: BTreeSet<String>,
}

/// The limits as the tasks declare them at this moment.
#[derive(Default)]
pub(super) struct Rules {
    /// Tasks that need what this server has not, with the labels that it lacks.
    foreign: BTreeMap<String, Vec<String>>,
    tasks: HashMap<String, Rule>,
    tag_limits: BTreeMap<String, usize>,
}

/// Of one task.
struct Rule {
    most: Option<usize>,
    /// Those of its tags that have a limit.
    tags: Vec<String>,
}

/// Why no run of a task may start here at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// The task needs a server with these labels, and this one lacks them.
    Labels(Vec<String>),
    /// So many of its runs may go at the same time, and do.
    TaskIsFull(usize),
    /// So many runs of tasks with this tag may go at the same time, and do.
    TagIsFull {
        /// The tag.
        tag: String,
        /// The limit.
        most: usize,
    },
}

/// How many more may start.
pub(super) struct Free<'a> {
    rules: &'a Rules,
    by_task: HashMap<String, usize>,
    by_tag: HashMap<&'a str, usize>,
}

impl Room {
    pub(crate) fn new(
        catalog: Catalog,
        tag_limits: BTreeMap<String, usize>,
        labels: BTreeSet<String>,
    ) -> Self {
        Self {
            catalog,
            tag_limits,
            labels,
        }
    }

    pub(super) fn rules(&self) -> Rules {
        let mut rules = Rules {
            tag_limits: self.tag_limits.clone(),
            ..Rules::default()
        };
        for folder in self.catalog.list() {
            let Ok(info) = &folder.found else { continue };
            let lacking = info.needs.iter().filter(|label| !self.labels.contains(*label));
            let lacking: Vec<String> = lacking.cloned().collect();
            if !lacking.is_empty() {
                rules.foreign.insert(folder.name.clone(), lacking);
            }
            let tags = info.tags.iter().filter(|tag| self.tag_limits.contains_key(*tag));
            let rule = Rule {
                most: info
                    .limits
                    .runs
                    .map(|most| usize::try_from(most).unwrap_or(usize::MAX)),
                tags: tags.cloned().collect(),
            };
            if rule.most.is_some() || !rule.tags.is_empty() {
                rules.tasks.insert(folder.name.clone(), rule);
            }
        }
        rules
    }
}

impl Rules {
    /// Whether what goes on elsewhere matters.
    pub(super) fn has_limits(&self) -> bool {
        !self.tasks.is_empty()
    }

    /// What keeps runs of a task from starting, if anything.
    pub(super) async fn obstacle(
        &self,
        task: &str,
        link: impl Into<Link<'_>>,
    ) -> Result<Option<Obstacle>, Error> {
        if let Some(lacking) = self.foreign.get(task) {
            return Ok(Some(Obstacle::Labels(lacking.clone())));
        }
        let Some(rule) = self.tasks.get(task) else {
            return Ok(None);
        };
        let free = self.free(link).await?;
        if let Some(most) = rule.most.filter(|_| free.by_task.get(task) == Some(&0)) {
            return Ok(Some(Obstacle::TaskIsFull(most)));
        }
        let full = rule
            .tags
            .iter()
            .find(|tag| free.by_tag.get(tag.as_str()) == Some(&0));
        Ok(full.map(|tag| Obstacle::TagIsFull {
            tag: tag.clone(),
            most: self.tag_limits.get(tag).copied().unwrap_or_default(),
        }))
    }

    /// What may start beside the runs that are going.
    pub(super) async fn free(&self, link: impl Into<Link<'_>>) -> Result<Free<'_>, Error> {
        let mut free = Free {
            rules: self,
            by_task: HashMap::new(),
            by_tag: self
                .tag_limits
                .iter()
                .map(|(tag, most)| (tag.as_str(), *most))
                .collect(),
        };
        if !self.has_limits() {
            return Ok(free);
        }
        for (task, rule) in &self.tasks {
            free.by_task.insert(task.clone(), rule.most.unwrap_or(usize::MAX));
        }
        let going: Vec<(String, i64)> =
            query("SELECT task_name, COUNT(*) FROM task_runs WHERE status = 'running' GROUP BY task_name")
                .fetch_all(link)
                .await?;
        for (task, count) in going {
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            free.less(&task, count);
        }
        Ok(free)
    }
}

impl Free<'_> {
    /// Tasks of which none may start.
    pub(super) fn barred(&self) -> Vec<String> {
        let full = self.rules.tasks.keys().filter(|task| !self.has_room(task));
        self.rules.foreign.keys().chain(full).cloned().collect()
    }

    /// Counts one more run of a task, if there is room for it.
    pub(super) fn take(&mut self, task: &str) -> bool {
        let has_room = self.has_room(task);
        if has_room {
            self.less(task, 1);
        }
        has_room
    }

    fn has_room(&self, task: &str) -> bool {
        let Some(rule) = self.rules.tasks.get(task) else {
            return true;
        };
        let tag_has_room = |tag: &String| self.by_tag.get(tag.as_str()).is_none_or(|free| *free > 0);
        self.by_task.get(task).is_none_or(|free| *free > 0) && rule.tags.iter().all(tag_has_room)
    }

    fn less(&mut self, task: &str, count: usize) {
        let Some(rule) = self.rules.tasks.get(task) else {
            return;
        };
        if let Some(free) = self.by_task.get_mut(task) {
            *free = free.saturating_sub(count);
        }
        for tag in &rule.tags {
            if let Some(free) = self.by_tag.get_mut(tag.as_str()) {
                *free = free.saturating_sub(count);
            }
        }
    }
}
