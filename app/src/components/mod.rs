//! What pages are made of.

pub mod breadcrumb;
pub mod duration_bar;
pub mod empty_state;
pub mod error_summary;
pub mod field;
pub mod flash;
pub mod icons;
pub mod layout;
pub mod markdown;
pub mod pagination;
pub mod param_field;
pub mod problem;
pub mod radios;
pub mod records;
pub mod result;
pub mod run_chart;
pub mod run_out;
pub mod run_strip;
pub mod run_table;
pub mod select;
pub mod status_badge;
pub mod ticks;
pub mod time;
