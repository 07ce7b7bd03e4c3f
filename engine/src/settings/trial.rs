//! Trying settings: the task's own `check()` says whether they work, without a run.

use std::time::Duration;

use domain::params::Attention;
use serde_json::{Map, Value};

use super::attention::of_snapshot;
use crate::runner::{Question, Reply};
use crate::tasks::TaskFolder;
use crate::{Engine, Error};

/// A check asks a service or two; what takes longer is work.
const LIMIT: Duration = Duration::from_mins(1);

/// What came of trying a task's settings.
#[derive(Debug, Clone, PartialEq)]
pub enum CheckOutcome {
    /// They work; what the task says about them.
    Fine(Option<String>),
    /// They do not.
    Failed {
        /// The task's words, without secrets.
        message: String,
    },
    /// The task has no `check()`.
    NotOffered,
    /// They do not fit what the task asks for, so it was not asked.
    NeedsAttention(Vec<Attention>),
}

impl Engine {
    /// Tries the saved settings in a process of its own, with the time limit of a run and at most 60 s.
    pub async fn try_settings(&self, folder: &TaskFolder) -> Result<CheckOutcome, Error> {
        let Ok(info) = &folder.found else {
            return Ok(CheckOutcome::NotOffered);
        };
        let saved = self.settings.snapshot(&folder.name).await?;
        let attention = of_snapshot(info, &saved);
        if !attention.is_empty() {
            return Ok(CheckOutcome::NeedsAttention(attention));
        }
        let question = Question {
            task: folder,
            mode: "check",
            more: Map::new(),
            saved,
            limit: LIMIT.min(self.config.time_limit),
            shortest: 0,
        };
        Ok(match self.questions.ask(question).await? {
            Reply::Failed(message) => CheckOutcome::Failed { message },
            Reply::Nothing(why) => CheckOutcome::Failed {
                message: format!("The check gave no answer: {why}."),
            },
            Reply::Said(event) => match event.get("supported") {
                Some(Value::Bool(true)) => {
                    let message = event.get("message").and_then(Value::as_str);
                    CheckOutcome::Fine(message.map(str::to_owned))
                }
                _ => CheckOutcome::NotOffered,
            },
        })
    }
}
