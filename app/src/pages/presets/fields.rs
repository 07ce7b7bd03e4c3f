//! The fields of a task's values, without its passwords and files.

use domain::params::{ParamSpec, fields};
use domain::words;
use leptos::prelude::*;

use super::given::Given;
use crate::pages::schedules::can_be_own;
use crate::pages::tasks::{OtherFields, SETTINGS_ID};

/// The fields, and what is taken from the task besides.
#[component]
pub(super) fn GivenFields(given: Given) -> AnyView {
    let shown = fields(&given.specs, &given.typed, &given.kept, &given.errors);
    let saved: Vec<String> = given
        .specs
        .iter()
        .filter(|spec| !can_be_own(spec))
        .map(|spec: &ParamSpec| format!("“{}”", spec.label))
        .collect();
    let from_task = (!saved.is_empty()).then(|| {
        let sentence = format!(
            "{}: as saved in the task's settings. Passwords and files are never part of a preset. ",
            words::all_of(&saved)
        );
        let address = format!("/tasks/{}", given.task());
        view! {
            <p class="hint" id=SETTINGS_ID>
                {sentence} <a href=address>"Open the task's settings"</a>
            </p>
        }
    });
    view! {
        <OtherFields fields=shown specs=given.specs groups=given.info.groups />
        {from_task}
    }
    .into_any()
}

/// What of a preset does not apply; nothing is drawn when all does.
#[component]
pub(super) fn Misfits(
    misfits: Vec<String>,
    /// What becomes of it.
    then: &'static str,
) -> AnyView {
    if misfits.is_empty() {
        return ().into_any();
    }
    let items = misfits
        .into_iter()
        .map(|sentence| view! { <li>{sentence}</li> })
        .collect_view();
    view! {
        <div class="notice notice-warning">
            <div>
                <p class="notice-title">"Some values of this preset no longer apply"</p>
                <ul>{items}</ul>
                <p>{then}</p>
            </div>
        </div>
    }
    .into_any()
}
