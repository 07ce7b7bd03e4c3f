//! When a credential's secret stops working.

use chrono::NaiveDate;
use domain::run::RunStatus;
use domain::run_out::{RunOut, run_out_words};
use leptos::prelude::*;

use super::icons::{StatusIcon, WarningIcon};
use crate::render::Viewer;

/// `Runs out in 12 days`, with an icon once people should do something; nothing where no day is known.
#[component]
pub fn RunOutBadge(
    /// The last day on which it works.
    day: Option<NaiveDate>,
) -> AnyView {
    let today = Viewer::current().today();
    let Some(day) = day else {
        return ().into_any();
    };
    let words = run_out_words(day, today);
    match RunOut::of(day, today) {
        RunOut::Later => view! { <span>{words}</span> }.into_any(),
        RunOut::Soon => {
            view! { <span class="badge badge-attention"><WarningIcon />{words}</span> }.into_any()
        }
        RunOut::Past => view! {
            <span class="badge badge-failed"><StatusIcon status=RunStatus::Failed />{words}</span>
        }
        .into_any(),
    }
}
