//! Schedules: making one, and what can be done to it.

pub mod actions;
mod asked;
pub mod bulk;
mod calendars;
pub mod changes;
pub mod check;
mod copying;
pub mod edit;
mod editor;
mod filters;
pub mod list;
pub mod new;
mod own_values;
mod policy_fields;
pub mod preview;
mod rule_fields;
mod submitted;
mod table;

use chrono::{DateTime, Utc};
use domain::params::FieldError;
use domain::schedule::Plan;
use engine::scheduler::ScheduleError;

pub(crate) use self::calendars::Calendars;
use self::editor::Entered;
pub(crate) use self::own_values::{Base, can_be_own};
use self::submitted::Typed;
use crate::components::error_summary::field_error;
use crate::error::AppError;
use crate::form::Submitted;

/// What was entered, with every mistake, and the plan that was meant if there is none.
fn meant(base: &Base, form: &Submitted, now: DateTime<Utc>) -> (Entered, Option<Plan>) {
    let typed = Typed::new(form.pairs());
    let (own, params) = base.read(form);
    let (plan, errors) = match (typed.plan(now), params) {
        (Ok(plan), Ok(params)) => (Some(Plan { params, ..plan }), Vec::new()),
        (plan, params) => {
            let errors = plan.err().into_iter().chain(params.err()).flatten();
            (None, errors.collect())
        }
    };
    let start = form.get(editor::START).to_owned();
    let entered = Entered {
        typed,
        own,
        copied: None,
        start,
        errors,
    };
    (entered, plan)
}

/// What a person can mend, at its field; everything else is a page of its own.
fn at_field(error: ScheduleError) -> Result<FieldError, AppError> {
    match error {
        ScheduleError::Circle | ScheduleError::PredecessorGone => Ok(field_error("after", error.to_string())),
        ScheduleError::HasFollowers { .. } => Ok(field_error("schedules", error.to_string())),
        ScheduleError::Failed(error) => Err(error.into()),
    }
}
