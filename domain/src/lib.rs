//! Pure logic shared by the server and the browser: no I/O, no clock, compiles to WebAssembly.
//!
//! * [`params`]: what a task asks for, the form made from it, and its validation
//! * [`schedule`]: when a task runs next
//! * [`run`]: states of a run, why it failed, and what a task may return
//! * [`task`]: a task as found in its folder, or the problem that keeps it from loading
//! * [`run_out`]: the day on which a secret stops working
//! * [`secret`]: the type for values that nobody may read back
//! * [`words`]: durations, counts and times as people read them

pub mod calendar;
mod coded;
pub mod params;
pub mod run;
pub mod run_out;
pub mod schedule;
pub mod secret;
pub mod task;
pub mod words;
