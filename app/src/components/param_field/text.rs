//! What is typed: numbers, several lines, moments, passwords.

use leptos::prelude::*;

use super::choice::TickLine;
use crate::components::field::{Field, Labels, TextField};
use crate::islands::{RevealToggle, ZoneSuggestion};
use crate::render::Viewer;

/// Id of the page's list of time zones.
const ZONES: &str = "zones";
/// A field for several lines is at least this high.
const FEWEST_ROWS: usize = 4;
/// And at most this high; longer text scrolls.
const MOST_ROWS: usize = 14;

/// Several lines; a typewriter face for code.
#[component]
pub(super) fn Lines(labels: Labels, value: String, code: bool) -> AnyView {
    let class = if code {
        "input input-wide is-code"
    } else {
        "input input-wide"
    };
    let rows = (value.lines().count() + 1).clamp(FEWEST_ROWS, MOST_ROWS);
    let input = view! {
        <textarea
            id=labels.input.clone()
            name=labels.input.clone()
            class=class
            rows=rows
            autocomplete="off"
            autocapitalize=code.then_some("off")
            spellcheck=code.then_some("false")
            placeholder=labels.placeholder.clone()
            aria-describedby=labels.described_by()
            aria-invalid=labels.invalid()
        >
            {textarea_text(&value)}
        </textarea>
    };
    view! { <Field labels>{input}</Field> }.into_any()
}

/// Text as it stands in a `<textarea>`. Leptos writes the children of this one element as they are, so that markup has to
/// be undone here; and HTML drops one line break at the start, which may be one that was typed.
fn textarea_text(value: &str) -> String {
    let start = if value.starts_with('\n') { "\n" } else { "" };
    format!("{start}{}", value.replace('&', "&amp;").replace('<', "&lt;"))
}

/// A number, with its unit behind it.
#[component]
pub(super) fn Number(labels: Labels, value: String, whole: bool, unit: Option<String>) -> AnyView {
    let inputmode = if whole { "numeric" } else { "decimal" };
    let Some(unit) = unit else {
        return view! { <TextField labels value inputmode width="short" /> }.into_any();
    };
    let unit_id = format!("{}-unit", labels.input);
    let input = view! {
        <div class="input-group">
            <input
                id=labels.input.clone()
                name=labels.input.clone()
                type="text"
                class="input input-short"
                value=value
                autocomplete="off"
                inputmode=inputmode
                placeholder=labels.placeholder.clone()
                aria-describedby=format!("{unit_id} {}", labels.described_by())
                aria-invalid=labels.invalid()
            />
            <span class="unit" id=unit_id>
                {unit}
            </span>
        </div>
    };
    view! { <Field labels>{input}</Field> }.into_any()
}

/// A moment: date and time by the clocks of a place.
#[component]
pub(super) fn Moment(labels: Labels, value: String, zone: String) -> AnyView {
    let zone_input = format!("{}.zone", labels.input);
    let zone_hint = format!("{zone_input}-hint");
    let here = Viewer::current().zone.name();
    view! {
        <fieldset class="field" aria-describedby=labels.described_by()>
            <legend>{labels.label.clone()} {labels.optional_word()}</legend>
            {labels.hint_view()}
            {labels.error_view()}
            <div class="parts">
                <div class="part">
                    <label for=labels.input.clone()>"Date and time"</label>
                    <input
                        id=labels.input.clone()
                        name=labels.input.clone()
                        type="datetime-local"
                        class="input input-medium"
                        value=value
                        autocomplete="off"
                        aria-invalid=labels.invalid()
                    />
                </div>
                <div class="part">
                    <label for=zone_input.clone()>"Time zone"</label>
                    <input
                        id=zone_input.clone()
                        name=zone_input.clone()
                        type="text"
                        class="input input-medium"
                        value=zone
                        list=ZONES
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        aria-describedby=zone_hint.clone()
                    />
                </div>
            </div>
            <p class="hint" id=zone_hint>
                {format!("A place whose clocks it follows. Empty means {here}.")}
            </p>
            <ZoneSuggestion input_id=zone_input when_empty=here.to_owned() />
        </fieldset>
    }
    .into_any()
}

/// The names that the browser offers for a time zone, once on each page that has such a field.
#[component]
pub fn ZoneNames() -> AnyView {
    let zones = chrono_tz::TZ_VARIANTS
        .iter()
        .map(|zone| view! { <option value=zone.name()></option> })
        .collect_view();
    view! { <datalist id=ZONES>{zones}</datalist> }.into_any()
}

/// A password, always drawn empty.
#[component]
pub fn PasswordField(
    /// What stands around it.
    labels: Labels,
    /// `current-password` to sign in, else `new-password`.
    autocomplete: &'static str,
) -> AnyView {
    let (input_id, label) = (labels.input.clone(), labels.label.clone());
    let input = view! {
        <div class="input-group">
            <input
                id=labels.input.clone()
                name=labels.input.clone()
                type="password"
                class="input input-long"
                autocomplete=autocomplete
                autocapitalize="off"
                spellcheck="false"
                placeholder=labels.placeholder.clone()
                aria-describedby=labels.described_by()
                aria-invalid=labels.invalid()
            />
            <RevealToggle input_id label />
        </div>
    };
    view! { <Field labels>{input}</Field> }.into_any()
}

/// A task's password, with the wish to forget the saved one where that is allowed.
#[component]
pub(super) fn ParamPassword(labels: Labels, saved: bool) -> AnyView {
    let clear = format!("{}.clear", labels.input);
    let may_clear = saved && labels.optional;
    let clear_box = may_clear.then(|| {
        let word = format!("Remove the saved {}", labels.label);
        view! { <TickLine id=clear word checked=false /> }
    });
    view! {
        <PasswordField labels autocomplete="new-password" />
        {clear_box}
    }
    .into_any()
}
