//! All that the page of one run tells, loaded in one place.

use std::sync::Arc;

use domain::params::{ParamKind, ParamSpec};
use domain::run::{RunStatus, UsualDuration};
use domain::words;
use engine::runs::{Artifact, Attempt, Comparison, ParamShown, RunDetail, Waiting};
use engine::scheduler::Schedule;
use engine::tasks::TaskFolder;
use serde_json::Value;

use crate::components::result::plain;
use crate::error::AppError;
use crate::pages::schedules::can_be_own;
use crate::routes::AppState;

/// A run and what there is to say about it.
#[derive(Clone)]
pub(super) struct Story {
    pub(super) run: RunDetail,
    pub(super) task: TaskOfRun,
    pub(super) artifacts: Vec<Artifact>,
    /// All tries that belong together; none for a run that stands alone.
    pub(super) attempts: Vec<Attempt>,
    /// Of a failed run: itself beside the last one before it that succeeded.
    pub(super) since_success: Option<Comparison>,
    pub(super) usual: Option<UsualDuration>,
    /// What it waits for, while it does.
    pub(super) waiting: Option<Waiting>,
    /// The schedule that wanted it, unless that was deleted.
    pub(super) schedule: Option<Schedule>,
}

impl Story {
    /// Loads what belongs to a run.
    pub(super) async fn load(state: &AppState, run: RunDetail) -> Result<Self, AppError> {
        let engine = &state.engine;
        let (run_id, task_name) = (&run.summary.run_id, &run.summary.task_name);
        let since_success = match run.summary.status {
            RunStatus::Failed => match engine.runs.last_success_before(&run).await? {
                Some(success) => engine.runs.compare(run_id, &success).await?,
                None => None,
            },
            _ => None,
        };
        let usual = engine.runs.usual_durations([task_name.as_str()]).await?;
        Ok(Self {
            task: TaskOfRun::new(engine.catalog.find(task_name), task_name),
            artifacts: engine.artifacts.list(run_id).await?,
            attempts: engine.runs.attempts(&run).await?,
            since_success,
            usual: usual.get(task_name).copied(),
            waiting: engine.find_waiting(&run.summary).await?,
            schedule: match &run.summary.schedule_id {
                Some(id) => engine.schedules.find(id).await?,
                None => None,
            },
            run,
        })
    }
}

/// What the page needs to know of the run's task, which may be gone or broken by now.
#[derive(Clone)]
pub(super) struct TaskOfRun {
    pub(super) title: String,
    specs: Vec<ParamSpec>,
    pub(super) may_run: bool,
}

impl TaskOfRun {
    pub(super) fn new(folder: Option<Arc<TaskFolder>>, name: &str) -> Self {
        let info = folder.as_ref().and_then(|folder| folder.found.as_ref().ok());
        Self {
            title: folder.as_ref().map_or(name, |folder| folder.title()).to_owned(),
            specs: info.map(|info| info.params.clone()).unwrap_or_default(),
            may_run: info.is_some(),
        }
    }

    /// Whether a run can have other values than the saved ones at all.
    pub(super) fn has_values(&self) -> bool {
        self.specs.iter().any(can_be_own)
    }

    /// What a parameter is called.
    pub(super) fn label(&self, param: &str) -> String {
        self.spec(param)
            .map_or_else(|| words::humanise(param), |spec| spec.label.clone())
    }

    /// Where it stands in the form; what the task no longer asks for comes last.
    pub(super) fn place(&self, param: &str) -> usize {
        let place = self.specs.iter().position(|spec| spec.name == param);
        place.unwrap_or(usize::MAX)
    }

    /// What a run was given, in words. Of a password only that there was one.
    pub(super) fn words(&self, param: &str, value: &ParamShown) -> String {
        // What was a plain text when it ran may be a password by now.
        if value == &ParamShown::Saved || self.spec(param).is_some_and(ParamSpec::is_secret) {
            return "Saved, not shown".to_owned();
        }
        match value {
            ParamShown::Saved => String::new(),
            ParamShown::File(file) => format!("{}, {}", file.name, words::bytes(file.size)),
            ParamShown::Credential(name) => name.clone(),
            ParamShown::Value(value) => self.chosen(param, value),
        }
    }

    /// Choices by the words that the form has for them, lengths of time as such.
    fn chosen(&self, param: &str, value: &Value) -> String {
        let Some(spec) = self.spec(param) else {
            return plain(value);
        };
        if let (ParamKind::Duration(_), Some(seconds)) = (&spec.kind, value.as_i64()) {
            return words::duration(seconds.saturating_mul(1000));
        }
        let one = |value: &Value| {
            let list = spec.choices().map(|choices| choices.list.as_slice());
            let choice = list
                .unwrap_or_default()
                .iter()
                .find(|choice| choice.value == *value);
            choice.map_or_else(|| plain(value), |choice| choice.label.clone())
        };
        match value {
            Value::Array(values) if spec.choices().is_some() => {
                values.iter().map(one).collect::<Vec<_>>().join(", ")
            }
            value => one(value),
        }
    }

    fn spec(&self, param: &str) -> Option<&ParamSpec> {
        self.specs.iter().find(|spec| spec.name == param)
    }
}

#[cfg(test)]
mod tests {
    use domain::params::declare;
    use serde_json::json;

    use super::*;

    #[test]
    fn values_read_as_the_form_has_them_and_a_password_never() {
        let declared = declare(
            &[json!({"name": "key", "type": "password"})],
            &[
                json!({"name": "days", "label": "Days", "type": "multiselect",
                    "options": [{"value": 1, "label": "Monday"}, {"value": 2, "label": "Tuesday"}]}),
                json!({"name": "pause", "type": "duration"}),
            ],
        );
        let task = TaskOfRun {
            title: "T".into(),
            specs: declared.unwrap().specs,
            may_run: true,
        };
        let told = |name: &str, value: Value| task.words(name, &ParamShown::Value(value));
        assert_eq!(told("days", json!([2, 1, 7])), "Tuesday, Monday, 7");
        assert_eq!(told("pause", json!(5400)), "1 h 30 min");
        assert_eq!(told("gone", json!({"a": 1})), "{\n  \"a\": 1\n}");
        // It was a plain text when the run began.
        assert_eq!(told("key", json!("CANARY")), "Saved, not shown");
        assert_eq!(
            (task.label("days"), task.label("gone_by")),
            ("Days".into(), "Gone by".into())
        );
        assert!(task.has_values() && task.place("gone") > task.place("pause"));
    }
}
