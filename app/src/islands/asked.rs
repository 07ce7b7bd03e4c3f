//! The fields that are asked for only while others hold certain values.

use std::collections::BTreeSet;

use domain::params::{ParamKind, ParamSpec, Typed, asked_for};
use leptos::prelude::*;

/// Around a field that may not be asked for.
pub fn dependent_id(input: &str) -> String {
    format!("{input}-asked")
}

/// Under a long list of tick boxes.
pub fn count_id(input: &str) -> String {
    format!("{input}-count")
}

/// How many of them are ticked.
pub fn count_words(chosen: usize, all: usize) -> String {
    format!("{chosen} of {all} chosen")
}

/// Shows the fields that the form asks for as it is filled in now, and no others. What was typed stays in them.
pub(super) fn refresh(specs: &[ParamSpec], typed: &Typed, saved: &BTreeSet<String>) {
    let page = document();
    let asked = asked_for(specs, typed, saved);
    for spec in specs {
        if let Some(place) = page.get_element_by_id(&dependent_id(&spec.input_name())) {
            // From here on the browser decides, not the style sheet.
            let _ = place.class_list().remove_1("is-unmet");
            let _ = place.toggle_attribute_with_force("hidden", !asked.contains(&spec.name));
        }
        if let ParamKind::MultiSelect(choices) = &spec.kind
            && let Some(place) = page.get_element_by_id(&count_id(&spec.input_name()))
        {
            let words = count_words(typed.all(&spec.name).len(), choices.list.len());
            // Said aloud when it changes, so only then.
            if place.text_content().as_deref() != Some(&words) {
                place.set_text_content(Some(&words));
            }
        }
    }
}
