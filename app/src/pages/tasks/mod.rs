//! Tasks: the list, one task with its settings, running it.

mod data;
pub mod detail;
pub mod list;
mod readiness;
mod recent_runs;
pub mod run;
mod schedule_list;
pub mod settings;
mod settings_form;

pub use readiness::{Readiness, missing_settings};
pub(crate) use run::new_form_key;
