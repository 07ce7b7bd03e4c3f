//! The values of a run, to be used once more: as they were, or changed in a form. The saved settings stay untouched.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::response::{IntoResponse, Redirect, Response};
use chrono::Utc;
use chrono_tz::Tz;
use domain::params::{FieldError, FileRef, ParamSpec, Typed, initial_values, validate};
use domain::task::TaskInfo;
use engine::runs::RunDetail;
use engine::settings::SavedSettings;
use engine::tasks::TaskFolder;
use serde_json::{Map, Value};

use crate::error::AppError;
use crate::form::Submitted;
use crate::islands::FormAnswer;
use crate::pages::tasks::{at_fields, form_answer, form_key_of, typed_values};
use crate::routes::AppState;
use crate::session::SignedIn;

/// What a run was given, and what its task asks for today.
#[derive(Clone)]
pub(super) struct RunValues {
    pub(super) run: RunDetail,
    pub(super) folder: Arc<TaskFolder>,
    pub(super) info: TaskInfo,
    pub(super) specs: Vec<ParamSpec>,
    /// Names of passwords that are saved with the task, and of files there are.
    pub(super) kept: BTreeSet<String>,
    /// The run's files that are no longer kept: what the field is called, and the file.
    pub(super) lost: Vec<(String, String)>,
    values: Map<String, Value>,
    pub(super) typed: Typed,
    pub(super) errors: Vec<FieldError>,
}

impl RunValues {
    /// The values as the run had them.
    pub(super) async fn load(state: &AppState, run_id: &str) -> Result<Self, AppError> {
        let engine = &state.engine;
        let run = engine.runs.find(run_id).await?.ok_or(AppError::NotFound)?;
        let task = run.summary.task_name.clone();
        let folder = engine.catalog.find(&task).ok_or(AppError::BadRequest(
            "The task of this run is no longer in the tasks folder.",
        ))?;
        let info = folder.found.clone().map_err(|_| {
            AppError::BadRequest(
                "This task cannot be loaded at the moment. Its page shows what is wrong with it.",
            )
        })?;
        let saved = engine.settings.find(&task).await?;
        let specs = engine.choices.resolve(&folder, saved.as_ref()).await;
        let had = engine
            .runs
            .plain_values(run_id, &specs)
            .await?
            .unwrap_or_default();
        let settings = saved
            .as_ref()
            .map(|saved| saved.values.clone())
            .unwrap_or_default();
        let mut values = Map::new();
        let mut lost = Vec::new();
        for spec in specs.iter().filter(|spec| !spec.is_secret()) {
            let (old, now) = (had.get(&spec.name), settings.get(&spec.name));
            let value = match old.and_then(FileRef::from_value).filter(|_| spec.is_file()) {
                Some(file) => match engine.uploads.find_for(&task, &spec.name, &file.id).await? {
                    Some(_) => old,
                    None => {
                        lost.push((spec.label.clone(), file.name));
                        now
                    }
                },
                // What the task must have and this run did not: the task asks for it since.
                None => old.or(now.filter(|_| spec.required)),
            };
            values.extend(value.map(|value| (spec.name.clone(), value.clone())));
        }
        let secrets = saved.as_ref().map(SavedSettings::saved_names).unwrap_or_default();
        let is_kept = |name: &String| {
            let spec = specs.iter().find(|spec| spec.name == *name);
            spec.is_some_and(|spec| spec.is_secret() || values.contains_key(name))
        };
        let files = specs
            .iter()
            .filter(|spec| spec.is_file() && values.contains_key(&spec.name))
            .map(|spec| spec.name.clone());
        let kept = secrets.into_iter().filter(is_kept).chain(files).collect();
        let now = Utc::now().with_timezone(&engine.zone);
        Ok(Self {
            typed: initial_values(&specs, Some(&values), now),
            run,
            folder,
            info,
            specs,
            kept,
            lost,
            values,
            errors: Vec::new(),
        })
    }

    /// The values as they were typed into the form.
    pub(super) fn with_typed(mut self, form: &Submitted) -> Self {
        self.typed = typed_values(&self.specs, form, &self.values);
        self
    }

    /// The task's folder.
    pub(super) fn task(&self) -> &str {
        &self.run.summary.task_name
    }

    /// What the form asks for as it was typed, and what is wrong with it.
    pub(super) fn answer(&self, zone: Tz) -> FormAnswer {
        let declared = (self.specs.as_slice(), self.info.groups.as_slice());
        let answer = form_answer(declared, &self.typed, &self.kept, zone);
        FormAnswer {
            errors: at_fields(&self.specs, answer.errors),
            ..answer
        }
    }

    /// Starts a run with these values; or says what is wrong with them.
    pub(super) async fn start(
        self,
        state: &AppState,
        who: &SignedIn,
        form: &Submitted,
    ) -> Result<Result<Response, Box<Self>>, AppError> {
        let zone = state.engine.zone;
        let accepted = match validate(&self.specs, &self.info.groups, &self.typed, &self.kept, zone) {
            Ok(accepted) => accepted,
            Err(errors) => {
                let errors = at_fields(&self.specs, errors);
                return Ok(Err(Box::new(Self { errors, ..self })));
            }
        };
        let own = self.specs.iter().filter(|spec| !spec.is_secret()).map(|spec| {
            let values = if spec.is_file() {
                &self.values
            } else {
                &accepted.values
            };
            let value = values.get(&spec.name).cloned().unwrap_or(Value::Null);
            (spec.name.clone(), value)
        });
        let own: Map<String, Value> = own.collect();
        let form_key = form_key_of(form);
        let run_id = state
            .engine
            .runs
            .start_with(self.task(), &own, &who.account.name, &form_key)
            .await?;
        Ok(Ok(Redirect::to(&format!("/runs/{run_id}")).into_response()))
    }
}
