//! The pages, one folder per resource, with the actions that their forms call.

#![allow(unreachable_pub)] // `#[component]` makes the builders of its properties public, however it is called

pub mod account;
pub mod calendars;
pub mod credentials;
pub mod doctor;
pub mod find;
pub mod gallery;
pub mod help;
pub mod home;
pub mod presets;
pub mod runs;
pub mod schedules;
pub mod start_links;
pub mod tasks;
pub mod week;
