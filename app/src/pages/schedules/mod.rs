//! Schedules: making one, and what can be done to it.

pub mod actions;
pub mod edit;
mod editor;
pub mod new;
mod policy_fields;
pub mod preview;
mod submitted;
