//! The part of the editor on what happens when something is in the way. Folded away while it is as usual.

use domain::params::FieldError;
use domain::schedule::PolicyEntry;
use leptos::prelude::*;

use crate::components::field::{Labels, TextField};
use crate::components::radios::Radios;
use crate::components::ticks::Ticks;

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
const FIELDS: [&str; 11] = [
    "calendars",
    "closed",
    "overlap",
    "outage",
    "most",
    "late_limit",
    "retries",
    "retry_after",
    "time_limit",
    "spread",
    "priority",
];

const CLOSED: [(&str, &str); 2] = [("skip", "Do not run"), ("after", "Run when they are over")];

const PRIORITIES: [(&str, &str); 3] = [
    ("high", "Go ahead of other runs"),
    ("normal", "Wait their turn"),
    ("low", "Let other runs go first"),
];

/// The fields.
#[component]
pub(super) fn PolicyFields(
    entry: PolicyEntry,
    /// Id and name of all calendars.
    calendars: Vec<(String, String)>,
    errors: Vec<FieldError>,
) -> AnyView {
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
    let spread = optional(
        "spread",
        "Spread the start over",
        "In minutes. Each schedule starts at its own moment within them, so that not all start at the full hour.",
    );
    view! {
        <details class="more" open=is_open>
            <summary>"If something is in the way"</summary>
            <div>
                <CalendarFields
                    calendars
                    chosen=entry.calendars
                    closed=entry.closed
                    labels=optional("calendars", "Calendars on whose days it does not run", "")
                />
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
                <Radios
                    labels=required("priority", "When not all runs can start at once")
                    options=&PRIORITIES
                    chosen=entry.priority
                />
                <TextField labels=spread value=entry.spread inputmode="numeric" width="short" />
            </div>
        </details>
    }
    .into_any()
}

#[component]
fn CalendarFields(
    calendars: Vec<(String, String)>,
    chosen: String,
    closed: String,
    labels: Labels,
) -> AnyView {
    if calendars.is_empty() {
        return view! {
            <p class="hint">
                "To keep schedules from running on holidays, " <a href="/calendars/new">"make a calendar"</a> " first."
            </p>
        }
        .into_any();
    }
    let chosen = chosen.split(',').map(str::to_owned).collect();
    let labels = Labels { hint: None, ..labels };
    view! {
        <Ticks labels options=calendars chosen />
        <div class="for-calendars">
            <Radios labels=Labels::required("closed", "On these days") options=&CLOSED chosen=closed />
        </div>
    }
    .into_any()
}
