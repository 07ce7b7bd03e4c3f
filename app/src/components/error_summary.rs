//! "There is a problem": every error of the page at its top.

use domain::params::FieldError;
use leptos::prelude::*;

use crate::islands::{ERROR_SUMMARY_ID, summary_items};

/// Drawn hidden when there are no errors, so that the browser's own check has a place for them.
#[component]
pub fn ErrorSummary(
    /// In the order of the fields.
    errors: Vec<FieldError>,
) -> AnyView {
    let is_empty = errors.is_empty();
    view! {
        <div
            id=ERROR_SUMMARY_ID
            class="error-summary"
            role="alert"
            tabindex="-1"
            aria-labelledby="error-summary-title"
            hidden=is_empty
            autofocus=!is_empty
        >
            <h2 id="error-summary-title">"There is a problem"</h2>
            <ul>{summary_items(&errors)}</ul>
        </div>
    }
    .into_any()
}

/// An error at a field that is not a task's parameter.
pub fn field_error(input: &str, message: impl Into<String>) -> FieldError {
    FieldError {
        name: input.to_owned(),
        input: input.to_owned(),
        message: message.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(errors: Vec<FieldError>) -> String {
        Owner::new().with(|| view! { <ErrorSummary errors /> }.to_html())
    }

    #[test]
    fn each_error_leads_to_its_field() {
        let html = html(vec![field_error(
            "every",
            "The number of days must be between 1 and 366",
        )]);
        assert!(
            html.contains("<a href=\"#every\">The number of days must be between 1 and 366</a>"),
            "{html}"
        );
        assert!(!html.contains(" hidden") && html.contains(" autofocus"), "{html}");
    }

    #[test]
    fn without_errors_it_is_there_but_hidden() {
        let html = html(Vec::new());
        assert!(
            html.contains("id=\"error-summary\"") && html.contains(" hidden"),
            "{html}"
        );
        assert!(!html.contains(" autofocus"), "{html}");
    }
}
