//! What is running.

use domain::words;
use engine::runs::RunSummary;
use leptos::prelude::*;

use super::data::HomeData;
use crate::components::status_badge::StatusBadge;
use crate::render::Viewer;

/// The runs that go on, and how many wait.
#[component]
pub(super) fn RunningNow(data: HomeData) -> AnyView {
    let items = data
        .running
        .iter()
        .map(|run| running(run, data.title(&run.task_name)));
    let items = items.collect_view();
    let nothing = (data.running.is_empty() && data.waiting == 0)
        .then(|| view! { <p class="muted">"Nothing is running."</p> });
    let waiting = (data.waiting > 0).then(|| {
        let words = match data.waiting {
            1 => "1 run is waiting".to_owned(),
            many if many >= 1000 => "1,000 runs or more are waiting".to_owned(),
            many => format!("{many} runs are waiting"),
        };
        view! { <p><a href="/runs?status=queued">{words}</a></p> }
    });
    view! {
        <section class="card" aria-labelledby="running-title">
            <h2 id="running-title">"What is running?"</h2>
            {nothing}
            <ul class="glance">{items}</ul>
            {waiting}
        </section>
    }
    .into_any()
}

fn running(run: &RunSummary, title: String) -> AnyView {
    let since = run.started_at.map(|at| {
        let going = (Viewer::current().now - at).num_milliseconds().max(0);
        format!("for {}", words::duration(going))
    });
    let doing = run.progress.as_ref().and_then(|progress| progress.text.clone());
    view! {
        <li>
            <StatusBadge status=run.status />
            <p class="glance-words">
                <a href=format!("/runs/{}", run.run_id)>{title}</a>
                " "
                <span class="muted">{since}</span>
                <span class="glance-reason">{doing}</span>
            </p>
        </li>
    }
    .into_any()
}
