//! The islands: what needs the browser. Each improves a part that the server has drawn and that works without it.
//!
//! Everything else in this crate is server only, so what stands here is all that becomes WebAssembly.

#![allow(missing_docs)] // `#[island]` writes structs of its own, without any

mod asked;
pub mod checked_form;
mod errors;
pub mod find_palette;
pub mod keep_current;
pub mod live_log;
mod log_line;
pub mod match_walk;
mod page;
pub mod reveal;
pub mod run_news;
mod run_progress;
mod run_summary;
pub mod schedule_preview;
pub mod tick_all;
pub mod zone_suggestion;

pub use asked::{count_id, count_words, dependent_id};
pub use checked_form::{CheckedForm, FormAnswer, chosen_input};
pub use errors::{ERROR_SUMMARY_ID, error_id, summary_items};
pub use find_palette::{FindPalette, Found};
pub use keep_current::{CURRENT_ID, KeepCurrent};
pub use live_log::{LiveLog, WRAP_COOKIE, WRAP_ID};
pub use log_line::{BEFORE, WireLine, log_line};
pub use match_walk::MatchWalk;
pub use reveal::RevealToggle;
pub use run_news::RunNews;
pub use run_progress::{WireProgress, run_progress};
pub use run_summary::{LOG_LINKS_ID, RUN_SUMMARY_ID};
pub use schedule_preview::{HERE, Preview, PreviewRun, ScheduleEditor, preview_list};
pub use tick_all::TickAll;
pub use zone_suggestion::ZoneSuggestion;
