//! Faults on demand, so that tests see what a server does about them. In a release build there are none.
//!
//! `CRASH_AT` names a point at which the process dies, `PANIC_AT` one at which it panics once, and
//! `CLOCK_OFFSET_SECONDS` says how wrong the computer's clock is.

use chrono::TimeDelta;

/// A point at which a test may have the process die, as with `kill -9` (fault case F04), or panic (F09).
pub(crate) fn point(name: &str) {
    #[cfg(debug_assertions)]
    on_demand::point(name);
    #[cfg(not(debug_assertions))]
    let _ = name;
}

/// How far this computer's clock is ahead (fault cases F47 to F50).
pub(crate) fn clock_offset() -> TimeDelta {
    #[cfg(debug_assertions)]
    return on_demand::clock_offset();
    #[cfg(not(debug_assertions))]
    TimeDelta::zero()
}

#[cfg(debug_assertions)]
mod on_demand {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, Ordering};

    use chrono::TimeDelta;

    static HAS_PANICKED: AtomicBool = AtomicBool::new(false);

    pub(super) fn point(name: &str) {
        let asked = |variable| std::env::var_os(variable).is_some_and(|at| at == name);
        if asked("CRASH_AT") {
            std::process::abort();
        }
        assert!(
            !asked("PANIC_AT") || HAS_PANICKED.swap(true, Ordering::Relaxed),
            "asked for by PANIC_AT"
        );
    }

    pub(super) fn clock_offset() -> TimeDelta {
        static OFFSET: OnceLock<TimeDelta> = OnceLock::new();
        *OFFSET.get_or_init(|| {
            let seconds = std::env::var("CLOCK_OFFSET_SECONDS").ok();
            TimeDelta::seconds(seconds.and_then(|text| text.parse().ok()).unwrap_or_default())
        })
    }
}
