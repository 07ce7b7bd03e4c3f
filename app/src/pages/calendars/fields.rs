//! The form of a calendar.

use domain::params::FieldError;
use engine::calendars::CalendarError;
use leptos::prelude::*;

use crate::components::error_summary::field_error;
use crate::components::field::{Field, Labels, TextField};
use crate::error::AppError;

/// Name and id of the input for the name.
pub(super) const NAME: &str = "name";
/// Name and id of the input for the lines.
pub(super) const CONTENT: &str = "content";
/// Name and id of the input for a calendar file.
pub(super) const FILE: &str = "file";
/// Where the errors of deleting lead to.
pub(super) const DELETE: &str = "delete";

/// Kinds of lines, each with what it means.
const EXAMPLES: [(&str, &str); 4] = [
    ("2026-12-25 Christmas Day", "one day"),
    (
        "2026-12-28 to 2026-12-31 Works holiday",
        "from one day to another",
    ),
    ("every 01-01 New Year", "a day of every year"),
    (
        "every Saturday 22:00 to 02:00 Backups",
        "hours of a day of every week",
    ),
];

/// Where the examples stand, for screen readers.
const EXAMPLES_ID: &str = "content-examples";

/// What a person can mend, at its field; everything else is a page of its own.
pub(super) fn at_field(error: CalendarError) -> Result<FieldError, AppError> {
    let input = match error {
        CalendarError::NameMissing | CalendarError::NameTooLong | CalendarError::NameTaken => NAME,
        CalendarError::ContentTooLong | CalendarError::Lines(_) => CONTENT,
        CalendarError::InUse { .. } => DELETE,
        CalendarError::NotFound => return Err(AppError::NotFound),
        CalendarError::Failed(error) => return Err(error.into()),
    };
    Ok(field_error(input, error.to_string()))
}

/// What stands in the form.
#[derive(Clone, Default)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) content: String,
}

/// Name, lines, and a file to take lines from.
#[component]
pub(super) fn Fields(entry: Entry, errors: Vec<FieldError>) -> AnyView {
    let name = Labels::required(NAME, "Name").with_error(&errors);
    let content = Labels {
        hint: Some("One on each line, and after it its name. These are the kinds:".to_owned()),
        ..Labels::required(CONTENT, "Days and hours").with_error(&errors)
    };
    let file = Labels {
        hint: Some(
            "An .ics file, as calendar programs export them. Its days are added to the lines above."
                .to_owned(),
        ),
        optional: true,
        ..Labels::required(FILE, "Add from a calendar file").with_error(&errors)
    };
    let rows = entry.content.lines().count().clamp(8, 24);
    let examples = EXAMPLES
        .map(|(line, meaning)| {
            view! {
                <li>
                    <code>{line}</code>
                    " – "
                    {meaning}
                </li>
            }
        })
        .collect_view();
    let lines = view! {
        <ul class="hint examples" id=EXAMPLES_ID>
            {examples}
        </ul>
        <textarea
            id=CONTENT
            name=CONTENT
            class="input input-wide is-code"
            rows=rows
            autocomplete="off"
            spellcheck="false"
            aria-describedby=format!("{} {EXAMPLES_ID}", content.described_by())
            aria-invalid=content.invalid()
        >
            {format!("\n{}", entry.content)}
        </textarea>
    };
    let chosen = view! {
        <input
            id=FILE
            name=FILE
            type="file"
            class="input input-long"
            accept=".ics,text/calendar"
            aria-describedby=file.described_by()
            aria-invalid=file.invalid()
        />
    };
    view! {
        <TextField labels=name value=entry.name />
        <Field labels=content>{lines}</Field>
        <Field labels=file>{chosen}</Field>
    }
    .into_any()
}
