//! Icons, drawn for this product. All are decoration: the words beside them carry the meaning.

use domain::run::RunStatus;
use leptos::prelude::*;

/// The product's mark: three points of a mesh, one of them done.
#[component]
pub fn Logo() -> AnyView {
    view! {
        <svg class="logo" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
            <rect class="logo-ground" width="32" height="32" rx="8" />
            <g class="logo-lines">
                <path d="M9 11.5 L16.5 8.5" />
                <path d="M9 12.5 L9 21" />
                <path d="M10.5 21.5 L17 10" />
                <circle class="logo-point" cx="9" cy="11.5" r="2.5" />
                <circle class="logo-point" cx="18" cy="8.5" r="2.5" />
                <circle class="logo-point" cx="9" cy="22.5" r="2.5" />
                <path class="logo-check" d="M16 20.5 L19.5 24 L26 16" />
            </g>
        </svg>
    }
    .into_any()
}

/// A shape for each status, told apart by its outline alone.
#[component]
pub fn StatusIcon(
    /// Whose shape.
    status: RunStatus,
) -> AnyView {
    let class = if status == RunStatus::Running {
        "icon is-spinning"
    } else {
        "icon"
    };
    let shape = match status {
        RunStatus::Success => view! { <circle cx="10" cy="10" r="8" /><path d="M6.2 10.4 L9 13 L13.8 7.4" /> }.into_any(),
        RunStatus::Failed => {
            view! { <path d="M6.7 2 H13.3 L18 6.7 V13.3 L13.3 18 H6.7 L2 13.3 V6.7 Z" /><path d="M7 7 L13 13 M13 7 L7 13" /> }
                .into_any()
        }
        RunStatus::Running => view! { <path d="M10 2 A8 8 0 1 1 2 10" /> }.into_any(),
        RunStatus::Queued => view! { <circle cx="10" cy="10" r="8" /><path d="M10 5.5 V10 L13 12" /> }.into_any(),
        RunStatus::Cancelled => view! { <circle cx="10" cy="10" r="8" /><path d="M4.5 4.5 L15.5 15.5" /> }.into_any(),
        RunStatus::Skipped => view! { <path d="M4 5 L10 10 L4 15" /><path d="M10 5 L16 10 L10 15" /> }.into_any(),
    };
    view! {
        <svg class=class viewBox="0 0 20 20" width="16" height="16" aria-hidden="true" focusable="false">
            {shape}
        </svg>
    }
    .into_any()
}

/// A triangle with a mark, for problems.
#[component]
pub fn WarningIcon() -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
            <path d="M10 2.5 L18.5 17 H1.5 Z" />
            <path d="M10 8 V12" />
            <path d="M10 14.4 V14.6" />
        </svg>
    }
    .into_any()
}

/// Two bars: paused.
#[component]
pub fn PauseIcon() -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" width="16" height="16" aria-hidden="true" focusable="false">
            <path d="M7 4 V16 M13 4 V16" />
        </svg>
    }
    .into_any()
}

/// A folder, for lists that are still empty.
#[component]
pub fn FolderIcon() -> AnyView {
    view! {
        <svg class="icon icon-large" viewBox="0 0 48 48" width="48" height="48" aria-hidden="true" focusable="false">
            <path d="M5 14 V36 Q5 39 8 39 H40 Q43 39 43 36 V18 Q43 15 40 15 H24 L20 10 H8 Q5 10 5 14 Z" />
            <path d="M24 22 V32 M19 27.5 L24 32.5 L29 27.5" />
        </svg>
    }
    .into_any()
}
