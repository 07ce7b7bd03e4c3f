//! The part of the editor on what happens when something is in the way. Folded away while it is as usual.

use domain::params::FieldError;
use domain::schedule::PolicyEntry;
use leptos::prelude::*;

use crate::components::field::{Labels, TextField};
use crate::components::radios::Radios;

const OVERLAPS: [(&str, &str); 4] = [
    ("skip", "Skip the new run"),
    ("wait", "Let the new run wait until it has ended"),
    ("replace", "Stop it, then start the new run"),
    ("allow", "Let both go on at the same time"),
];

const OUTAGES: [(&str, &str); 3] = [
    ("once", "Run once, for the latest time that was missed"),
    ("every", "Run for each time that was missed, one after the other"),
    ("skip", "Do not make up for them"),
];

/// Names of the fields, in order.
const FIELDS: [&str; 7] = [
    "overlap",
    "outage",
    "most",
    "late_limit",
    "retries",
    "retry_after",
    "time_limit",
];

/// The fields.
#[component]
pub(super) fn PolicyFields(entry: PolicyEntry, errors: Vec<FieldError>) -> AnyView {
    let has_error = errors.iter().any(|error| FIELDS.contains(&error.input.as_str()));
    let is_open = has_error || entry != PolicyEntry::default();
    let required = |input, label| Labels::required(input, label).with_error(&errors);
    let optional = |input, label, hint: &str| Labels {
        optional: true,
        hint: Some(hint.to_owned()),
        ..required(input, label)
    };
    let retry_after = Labels {
        hint: Some("In minutes. Each further try waits twice as long.".to_owned()),
        ..required("retry_after", "Wait before the first try")
    };
    let late_limit = optional(
        "late_limit",
        "Never start later than",
        "In minutes after the time of the schedule.",
    );
    let time_limit = optional(
        "time_limit",
        "Stop a run after",
        "In minutes. Otherwise the task's own limit counts.",
    );
    view! {
        <details class="more" open=is_open>
            <summary>"If something is in the way"</summary>
            <div>
                <Radios
                    labels=required("overlap", "If the previous run is still going")
                    options=&OVERLAPS
                    chosen=entry.overlap
                />
                <Radios
                    labels=required("outage", "If no server was at work for a while")
                    options=&OUTAGES
                    chosen=entry.outage
                />
                <div class="for-every-missed">
                    <TextField
                        labels=required("most", "How many runs to make up for at most")
                        value=entry.most
                        inputmode="numeric"
                        width="short"
                    />
                </div>
                <TextField labels=late_limit value=entry.late_limit inputmode="numeric" width="short" />
                <TextField
                    labels=optional(
                        "retries",
                        "If a run fails, try again so many times",
                        "0 for not at all. Only for failures that may pass by themselves, such as an error of the task.",
                    )
                    value=entry.retries
                    inputmode="numeric"
                    width="short"
                />
                <TextField labels=retry_after value=entry.retry_after inputmode="numeric" width="short" />
                <TextField labels=time_limit value=entry.time_limit inputmode="numeric" width="short" />
            </div>
        </details>
    }
    .into_any()
}
