//! `POST /tasks/{name}/asked`: what a form as it is filled in asks for, and what is wrong with it. Nothing is saved.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use chrono_tz::Tz;
use domain::params::{FileRef, ParamGroup, ParamSpec, Typed, asked_for, validate};

use super::data::{form_specs, loaded};
use crate::components::param_field::upload_input;
use crate::error::AppError;
use crate::form::Submitted;
use crate::islands::{FormAnswer, chosen_input};
use crate::routes::AppState;

/// Answers the form's island.
pub async fn answer(
    State(state): State<AppState>,
    Path(name): Path<String>,
    form: Submitted,
) -> Result<Json<FormAnswer>, AppError> {
    let folder = state.engine.catalog.find(&name).ok_or(AppError::NotFound)?;
    let info = loaded(&folder)?;
    let saved = state.engine.settings.find(&name).await?;
    let specs = form_specs(&state, &folder, saved.as_ref()).await;
    let mut typed = Typed::from_form(&specs, form.pairs());
    let mut present = BTreeSet::new();
    if let Some(saved) = &saved {
        typed.keep_files(&specs, &saved.values);
        present = saved.saved_names();
    }
    for spec in specs.iter().filter(|spec| spec.is_file()) {
        match chosen(spec, &form) {
            Some(file) => typed.set_file(&spec.name, file),
            // One that came with a form that did not pass.
            None if !form.get(&upload_input(&spec.input_name())).is_empty() => {
                present.insert(spec.name.clone());
            }
            None => {}
        }
    }
    let declared = (specs.as_slice(), info.groups.as_slice());
    Ok(Json(form_answer(declared, &typed, &present, state.engine.zone)))
}

/// What a form over these parameters and the rules over several of them is told; `saved` and `zone` as for [`validate`].
pub(crate) fn form_answer(
    (specs, groups): (&[ParamSpec], &[ParamGroup]),
    typed: &Typed,
    saved: &BTreeSet<String>,
    zone: Tz,
) -> FormAnswer {
    let asked = asked_for(specs, typed, saved);
    let inputs = specs.iter().filter(|spec| asked.contains(&spec.name));
    FormAnswer {
        asked: inputs.map(ParamSpec::input_name).collect(),
        errors: validate(specs, groups, typed, saved, zone)
            .err()
            .unwrap_or_default(),
    }
}

/// The file that an input holds in the browser.
fn chosen(spec: &ParamSpec, form: &Submitted) -> Option<FileRef> {
    let (size, name) = form.get(&chosen_input(&spec.input_name())).split_once(' ')?;
    Some(FileRef {
        id: String::new(),
        name: name.to_owned(),
        size: size.parse().ok()?,
    })
}
