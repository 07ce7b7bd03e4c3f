//! A secret that people type: replacing it, and the day on which it runs out.

use chrono::NaiveDate;
use domain::run_out::{RunOut, day_words};
use leptos::prelude::*;

use super::detail::Rejected;
use super::fields::{DAY, DayField, NEW_DAY, SecretField};
use super::test::TestCard;
use crate::components::run_out::RunOutBadge;
use crate::render::Viewer;

/// A form for each.
#[component]
pub(super) fn SecretCards(
    /// The credential's.
    address: String,
    runs_out_on: Option<NaiveDate>,
    is_used: bool,
    rejected: Rejected,
) -> AnyView {
    let Rejected {
        day, new_day, errors, ..
    } = rejected;
    let day = day.unwrap_or_else(|| runs_out_on.map(|day| day.to_string()).unwrap_or_default());
    view! {
        <section class="card" aria-labelledby="replace-title">
            <h2 id="replace-title">"Replace the secret"</h2>
            <RanOut day=runs_out_on />
            <form method="post" action=format!("{address}/replace") novalidate>
                <SecretField label="New secret" again=new_day.is_some() errors=errors.clone() />
                <DayField input=NEW_DAY value=new_day.unwrap_or_default() errors=errors.clone() />
                <button class="button button-primary">"Replace secret"</button>
            </form>
        </section>
        <TestCard address=address.clone() is_used />
        <section class="card" aria-labelledby="day-title">
            <h2 id="day-title">"When the present secret runs out"</h2>
            <form method="post" action=format!("{address}/day") novalidate>
                <DayField input=DAY value=day errors />
                <button class="button">"Save day"</button>
            </form>
        </section>
    }
    .into_any()
}

/// That the secret is over, or soon is, where it can be replaced.
#[component]
fn RanOut(day: Option<NaiveDate>) -> AnyView {
    let today = Viewer::current().today();
    day.filter(|day| RunOut::of(*day, today) != RunOut::Later)
        .map(|day| {
            let sentence = format!(
                "The day of the present secret, {}, does not stay when you replace it.",
                day_words(day)
            );
            view! {
                <p>
                    <RunOutBadge day=Some(day) />
                </p>
                <p class="muted">{sentence}</p>
            }
        })
        .into_any()
}
