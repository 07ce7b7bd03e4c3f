//! The doctor: every folder of the tasks folder, what is wrong with it, and looking again.

mod check;
mod folder;
mod packages;
pub mod show;

pub use check::{check_all, check_one};
pub use show::show;
