//! The product's words, the statuses of runs and the reasons for failures.

use domain::run::{FailureReason, RunStatus};
use leptos::prelude::*;

use super::{FAILURES, GLOSSARY, STATUSES};
use crate::components::status_badge::StatusBadge;

/// The product's words, and nothing else is called by them.
const WORDS: [(&str, &str); 10] = [
    (
        "Task",
        "Work that the server can do, written by a developer. It has a form for its settings.",
    ),
    (
        "Settings",
        "What a task is told each time it runs. They are saved with the task until you change them.",
    ),
    (
        "Preset",
        "Values for a task that are kept under a name, to start a run or a schedule from.",
    ),
    (
        "Schedule",
        "When a task runs by itself. A task may have several, each with values of its own if you like.",
    ),
    (
        "Occurrence",
        "One moment at which a schedule is due. It starts one run, however many servers there are.",
    ),
    (
        "Run",
        "One time that a task did its work, or tried to: when, why, with which values, and how it ended.",
    ),
    (
        "Log",
        "What a task wrote during a run. Passwords in it are replaced by [secret].",
    ),
    (
        "Credential",
        "A password or key that is saved once under a name and used by any number of tasks.",
    ),
    (
        "Calendar",
        "Days on which schedules do not run, such as holidays.",
    ),
    (
        "Start link",
        "An address with which another system starts a task.",
    ),
];

/// Terms and what they mean.
fn meanings(pairs: impl Iterator<Item = (AnyView, AnyView)>) -> AnyView {
    let items = pairs
        .map(|(term, meaning)| {
            view! {
                <div>
                    <dt>{term}</dt>
                    <dd>{meaning}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="meanings">{items}</dl> }.into_any()
}

#[component]
pub(super) fn Glossary() -> AnyView {
    let words = meanings(
        WORDS
            .into_iter()
            .map(|(word, meaning)| (word.into_any(), meaning.into_any())),
    );
    view! {
        <section class="card" id=GLOSSARY aria-labelledby="words-title">
            <h2 id="words-title">"What the words mean"</h2>
            {words}
        </section>
    }
    .into_any()
}

#[component]
pub(super) fn Statuses() -> AnyView {
    let statuses = meanings(RunStatus::ALL.iter().map(|status| {
        let badge = view! { <StatusBadge status=*status /> };
        (badge.into_any(), status.meaning().into_any())
    }));
    view! {
        <section class="card" id=STATUSES aria-labelledby="statuses-title">
            <h2 id="statuses-title">"What the statuses mean"</h2>
            {statuses}
        </section>
    }
    .into_any()
}

#[component]
pub(super) fn Failures() -> AnyView {
    let reasons = meanings(
        FailureReason::ALL
            .iter()
            .map(|reason| (reason.sentence().into_any(), reason.advice().into_any())),
    );
    view! {
        <section class="card" id=FAILURES aria-labelledby="failures-title">
            <h2 id="failures-title">"Why runs fail"</h2>
            <p>"The page of a run that failed begins with one of these sentences. Below each: what to try."</p>
            {reasons}
        </section>
    }
    .into_any()
}
