//! What went wrong, and what a person has to look at.

use engine::runs::{NotRun, RunSummary};
use leptos::prelude::*;

use super::data::{Attention, HomeData, What};
use crate::components::icons::WarningIcon;
use crate::components::status_badge::StatusBadge;
use crate::components::time::Relative;

/// Tasks whose last run failed, and occurrences that nobody ran.
#[component]
pub(super) fn Failing(data: HomeData) -> AnyView {
    let failing = data
        .failing
        .iter()
        .map(|run| failed(run, data.title(&run.task_name)));
    let failing = failing.collect_view();
    let not_run = data
        .not_run
        .iter()
        .map(|not_run| missed(not_run, data.title(&not_run.task_name)));
    let not_run = not_run.collect_view();
    let nothing = (data.failing.is_empty() && data.not_run.is_empty()).then(
        || view! { <p class="muted">"Nothing is failing, and nothing was missed in the last 24 hours."</p> },
    );
    let missed_head =
        (!data.not_run.is_empty()).then(|| view! { <h3>"Did not run in the last 24 hours"</h3> });
    view! {
        <section class="card" aria-labelledby="failing-title">
            <h2 id="failing-title">"Is anything failing?"</h2>
            {nothing}
            <ul class="glance">{failing}</ul>
            {missed_head}
            <ul class="glance">{not_run}</ul>
        </section>
    }
    .into_any()
}

fn failed(run: &RunSummary, title: String) -> AnyView {
    let reason = run.failure_reason.map(domain::run::FailureReason::sentence);
    let message = run
        .error_message
        .clone()
        .map(|message| view! { <span class="glance-message">{message}</span> });
    let at = run.completed_at.unwrap_or(run.queued_at);
    view! {
        <li>
            <StatusBadge status=run.status />
            <p class="glance-words">
                <a href=format!("/runs/{}", run.run_id)>{title}</a>
                " "
                <span class="muted"><Relative at /></span>
                <span class="glance-reason">{reason}</span>
                {message}
            </p>
        </li>
    }
    .into_any()
}

fn missed(not_run: &NotRun, title: String) -> AnyView {
    let times = match not_run.occurrences {
        1 => "once".to_owned(),
        many => format!("{many} times"),
    };
    let href = format!("/runs?task={}&status=skipped", not_run.task_name);
    view! {
        <li>
            <p class="glance-words">
                <a href=href>{title}</a>
                {format!(" {times}, last ")}
                <span class="muted"><Relative at=not_run.last_due /></span>
            </p>
        </li>
    }
    .into_any()
}

/// Tasks and credentials that somebody has to do something about.
#[component]
pub(super) fn NeedsAttention(data: HomeData) -> AnyView {
    if data.attention.is_empty() {
        return ().into_any();
    }
    let items = data.attention.into_iter().map(item).collect_view();
    view! {
        <section class="card" aria-labelledby="attention-title">
            <h2 id="attention-title">"What needs attention?"</h2>
            <ul class="glance">{items}</ul>
        </section>
    }
    .into_any()
}

fn item(attention: Attention) -> AnyView {
    let Attention {
        what,
        href,
        title,
        sentence,
    } = attention;
    let more = match what {
        What::Task => ().into_any(),
        What::Credential {
            used_by,
            action: (word, place),
        } => view! {
            <span class="glance-reason">
                "Used by " {task_links(used_by)} ". " <a href=format!("{href}#{place}")>{word}</a>
            </span>
        }
        .into_any(),
    };
    view! {
        <li>
            <span class="badge badge-attention"><WarningIcon />"Attention"</span>
            <p class="glance-words">
                <a href=href>{title}</a>
                <span class="glance-reason">{sentence}</span>
                {more}
            </p>
        </li>
    }
    .into_any()
}

/// Links to tasks, separated by commas.
fn task_links(tasks: Vec<(String, String)>) -> AnyView {
    let links = tasks.into_iter().enumerate().map(|(index, (task, title))| {
        let comma = (index > 0).then_some(", ");
        view! { {comma}<a href=format!("/tasks/{task}")>{title}</a> }
    });
    links.collect_view().into_any()
}
