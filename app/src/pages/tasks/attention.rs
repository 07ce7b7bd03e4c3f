//! What keeps a task's settings from being used, since its code changed.

use domain::params::Attention;
use leptos::prelude::*;

use super::readiness::{SAVE_BUTTON, Standing};
use crate::components::icons::WarningIcon;

/// At the top of the task's page: what to look at, each with a link to its field.
#[component]
pub(super) fn AttentionNotice(attention: Vec<Attention>) -> AnyView {
    let items = attention
        .into_iter()
        .map(|attention| {
            let input = attention.input.unwrap_or_else(|| SAVE_BUTTON.to_owned());
            view! {
                <li>
                    <a href=format!("#{input}")>{attention.sentence}</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="notice notice-warning" aria-labelledby="attention-title">
            <WarningIcon />
            <div>
                <h2 class="notice-title" id="attention-title">
                    "Needs attention: the task has changed"
                </h2>
                <p>"It does not run until these settings are looked at and saved."</p>
                <ul>{items}</ul>
            </div>
        </section>
    }
    .into_any()
}

/// In lists: a word where a task cannot run as it is.
#[component]
pub(super) fn StandingBadge(standing: Standing) -> AnyView {
    let words = match standing {
        Standing::Ready => return ().into_any(),
        Standing::NotSetUp => "Needs settings",
        Standing::NeedsAttention(_) => "Needs attention",
    };
    view! {
        <span class="badge badge-attention">
            <WarningIcon />
            {words}
        </span>
    }
    .into_any()
}
