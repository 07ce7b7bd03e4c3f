//! Times as people read them: how far away, and exactly, in the viewer's zone.

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use domain::words;
use leptos::prelude::*;

use crate::render::Viewer;

/// `5 minutes ago`, with the exact time under it.
#[component]
pub fn When(
    /// The instant.
    at: DateTime<Utc>,
    /// Whose clock the exact time is by; the viewer's if not given.
    #[prop(optional)]
    zone: Option<Tz>,
) -> AnyView {
    let viewer = Viewer::current();
    let (zone, now) = (zone.unwrap_or(viewer.zone), viewer.now);
    view! {
        <span class="when">
            <span class="when-relative">{words::relative(at, now)}</span>
            <time class="when-exact" datetime=iso(at)>
                {words::exact(at, zone)}
            </time>
        </span>
    }
    .into_any()
}

/// `Mon 2 Mar 2026, 09:00:05 CET`, with `5 minutes ago` under it.
#[component]
pub fn Exactly(
    /// The instant.
    at: DateTime<Utc>,
) -> AnyView {
    let Viewer { zone, now, .. } = Viewer::current();
    view! {
        <time datetime=iso(at)>{words::exact_seconds(at, zone)}</time>
        " "
        <span class="muted">{words::relative(at, now)}</span>
    }
    .into_any()
}

/// `5 minutes ago` alone, for lists too narrow for more; the exact time is on the page it leads to.
#[component]
pub fn Relative(
    /// The instant.
    at: DateTime<Utc>,
) -> AnyView {
    let Viewer { zone, now, .. } = Viewer::current();
    view! {
        <time datetime=iso(at) title=words::exact(at, zone)>
            {words::relative(at, now)}
        </time>
    }
    .into_any()
}

/// `3 Mar 2026` in the viewer's zone.
pub fn date(at: DateTime<Utc>) -> String {
    at.with_timezone(&Viewer::current().zone)
        .format("%-d %b %Y")
        .to_string()
}

/// For machines.
pub fn iso(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
