//! What the forms have in common that ask for other values than a task's own: for one run, or for a preset. Passwords and
//! files are never asked for again; they are the task's.

use std::collections::BTreeMap;

use domain::params::{Control, Field, FieldError, ParamGroup, ParamSpec, Typed};
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::ParamSections;
use crate::components::error_summary::field_error;
use crate::components::param_field::ZoneNames;
use crate::form::Submitted;
use crate::pages::schedules::can_be_own;

/// Where such a page says that the task's settings come first.
pub(crate) const SETTINGS_ID: &str = "saved-settings";

/// What was typed, with the files that are saved.
pub(crate) fn typed_values(specs: &[ParamSpec], form: &Submitted, saved: &Map<String, Value>) -> Typed {
    let asked: Vec<ParamSpec> = specs.iter().filter(|spec| can_be_own(spec)).cloned().collect();
    let mut typed = Typed::from_form(&asked, form.pairs());
    typed.keep_files(specs, saved);
    typed
}

/// Errors of fields that such a form has; for all others one, which leads to the task.
pub(crate) fn at_fields(specs: &[ParamSpec], errors: Vec<FieldError>) -> Vec<FieldError> {
    let is_here = |error: &FieldError| {
        let spec = specs.iter().find(|spec| spec.name == error.name);
        spec.is_none_or(can_be_own)
    };
    let (mut here, elsewhere): (Vec<_>, Vec<_>) = errors.into_iter().partition(is_here);
    if !elsewhere.is_empty() {
        let sentence = "A password or file is missing. Save it in the task's settings first";
        here.push(field_error(SETTINGS_ID, sentence));
    }
    here
}

/// The fields that are asked for, under their headings.
#[component]
pub(crate) fn OtherFields(
    /// All of the task's, in order.
    fields: Vec<Field>,
    /// What they are of.
    specs: Vec<ParamSpec>,
    groups: Vec<ParamGroup>,
) -> AnyView {
    let asked = fields
        .into_iter()
        .zip(&specs)
        .filter(|(_, spec)| can_be_own(spec));
    let fields: Vec<Field> = asked.map(|(field, _)| field).collect();
    let zones = fields
        .iter()
        .any(|field| matches!(field.control, Control::Moment { .. }))
        .then(|| view! { <ZoneNames /> });
    view! {
        <ParamSections fields groups about=BTreeMap::new() />
        {zones}
    }
    .into_any()
}
