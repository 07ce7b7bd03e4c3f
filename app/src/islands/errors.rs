//! Errors of a form: the list that the server draws, and the same list put there by the browser.

use domain::params::FieldError;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlElement};

use super::page::elements;

/// The box that names all errors of a page. The page draws it even when empty, so that the browser can fill it.
pub const ERROR_SUMMARY_ID: &str = "error-summary";

/// The paragraph at a field that says what is wrong with it.
pub fn error_id(input: &str) -> String {
    format!("{input}-error")
}

/// The entries of the summary, each leading to its field.
pub fn summary_items(errors: &[FieldError]) -> impl IntoView + use<> {
    errors
        .iter()
        .map(|error| view! { <li><a href=format!("#{}", error.input)>{error.message.clone()}</a></li> })
        .collect_view()
}

/// Shows these errors and no others, in the places the server would have used, and moves the focus to the summary.
pub(super) fn show(page: &Document, errors: &[FieldError]) {
    clear(page);
    for error in errors {
        let Some(place) = page.get_element_by_id(&error_id(&error.input)) else {
            continue;
        };
        place.set_text_content(Some(&error.message));
        toggle_hidden(&place, false);
        open_around(&place);
        mark(page, &error.input);
    }
    let Some(summary) = page.get_element_by_id(ERROR_SUMMARY_ID) else {
        return;
    };
    if let Some(list) = summary
        .query_selector("ul")
        .ok()
        .flatten()
        .and_then(|list| list.dyn_into().ok())
    {
        fill(&list, errors);
    }
    toggle_hidden(&summary, false);
    if let Some(summary) = summary.dyn_ref::<HtmlElement>() {
        // Fails only for an element that cannot take the focus; the summary has a tabindex.
        let _ = summary.focus();
    }
    if !page.title().starts_with("Error: ") {
        page.set_title(&format!("Error: {}", page.title()));
    }
}

fn clear(page: &Document) {
    for place in elements(page.query_selector_all(".field-error").ok()) {
        place.set_text_content(None);
        toggle_hidden(&place, true);
    }
    for input in elements(page.query_selector_all("[aria-invalid]").ok()) {
        let _ = input.remove_attribute("aria-invalid");
    }
}

/// A radio button alone is never wrong: its group is, and says so in words.
fn mark(page: &Document, input: &str) {
    if let Some(input) = page.get_element_by_id(input)
        && input
            .matches("textarea, select, input:not([type=radio])")
            .unwrap_or(false)
    {
        let _ = input.set_attribute("aria-invalid", "true");
    }
}

/// A field that is folded away cannot be led to.
fn open_around(place: &web_sys::Element) {
    if let Ok(Some(folded)) = place.closest("details") {
        let _ = folded.set_attribute("open", "");
    }
}

fn fill(list: &HtmlElement, errors: &[FieldError]) {
    list.set_text_content(None);
    let items = summary_items(errors);
    leptos::mount::mount_to(list.clone(), move || items).forget();
}

fn toggle_hidden(element: &web_sys::Element, is_hidden: bool) {
    let _ = element.toggle_attribute_with_force("hidden", is_hidden);
}
