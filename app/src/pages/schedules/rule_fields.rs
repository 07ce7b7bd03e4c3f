//! The part of the editor on when the task runs.

use domain::params::FieldError;
use domain::schedule::{ScheduleEntry, WEEK, weekday_name};
use leptos::prelude::*;

use crate::components::field::{Labels, TextField};
use crate::components::radios::Radios;
use crate::components::select::SelectField;
use crate::components::ticks::Ticks;
use crate::islands::ZoneSuggestion;

/// Codes of the kinds with what a person reads.
const KINDS: [(&str, &str); 8] = [
    ("days", "Every day, or every so many days"),
    ("weekdays", "On certain days of the week"),
    ("month", "On certain days of the month"),
    ("hours", "Every so many hours"),
    ("minutes", "Every so many minutes"),
    ("once", "Once"),
    ("after", "After another schedule has succeeded"),
    ("cron", "Advanced: a cron expression"),
];

/// The fields. Those that do not belong to the chosen kind are hidden by the style sheet.
#[component]
pub(super) fn RuleFields(
    entry: ScheduleEntry,
    /// Id and sentence of the schedules it may come after.
    schedules: Vec<(String, String)>,
    errors: Vec<FieldError>,
) -> AnyView {
    let required = |input, label| Labels::required(input, label).with_error(&errors);
    let hinted = |input, label, hint: &str| Labels {
        hint: Some(hint.to_owned()),
        ..required(input, label)
    };
    let every = hinted(
        "every",
        "How many minutes, hours or days apart",
        "A whole number, such as 1 for every one or 2 for every second one.",
    );
    let at = hinted(
        "at",
        "Times of day",
        "One or more, such as 09:00 or 09:00, 13:30, 17:00.",
    );
    let month_days = hinted(
        "month_days",
        "Days of the month",
        "Such as 1, 15 or last, first Monday, last Friday. In a shorter month, 31 is its last day.",
    );
    let cron = hinted(
        "cron",
        "Cron expression",
        "Minute, hour, day of month, month, day of week. For example 0 9 * * 1-5 is 09:00 on weekdays.",
    );
    let weekdays = WEEK.map(|day| (day.to_string(), weekday_name(day).to_owned()));
    let on = entry.on.split(',').map(str::to_owned).collect();
    view! {
        <Radios labels=required("kind", "How often") options=&KINDS chosen=entry.kind />
        <div class="for-interval">
            <TextField labels=every value=entry.every inputmode="numeric" width="short" />
        </div>
        <div class="for-weekdays">
            <Ticks labels=required("on", "Days of the week") options=weekdays.to_vec() chosen=on />
        </div>
        <div class="for-month">
            <TextField labels=month_days value=entry.month_days />
        </div>
        <div class="for-times">
            <TextField labels=at value=entry.at />
        </div>
        <div class="for-once">
            <TextField
                labels=required("once", "Date and time")
                value=entry.once
                kind="datetime-local"
                width="medium"
            />
        </div>
        <div class="for-after">
            <After labels=required("after", "Which schedule") schedules chosen=entry.after />
        </div>
        <div class="for-cron">
            <TextField labels=cron value=entry.cron />
        </div>
        <Zone labels=hinted(
            "zone",
            "Time zone",
            "A place whose clocks the schedule follows, like Europe/Paris.",
        ) value=entry.zone />
        <Span from=entry.from until=entry.until errors />
    }
    .into_any()
}

#[component]
fn After(labels: Labels, schedules: Vec<(String, String)>, chosen: String) -> AnyView {
    let none = if schedules.is_empty() {
        "There is no other schedule yet"
    } else {
        "Select a schedule"
    };
    let mut options = vec![(String::new(), none.to_owned())];
    options.extend(schedules);
    view! { <SelectField labels options chosen /> }.into_any()
}

#[component]
fn Zone(labels: Labels, value: String) -> AnyView {
    let zones = chrono_tz::TZ_VARIANTS
        .iter()
        .map(|zone| view! { <option value=zone.name()></option> })
        .collect_view();
    view! {
        <TextField labels value list="zones" />
        <ZoneSuggestion input_id="zone".to_owned() when_empty=String::new() />
        <datalist id="zones">{zones}</datalist>
    }
    .into_any()
}

/// The first and the last day, folded away while there is neither.
#[component]
fn Span(from: String, until: String, errors: Vec<FieldError>) -> AnyView {
    let is_wrong = errors
        .iter()
        .any(|error| ["from", "until"].contains(&error.input.as_str()));
    let is_open = is_wrong || !from.is_empty() || !until.is_empty();
    let day = |input, label| Labels {
        optional: true,
        ..Labels::required(input, label).with_error(&errors)
    };
    view! {
        <details class="more" open=is_open>
            <summary>"First and last day"</summary>
            <div>
                <TextField labels=day("from", "First day") value=from kind="date" width="medium" />
                <TextField labels=day("until", "Last day") value=until kind="date" width="medium" />
            </div>
        </details>
    }
    .into_any()
}
