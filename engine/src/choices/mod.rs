//! The choices of lists that are not written in the task's file: those of `options_from`, which the task itself is
//! asked for in a process of its own, and the saved credentials.

mod cache;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::params::{Choice, ParamKind, ParamSpec, read_choices};
use futures::{StreamExt, stream};
use serde_json::{Map, Value, json};

use crate::Error;
use crate::credentials::{Credentials, reference};
use crate::runner::{MARK, Question, Questions, Reply};
use crate::settings::{SavedSettings, as_snapshot};
use crate::tasks::TaskFolder;
use cache::{Answer, Cache, Key};

/// Python processes asked for the choices of one form at the same time.
const AT_ONCE: usize = 2;

/// A choice that holds a secret is left out. Shorter secrets may well be part of an ordinary word.
const SHORTEST_SECRET: usize = 8;

/// Puts choices into parameters; cheap to clone.
#[derive(Clone)]
pub struct ChoiceLists {
    questions: Questions,
    credentials: Credentials,
    cache: Arc<Cache>,
}

impl ChoiceLists {
    pub(crate) fn new(questions: Questions, credentials: Credentials) -> Self {
        Self {
            questions,
            credentials,
            cache: Arc::default(),
        }
    }

    /// The task's parameters with all choices put in, for drawing or checking a form. A list that could not be had
    /// says so in its [`problem`](domain::params::Choices::problem). Answers are kept for a minute, and asked for
    /// again when the task's code or settings change.
    pub async fn resolve(&self, folder: &TaskFolder, saved: Option<&SavedSettings>) -> Vec<ParamSpec> {
        let mut specs = folder.params().to_vec();
        let functions: BTreeSet<String> = specs
            .iter()
            .filter_map(|spec| spec.choices()?.from.clone())
            .collect();
        let answers: BTreeMap<String, Answer> = stream::iter(functions)
            .map(|function| async move {
                let answer = self.get_or_ask(folder, saved, &function).await;
                (function, answer)
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let credentials = if specs.iter().any(is_credential) {
            self.list_credentials().await
        } else {
            Ok(Vec::new())
        };
        for spec in &mut specs {
            let of_credentials = is_credential(spec).then_some(&credentials);
            let Some(choices) = spec.choices_mut() else {
                continue;
            };
            let of_task = choices.from.as_ref().and_then(|from| answers.get(from));
            match of_credentials.or(of_task) {
                Some(Ok(list)) => choices.list.clone_from(list),
                Some(Err(problem)) => choices.problem = Some(problem.clone()),
                None => {}
            }
        }
        specs
    }

    /// Forgets a task's answers, so that the next form asks it again.
    pub fn refresh(&self, task: &str) {
        self.cache.forget(task);
    }

    async fn list_credentials(&self) -> Answer {
        let choice = |credential: crate::credentials::Credential| Choice {
            value: reference(&credential.id, &credential.name),
            label: credential.name,
        };
        match self.credentials.list().await {
            Ok(credentials) => Ok(credentials.into_iter().map(choice).collect()),
            Err(error) => {
                tracing::error!("credentials for a form: {error}");
                Err("The list of credentials could not be loaded. The server's log says why.".into())
            }
        }
    }

    async fn get_or_ask(&self, folder: &TaskFolder, saved: Option<&SavedSettings>, function: &str) -> Answer {
        let key = Key {
            task: folder.name.clone(),
            code_hash: folder.code_hash.clone(),
            function: function.to_owned(),
            saved_at: saved.map(|saved| saved.updated_at),
        };
        let ask = async || {
            let reason = match self.ask(folder, saved, function).await {
                Ok(Ok(list)) => return Ok(list),
                Ok(Err(reason)) => reason,
                Err(error) => {
                    tracing::error!(task = %folder.name, "choices from {function}: {error}");
                    "the server's log says why.".into()
                }
            };
            Err(format!("The list of choices could not be loaded: {reason}"))
        };
        self.cache.get_or_ask(key, ask).await
    }

    async fn ask(
        &self,
        folder: &TaskFolder,
        saved: Option<&SavedSettings>,
        function: &str,
    ) -> Result<Answer, Error> {
        let question = Question {
            task: folder,
            mode: "options",
            more: Map::from_iter([("function".to_owned(), json!(function))]),
            saved: saved.map(as_snapshot).unwrap_or_default(),
            limit: self.questions.describe_limit(),
            shortest: SHORTEST_SECRET,
        };
        Ok(match self.questions.ask(question).await? {
            Reply::Said(event) => match event.get("options") {
                Some(Value::Array(options)) => {
                    let (list, warnings) = read_choices(&without_secrets(options));
                    for warning in warnings {
                        tracing::warn!(task = %folder.name, "choices from {function}: {warning}");
                    }
                    Ok(list)
                }
                _ => Err(format!("{function} returned no list.")),
            },
            Reply::Failed(reason) => Err(reason),
            Reply::Nothing(why) => Err(format!("{why}.")),
        })
    }
}

/// Choices stand on the page, and a chosen one is saved in the plain. One that held a secret would no longer be what
/// the task meant.
fn without_secrets(options: &[Value]) -> Value {
    let is_whole = |option: &&Value| !option.to_string().contains(MARK);
    options.iter().filter(is_whole).cloned().collect()
}

fn is_credential(spec: &ParamSpec) -> bool {
    matches!(spec.kind, ParamKind::Credential(_))
}
