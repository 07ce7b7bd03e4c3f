//! Schedules: making one, and what can be done to it.

pub mod actions;
mod editor;
pub mod new;
pub mod preview;
