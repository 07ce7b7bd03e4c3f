//! Calendars: days and hours in which the schedules that use them do not run.

pub mod actions;
pub mod edit;
mod fields;
pub mod list;

/// What a calendar is, said where people meet one.
const MEANING: &str = "A calendar lists holidays and other times. Schedules that use it do not run on them.";
