//! The fields that are asked for only while others hold certain values, and how many of a list are ticked.

use web_sys::HtmlFormElement;

use super::page::elements;

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

/// Whether the form has fields that may come and go.
pub(super) fn has_dependents(form: &HtmlFormElement) -> bool {
    form.query_selector(".dependent").ok().flatten().is_some()
}

/// Shows the fields of these inputs, and of those that may come and go no others. What was typed stays in them.
pub(super) fn show(form: &HtmlFormElement, asked: &[String]) {
    for place in elements(form.query_selector_all(".dependent").ok()) {
        let id = place.id();
        let is_asked = asked.iter().any(|input| dependent_id(input) == id);
        // From here on the browser decides, not the style sheet.
        let _ = place.class_list().remove_1("is-unmet");
        let _ = place.toggle_attribute_with_force("hidden", !is_asked);
    }
}

/// Says under each long list how many of its boxes are ticked.
pub(super) fn count(form: &HtmlFormElement) {
    for place in elements(form.query_selector_all("[id$='-count']").ok()) {
        let Some(list) = place.closest("fieldset").ok().flatten() else {
            continue;
        };
        let boxes = |which: &str| {
            let found = list.query_selector_all(which);
            found.map_or(0, |found| found.length() as usize)
        };
        let words = count_words(
            boxes("input[type=checkbox]:checked"),
            boxes("input[type=checkbox]"),
        );
        // Said aloud when it changes, so only then.
        if place.text_content().as_deref() != Some(&words) {
            place.set_text_content(Some(&words));
        }
    }
}
