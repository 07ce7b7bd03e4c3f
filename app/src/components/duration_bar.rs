//! How long a run took, beside what is usual for its task.

use domain::run::UsualDuration;
use domain::words;
use leptos::prelude::*;

/// The duration in words, with a bar that is full at what nearly all runs of the task stay below.
#[component]
pub fn DurationBar(
    /// In milliseconds; none for a run that never began.
    took: Option<i64>,
    /// Whether the run goes on.
    is_running: bool,
    /// What is usual; without it there is no bar.
    usual: Option<UsualDuration>,
) -> AnyView {
    let Some(took) = took else {
        return view! { <span class="muted">"–"</span> }.into_any();
    };
    let so_far = if is_running { " so far" } else { "" };
    let is_long = usual.is_some_and(|usual| usual.is_long(took));
    let bar = usual.map(|usual| view! { <Bar share=usual.share(took) is_long /> });
    let long = is_long.then(|| view! { <span class="duration-long">"Longer than usual"</span> });
    view! {
        <span class="duration">
            <span class="number">{format!("{}{so_far}", words::duration(took))}</span>
            {bar}
            {long}
        </span>
    }
    .into_any()
}

/// Decoration: the words beside it say the same.
#[component]
fn Bar(share: i64, is_long: bool) -> AnyView {
    let class = if is_long { "bar is-long" } else { "bar" };
    view! {
        <svg class=class viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect class="bar-ground" width="1000" height="10" />
            <rect class="bar-fill" width=share.max(15) height="10" />
        </svg>
    }
    .into_any()
}
