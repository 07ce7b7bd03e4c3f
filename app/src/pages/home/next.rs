//! What is next.

use domain::words;
use engine::scheduler::Schedule;
use leptos::prelude::*;

use super::data::HomeData;
use crate::render::Viewer;

/// The schedules that are due next.
#[component]
pub(super) fn Upcoming(data: HomeData) -> AnyView {
    let items = data
        .next
        .iter()
        .map(|schedule| next(schedule, data.title(&schedule.task_name)));
    let items = items.collect_view();
    let nothing = data
        .next
        .is_empty()
        .then(|| view! { <p class="muted">"No run is planned."</p> });
    let week = (!data.next.is_empty()).then(|| view! { <p><a href="/week">"The coming week"</a> " " <a href="/schedules">"All schedules"</a></p> });
    view! {
        <section class="card" aria-labelledby="next-title">
            <h2 id="next-title">"What is next?"</h2>
            {nothing}
            <ul class="glance">{items}</ul>
            {week}
        </section>
    }
    .into_any()
}

fn next(schedule: &Schedule, title: String) -> AnyView {
    let Viewer { now, zone, .. } = Viewer::current();
    let when = schedule.next_run_at.map(|at| {
        view! {
            <span class="glance-time">
                {words::relative(at, now)} <span class="muted">{words::exact(at, zone)}</span>
            </span>
        }
    });
    view! {
        <li>
            {when}
            <p class="glance-words">
                <a href=format!("/tasks/{}#schedules", schedule.task_name)>{title}</a>
                <span class="glance-reason">{schedule.timetable.rule.describe()}</span>
            </p>
        </li>
    }
    .into_any()
}
