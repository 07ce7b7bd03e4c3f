//! Tasks: the list, one task with its settings, running it.

pub mod asked;
mod attention;
pub mod check;
mod data;
pub mod detail;
mod folders;
mod form_state;
pub mod list;
mod other_values;
mod readiness;
mod recent_runs;
mod row;
pub mod run;
mod schedule_item;
mod schedule_list;
mod search;
mod sections;
pub mod settings;
mod settings_form;
mod uploads;

pub(crate) use asked::form_answer;
pub(crate) use other_values::{OtherFields, SETTINGS_ID, at_fields, typed_values};
pub use readiness::{Readiness, Standing};
pub(crate) use run::{form_key_of, new_form_key};
pub(crate) use settings_form::ParamSections;
