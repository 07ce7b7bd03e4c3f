//! Everything with I/O below the web: database, queue, scheduler, runner, tasks, vault, accounts.
//!
//! [`Engine`] is the handle that pages use. `start` sets the loops going, `stop` ends them and the runs they watch.

mod alive;
mod boot;
mod config;
mod db;
mod elsewhere;
mod engine;
mod error;
mod queue;
mod runner;
mod running;
mod signals;
mod trial;

pub mod auth;
pub mod author;
pub mod calendars;
pub mod choices;
pub mod connections;
pub mod credentials;
pub mod environments;
pub mod presets;
pub mod runs;
pub mod scheduler;
pub mod settings;
pub mod start_links;
pub mod tasks;
pub mod uploads;
pub mod vault;

pub use config::{Config, EnvironmentPolicy, PassedVariable, Role, TASK_SETTINGS};
pub use db::{Copied, CopyError, copy_database};
pub use engine::Engine;
pub use error::Error;
pub use ipnet::IpNet;
pub use running::Running;
