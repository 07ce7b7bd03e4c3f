//! Why a folder is not a task that runs: what is wrong, where, what to do.

use chrono::{DateTime, Utc};
use domain::task::{LoadProblem, ProblemKind};
use domain::words;
use leptos::prelude::*;

use super::icons::WarningIcon;
use crate::render::Viewer;

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
    let class = if problem.kind == ProblemKind::Preparing {
        "problem-error is-progress"
    } else {
        "problem-error"
    };
    let traceback = problem.traceback.clone().map(|text| view! { <Traceback text /> });
    view! {
        <p>{problem.advice()}</p>
        {place}
        {(!error.is_empty()).then(|| view! { <p class=class>{error}</p> })}
        {traceback}
    }
    .into_any()
}

/// At the top of a task's page: its newest files are not the ones that run.
#[component]
pub fn NewerProblem(
    /// What is wrong with them, or that their packages are being installed.
    problem: LoadProblem,
    /// Since when.
    since: DateTime<Utc>,
) -> AnyView {
    let since = words::exact(since, Viewer::current().zone);
    if problem.kind == ProblemKind::Preparing {
        return view! {
            <p class="notice notice-active" role="status">
                {format!(
                    "The newest version of this task is getting ready since {since}: its packages are being installed. The version before it runs until then.",
                )}
            </p>
        }
        .into_any();
    }
    view! {
        <section class="notice notice-warning" aria-labelledby="newer-title">
            <WarningIcon />
            <div class="notice-body">
                <h2 class="notice-title" id="newer-title">
                    "The newest version of this task does not load"
                </h2>
                <p>{format!("Since {since}. The version before it still runs.")}</p>
                <ProblemDetails problem />
            </div>
        </section>
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

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn html(problem: LoadProblem) -> String {
        let since = Utc.with_ymd_and_hms(2026, 3, 1, 10, 32, 0).unwrap();
        Owner::new().with(|| view! { <NewerProblem problem since /> }.to_html())
    }

    #[test]
    fn newer_files_that_do_not_load_are_explained_while_the_older_ones_run() {
        let problem = LoadProblem {
            file: Some("job.py".to_owned()),
            line: Some(3),
            ..LoadProblem::plain(ProblemKind::SyntaxError, "invalid syntax")
        };
        let html = html(problem);
        for part in [
            "does not load",
            "10:32 UTC. The version before it still runs.",
            "job.py, line 3",
            "typing mistake",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
    }

    #[test]
    fn newer_files_that_wait_for_their_packages_are_no_problem() {
        let html = html(LoadProblem::plain(ProblemKind::Preparing, "Installing pandas"));
        assert!(
            html.contains("is getting ready since") && !html.contains("does not load"),
            "{html}"
        );
    }
}
