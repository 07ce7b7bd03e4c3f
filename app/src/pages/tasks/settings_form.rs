//! The form made from a task's parameters.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use domain::params::{Control, Field, ParamGroup};
use domain::task::TaskInfo;
use leptos::prelude::*;

use super::data::TaskData;
use super::form_state::FormState;
use super::readiness::SAVE_BUTTON;
use super::run::new_form_key;
use super::sections::{Heading, Section, fold, one_of, sections};
use crate::components::param_field::{About, ParamInput, ZoneNames};
use crate::islands::CheckedForm;

/// The form. Its address is the task's own.
#[component]
pub(super) fn SettingsForm(data: TaskData, info: TaskInfo, form: FormState, zone: Tz) -> AnyView {
    let task = data.folder.name.clone();
    let saved = data.saved_names();
    let all = form.fields(&data.specs, &saved);
    let has = |is_such: fn(&Control) -> bool| all.iter().any(|field| is_such(&field.control));
    let has_files = has(|control| matches!(control, Control::File { .. }));
    let zones = has(|control| matches!(control, Control::Moment { .. })).then(|| view! { <ZoneNames /> });
    let is_empty = all.is_empty();
    let untouched = untouched(&data, zone);
    let (shown, folded) = fold(all, &info.groups);
    let is_open = folded
        .iter()
        .any(|field| field.error.is_some() || untouched.get(&field.name) != Some(&field.control));
    let about = form.about(&task, &data);
    let folded_count = folded.len();
    let more = (folded_count > 0).then(|| {
        view! {
            <details class="more" open=is_open>
                <summary>{format!("More options ({folded_count})")}</summary>
                <ParamSections fields=folded groups=info.groups.clone() about=about.clone() />
            </details>
        }
    });
    // Files travel only in this encoding; for all else the short one is enough.
    let enctype = has_files.then_some("multipart/form-data");
    view! {
        <CheckedForm address=format!("/tasks/{task}/asked")>
            <form method="post" action=format!("/tasks/{task}") enctype=enctype novalidate>
                <input type="hidden" name="form_key" value=new_form_key() />
                <ParamSections fields=shown groups=info.groups about />
                {more}
                {zones}
                <Buttons task=task.clone() is_empty has_check=info.has_check />
            </form>
        </CheckedForm>
    }
    .into_any()
}

/// What each field of a form nobody has touched would show.
fn untouched(data: &TaskData, zone: Tz) -> BTreeMap<String, Control> {
    let unsaved = TaskData {
        saved: None,
        ..data.clone()
    };
    let fields = FormState::fresh(&unsaved, zone).fields(&data.specs, &BTreeSet::new());
    fields
        .into_iter()
        .map(|field| (field.name, field.control))
        .collect()
}

/// Fields under their headings.
#[component]
pub(crate) fn ParamSections(
    fields: Vec<Field>,
    groups: Vec<ParamGroup>,
    about: BTreeMap<String, About>,
) -> AnyView {
    sections(fields, &groups)
        .into_iter()
        .map(|Section { heading, fields }| {
            let first = fields
                .first()
                .map(|field| field.input.clone())
                .unwrap_or_default();
            let inputs = fields
                .into_iter()
                .map(|field| {
                    let is_one_of = one_of(&field, &groups).is_some();
                    let about = about.get(&field.name).cloned().unwrap_or_default();
                    view! { <ParamInput field about=About { is_one_of, ..about } /> }
                })
                .collect_view();
            match heading {
                None => inputs.into_any(),
                Some(heading) => {
                    view! { <Group heading about_id=format!("{first}-group")>{inputs}</Group> }.into_any()
                }
            }
        })
        .collect_view()
        .into_any()
}

#[component]
fn Group(heading: Heading, about_id: String, children: Children) -> AnyView {
    let Heading {
        words,
        description,
        rule,
    } = heading;
    let class = if rule.is_some() {
        "group is-one-of"
    } else {
        "group"
    };
    let about: Vec<String> = [description, rule].into_iter().flatten().collect();
    let described_by = (!about.is_empty()).then(|| about_id.clone());
    let about = (!about.is_empty()).then(|| {
        view! {
            <p class="hint group-about" id=about_id>
                {about.join(" ")}
            </p>
        }
    });
    view! {
        <fieldset class=class aria-describedby=described_by>
            <legend>{words}</legend>
            {about}
            {children()}
        </fieldset>
    }
    .into_any()
}

#[component]
fn Buttons(task: String, is_empty: bool, has_check: bool) -> AnyView {
    let test = has_check.then(|| {
        let words = if is_empty { "Test" } else { "Save and test" };
        view! {
            <button class="button" formaction=format!("/tasks/{task}/check")>
                {words}
            </button>
        }
    });
    if is_empty {
        return view! {
            <p class="muted">"This task has no settings. It can run as it is."</p>
            <div class="actions">
                <button class="button button-primary" name="action" value="run" id=SAVE_BUTTON>
                    "Run now"
                </button>
                {test}
            </div>
        }
        .into_any();
    }
    let hint = has_check.then(|| {
        view! { <p class="hint">"The test asks the task whether these settings work. It does not run the task."</p> }
    });
    view! {
        <div class="actions">
            <button class="button button-primary" name="action" value="save" id=SAVE_BUTTON>
                "Save"
            </button>
            {test}
            <button class="button" name="action" value="run">
                "Save and run now"
            </button>
        </div>
        {hint}
    }
    .into_any()
}
