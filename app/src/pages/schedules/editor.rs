//! The schedule editor: a sentence to complete, and the next runs that follow from it.

use axum::response::Response;
use chrono::Utc;
use domain::params::FieldError;
use domain::schedule::ScheduleEntry;
use leptos::prelude::*;

use super::policy_fields::PolicyFields;
use super::preview;
use super::submitted::Typed;
use crate::components::breadcrumb::Breadcrumb;
use crate::components::error_summary::ErrorSummary;
use crate::components::field::{Labels, TextField};
use crate::components::layout::Section;
use crate::components::radios::Radios;
use crate::islands::{Preview, ScheduleEditor, ZoneSuggestion};
use crate::render::Page;
use crate::routes::AppState;
use crate::session::SignedIn;

/// The task that gets the schedule.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) task: String,
    pub(super) title: String,
    /// Whether it has the settings it needs to run.
    pub(super) is_ready: bool,
}

/// What the editor is open for.
#[derive(Clone)]
pub(super) enum Purpose {
    /// A new schedule.
    Add,
    /// The schedule with this id.
    Change(String),
}

impl Purpose {
    fn title(&self) -> &'static str {
        match self {
            Self::Add => "Add a schedule",
            Self::Change(_) => "Change a schedule",
        }
    }

    fn address(&self, task: &str) -> String {
        match self {
            Self::Add => format!("/tasks/{task}/schedules/new"),
            Self::Change(id) => format!("/schedules/{id}"),
        }
    }
}

/// The editor as a page.
pub(super) fn page(
    state: &AppState,
    who: &SignedIn,
    target: Target,
    purpose: &Purpose,
    typed: Typed,
    errors: Vec<FieldError>,
) -> Response {
    let page = Page::new(format!("{}, {}", purpose.title(), target.title));
    let page = page.section(Section::Tasks).islands(&state.leptos);
    let page = page.with_errors(&errors);
    let preview = preview::of(&typed.entry, Utc::now());
    let purpose = purpose.clone();
    page.render(
        who.viewer(state),
        || view! { <Editor target purpose typed errors preview /> },
    )
}

/// The notice that the settings come first; an error of the same kind leads to it.
pub(super) const SETTINGS_FIRST: &str = "settings-first";

/// Codes of the kinds with what a person reads.
const KINDS: [(&str, &str); 4] = [
    ("minutes", "Every so many minutes"),
    ("hours", "Every so many hours"),
    ("days", "Every so many days, at a time of day"),
    ("cron", "Advanced: a cron expression"),
];

/// The whole page.
#[component]
pub(super) fn Editor(
    target: Target,
    purpose: Purpose,
    typed: Typed,
    errors: Vec<FieldError>,
    preview: Preview,
) -> AnyView {
    let Typed { entry, policy } = typed;
    let task_address = format!("/tasks/{}", target.task);
    let links = vec![
        ("/tasks".to_owned(), "Tasks".to_owned()),
        (task_address.clone(), target.title.clone()),
    ];
    let settings_first = (!target.is_ready).then(|| {
        view! {
            <p class="notice notice-warning" id=SETTINGS_FIRST>
                <span>
                    "This task cannot run yet. " <a href=task_address.clone()>"Fill in its settings first"</a> "."
                </span>
            </p>
        }
    });
    view! {
        <Breadcrumb links />
        <ErrorSummary errors=errors.clone() />
        <div class="page-head">
            <h1>{purpose.title()}</h1>
        </div>
        {settings_first}
        <ScheduleEditor initial=preview>
            <form method="post" action=purpose.address(&target.task) novalidate>
                <Fields entry errors=errors.clone() />
                <PolicyFields entry=policy errors />
                <div class="actions">
                    <button class="button button-primary" name="action" value="save">
                        "Save schedule"
                    </button>
                    <button class="button without-script" name="action" value="preview">
                        "Show next runs"
                    </button>
                </div>
            </form>
        </ScheduleEditor>
    }
    .into_any()
}

#[component]
fn Fields(entry: ScheduleEntry, errors: Vec<FieldError>) -> AnyView {
    let every = Labels {
        hint: Some("A whole number, such as 1 for every one or 2 for every second one.".to_owned()),
        ..Labels::required("every", "How many minutes, hours or days apart").with_error(&errors)
    };
    let at = Labels::required("at", "Time of day").with_error(&errors);
    let cron = Labels {
        hint: Some(
            "Minute, hour, day of month, month, day of week. For example 0 9 * * 1-5 is 09:00 on weekdays."
                .to_owned(),
        ),
        ..Labels::required("cron", "Cron expression").with_error(&errors)
    };
    let zone = Labels {
        hint: Some("A place whose clocks the schedule follows, like Europe/Paris.".to_owned()),
        ..Labels::required("zone", "Time zone").with_error(&errors)
    };
    let zones = chrono_tz::TZ_VARIANTS
        .iter()
        .map(|zone| view! { <option value=zone.name()></option> })
        .collect_view();
    view! {
        <Radios
            labels=Labels::required("kind", "How often").with_error(&errors)
            options=&KINDS
            chosen=entry.kind
        />
        <div class="for-interval">
            <TextField labels=every value=entry.every inputmode="numeric" width="short" />
        </div>
        <div class="for-days">
            <TextField labels=at value=entry.at kind="time" width="short" />
        </div>
        <div class="for-cron">
            <TextField labels=cron value=entry.cron />
        </div>
        <TextField labels=zone value=entry.zone list="zones" />
        <ZoneSuggestion input_id="zone".to_owned() when_empty=String::new() />
        <datalist id="zones">{zones}</datalist>
    }
    .into_any()
}
