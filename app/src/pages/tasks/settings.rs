//! `POST /tasks/{name}`: saves the settings, and runs the task if asked to.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::params::{FieldError, ParamSpec, Typed, validate};

use super::data::{TaskData, loaded};
use super::form_state::FormState;
use super::{detail, run, uploads};
use crate::error::AppError;
use crate::form::Submitted;
use crate::routes::AppState;
use crate::session::SignedIn;

/// Saves what passes; shows what does not, as it was typed.
pub async fn submit(
    State(state): State<AppState>,
    who: SignedIn,
    Path(name): Path<String>,
    mut form: Submitted,
) -> Result<Response, AppError> {
    if let Some(rejected) = save(&state, &who, &name, &mut form).await? {
        return Ok(rejected);
    }
    if form.get("action") == "run" {
        return run::start_once(&state, &who, &name, &form).await;
    }
    Ok(Redirect::to(&format!("/tasks/{name}?done=saved")).into_response())
}

/// Saves what stands in the form, or answers with the page that shows what is wrong with it.
pub(super) async fn save(
    state: &AppState,
    who: &SignedIn,
    name: &str,
    form: &mut Submitted,
) -> Result<Option<Response>, AppError> {
    let data = TaskData::load(state, name).await?;
    let info = loaded(&data.folder)?;
    let mut typed = Typed::from_form(&data.specs, form.pairs());
    if let Some(saved) = &data.saved {
        typed.keep_files(&data.specs, &saved.values);
    }
    let too_large = uploads::receive(state, who, &data, form, &mut typed).await?;
    let found = validate(
        &data.specs,
        &info.groups,
        &typed,
        &data.saved_names(),
        state.engine.zone,
    );
    let errors = match found {
        Ok(accepted) if too_large.is_empty() => {
            let settings = &state.engine.settings;
            settings.save(name, accepted, &who.account.name).await?;
            return Ok(None);
        }
        Ok(_) => too_large,
        Err(errors) => together(&data.specs, too_large, errors),
    };
    let form = FormState::rejected(&data.specs, typed, errors);
    Ok(Some(detail::page(state, who, data, form, None)))
}

/// Both lists in the order of the form; the first has the say where both name a field.
fn together(specs: &[ParamSpec], first: Vec<FieldError>, second: Vec<FieldError>) -> Vec<FieldError> {
    let mut errors = first;
    for error in second {
        if !errors.iter().any(|other| other.name == error.name) {
            errors.push(error);
        }
    }
    errors.sort_by_key(|error| specs.iter().position(|spec| spec.name == error.name));
    errors
}

#[cfg(test)]
mod tests {
    use domain::params::declare;
    use serde_json::json;

    use super::*;
    use crate::components::error_summary::field_error;

    #[test]
    fn a_field_has_one_error_and_the_list_follows_the_form() {
        let specs = declare(&[json!("a"), json!("b"), json!("c")], &[]).unwrap().specs;
        let errors = together(
            &specs,
            vec![field_error("b", "B is too large")],
            vec![
                field_error("c", "Enter C"),
                field_error("a", "Enter A"),
                field_error("b", "Enter B"),
            ],
        );
        let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(messages, ["Enter A", "B is too large", "Enter C"]);
    }
}
