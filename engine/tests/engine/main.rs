//! The engine as a whole: real database, real Python, real processes.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod accounts;
mod artifacts;
mod attention;
mod changes;
mod choices;
mod common;
mod connected;
mod credentials;
mod database;
mod documents;
mod environments;
mod failures;
mod fixtures;
mod history;
mod hot_reload;
mod isolation;
mod locks;
mod log_search;
mod many;
mod migrations;
mod overview;
mod policies;
mod presets;
mod proxy;
mod reports;
mod results;
mod room;
mod running_out;
mod runs;
mod schedule_list;
mod schedules;
mod servers;
mod sqlite;
mod stalls;
mod start_links;
mod stopping;
mod tasks;
mod text;
mod timetables;
mod uploads;
mod users;
mod values;
mod waiting;
