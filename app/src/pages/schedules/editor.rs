//! The schedule editor: a sentence to complete, and the next runs that follow from it.

use axum::response::Response;
use chrono::Utc;
use domain::params::FieldError;
use engine::scheduler::{Kept, ScheduleChange};
use leptos::prelude::*;

use super::calendars::Calendars;
use super::changes::Changes;
use super::copying::{Copied, Copying};
use super::own_values::{OwnFields, OwnValues};
use super::policy_fields::PolicyFields;
use super::preview;
use super::rule_fields::RuleFields;
use super::submitted::Typed;
use crate::components::breadcrumb::Breadcrumb;
use crate::components::error_summary::ErrorSummary;
use crate::components::field::Labels;
use crate::components::layout::Section;
use crate::components::radios::Radios;
use crate::error::AppError;
use crate::islands::{Preview, ScheduleEditor};
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
    /// The schedule that is changed.
    pub(super) fn id(&self) -> Option<&str> {
        match self {
            Self::Add => None,
            Self::Change(id) => Some(id),
        }
    }

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

/// What stands in the form.
#[derive(Clone)]
pub(super) struct Entered {
    pub(super) typed: Typed,
    pub(super) own: OwnValues,
    /// The preset whose values were just copied into it.
    pub(super) copied: Option<Copied>,
    /// Of a new one, whether it starts at once: a code of [`STARTS`].
    pub(super) start: String,
    pub(super) errors: Vec<FieldError>,
}

/// What can be chosen in it.
#[derive(Clone)]
struct Offered {
    /// Id and name.
    calendars: Vec<(String, String)>,
    /// Id and sentence of every other schedule.
    schedules: Vec<(String, String)>,
    copying: Copying,
}

/// What became of a schedule so far.
struct Past {
    changes: Vec<ScheduleChange>,
    kept: Kept,
}

/// So many occurrences are counted.
const LAST: u32 = 20;

/// The editor as a page.
pub(super) async fn page(
    state: &AppState,
    who: &SignedIn,
    target: Target,
    purpose: Purpose,
    entered: Entered,
) -> Result<Response, AppError> {
    let calendars = Calendars::load(state).await?;
    let offered = Offered {
        calendars: calendars.names(),
        schedules: others(state, purpose.id()).await?,
        copying: Copying::load(state, &target.task, entered.copied.clone()).await?,
    };
    let page = Page::new(format!("{}, {}", purpose.title(), target.title));
    let page = page.section(Section::Tasks);
    let page = page.with_errors(&entered.errors);
    let usual = preview::usual(state, &target.task).await?;
    let preview = preview::of(&entered.typed, &calendars, usual, None, Utc::now());
    let past = match purpose.id() {
        Some(id) => Some(Past {
            changes: state.engine.schedules.list_changes(id).await?,
            kept: state.engine.schedules.last_kept(id, LAST).await?,
        }),
        None => None,
    };
    Ok(page.render(
        who.viewer(state),
        || view! { <Editor target purpose entered offered preview past /> },
    ))
}

/// Every schedule but one, as its task and its times.
async fn others(state: &AppState, but: Option<&str>) -> Result<Vec<(String, String)>, AppError> {
    let schedules = state.engine.schedules.list().await?;
    let others = schedules
        .into_iter()
        .filter(|schedule| Some(schedule.id.as_str()) != but);
    let mut others: Vec<_> = others
        .map(|schedule| {
            let title = state.engine.catalog.title_of(&schedule.task_name);
            (
                schedule.id,
                format!("{title}: {}", schedule.timetable.rule.describe()),
            )
        })
        .collect();
    others.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(others)
}

/// The field that says what happens when a new schedule is saved.
pub(super) const START: &str = "start";
/// Keep it paused.
pub(super) const PAUSED: &str = "paused";
const STARTS: [(&str, &str); 2] = [
    ("now", "Start it at once"),
    (PAUSED, "Keep it paused until I have checked it"),
];

/// The notice that the settings come first; an error of the same kind leads to it.
pub(super) const SETTINGS_FIRST: &str = "settings-first";

/// The whole page.
#[component]
fn Editor(
    target: Target,
    purpose: Purpose,
    entered: Entered,
    offered: Offered,
    preview: Preview,
    past: Option<Past>,
) -> AnyView {
    let Entered {
        typed,
        own,
        start,
        errors,
        ..
    } = entered;
    let Typed { entry, policy } = typed;
    let Offered {
        calendars,
        schedules,
        copying,
    } = offered;
    let task_address = format!("/tasks/{}", target.task);
    let links = vec![
        ("/tasks".to_owned(), "Tasks".to_owned()),
        (task_address.clone(), target.title.clone()),
    ];
    let start = matches!(purpose, Purpose::Add).then(|| {
        let labels = Labels {
            hint: Some("A paused schedule can be run once to check it, and started afterwards.".to_owned()),
            ..Labels::required(START, "When it is saved")
        };
        view! { <Radios labels options=&STARTS chosen=start /> }
    });
    let (kept, changes) = past.map(|past| (past.kept, past.changes)).unzip();
    let id = purpose.id().map(str::to_owned);
    let happened = kept
        .zip(id.clone())
        .and_then(|(kept, id)| happened(kept, &target.task, &id));
    let earlier = id.zip(changes);
    let earlier = earlier.map(|(schedule, changes)| view! { <Changes schedule changes /> });
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
            {happened}
        </div>
        {settings_first}
        <ScheduleEditor initial=preview>
            <form method="post" action=purpose.address(&target.task) novalidate>
                // Enter in a field saves, though the button that copies a preset comes first.
                <button name="action" value="save" hidden>
                    "Save schedule"
                </button>
                <RuleFields entry schedules errors=errors.clone() />
                <OwnFields own copying errors=errors.clone() />
                <input type="hidden" name=preview::TASK value=target.task.clone() />
                <PolicyFields entry=policy calendars errors />
                {start}
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
        {earlier}
    }
    .into_any()
}

/// Two numbers on the last occurrences, and the way to all of them; nothing before the first.
fn happened(kept: Kept, task: &str, schedule: &str) -> Option<AnyView> {
    let Kept { due, ran } = kept;
    let sentence = match (due, due - ran) {
        (0, _) => return None,
        (1, 0) => "The last occurrence ran. ".to_owned(),
        (1, _) => "The last occurrence was skipped. ".to_owned(),
        (due, skipped) => format!("Skipped occurrences: {skipped} of the last {due}. "),
    };
    let view = view! {
        <p class="lead">
            {sentence} <a href=format!("/runs?task={task}&schedule={schedule}")>"Its runs"</a>
        </p>
    };
    Some(view.into_any())
}
