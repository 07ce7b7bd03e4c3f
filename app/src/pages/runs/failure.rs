//! Why a run failed, before anything else.

use domain::run::FailureReason;
use engine::runs::RunDetail;
use leptos::prelude::*;

use crate::components::icons::WarningIcon;
use crate::components::problem::Traceback;

/// Reason, message, what to try; nothing for a run that did not fail.
#[component]
pub(super) fn Failure(run: RunDetail) -> AnyView {
    run.summary
        .failure_reason
        .map(|reason| {
            let message = run
                .summary
                .error_message
                .map(|text| view! { <p class="problem-error">{text}</p> });
            let traceback = run.error_traceback.map(|text| view! { <Traceback text /> });
            // The task's page is where these are put right.
            let task_link =
                matches!(reason, FailureReason::LoadError | FailureReason::BadParams).then(|| {
                    view! {
                        <p>
                            <a href=format!("/tasks/{}", run.summary.task_name)>"Open the task's page"</a>
                        </p>
                    }
                });
            view! {
                <section class="card failure" aria-labelledby="failure-title">
                    <h2 id="failure-title">
                        <WarningIcon />
                        <span>{reason.sentence()}</span>
                    </h2>
                    <p>{reason.advice()}</p>
                    {message}
                    {task_link}
                    {traceback}
                </section>
            }
        })
        .into_any()
}
