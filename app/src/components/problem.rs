//! Why a folder is not a task that runs: what is wrong, where, what to do.

use domain::task::LoadProblem;
use leptos::prelude::*;

/// The parts of a problem, for a list entry or a page of its own.
#[component]
pub fn ProblemDetails(
    /// What was found.
    problem: LoadProblem,
) -> AnyView {
    let place = problem
        .place()
        .map(|place| view! { <p class="problem-place">{place}</p> });
    let error = match &problem.exception {
        Some(exception) => format!("{exception}: {}", problem.message),
        None => problem.message.clone(),
    };
    let traceback = problem.traceback.clone().map(|text| view! { <Traceback text /> });
    view! {
        <p>{problem.advice()}</p>
        {place}
        {(!error.is_empty()).then(|| view! { <p class="problem-error">{error}</p> })}
        {traceback}
    }
    .into_any()
}

/// For the developer, folded away.
#[component]
pub fn Traceback(
    /// As Python wrote it.
    text: String,
) -> AnyView {
    view! {
        <details class="traceback">
            <summary>"Details for the task's developer"</summary>
            <pre>{text}</pre>
        </details>
    }
    .into_any()
}
