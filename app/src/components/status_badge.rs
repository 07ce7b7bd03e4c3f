//! The one place where a run's status becomes something to look at.

use domain::run::RunStatus;
use leptos::prelude::*;

use super::icons::StatusIcon;

/// Icon and word, coloured by status.
#[component]
pub fn StatusBadge(
    /// What to show.
    status: RunStatus,
) -> AnyView {
    view! {
        <span class=format!("badge badge-{}", status.code())>
            <StatusIcon status />
            {status.label()}
        </span>
    }
    .into_any()
}
