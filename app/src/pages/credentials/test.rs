//! `POST /credentials/{id}/test`: has the tasks that use a credential try it, without a run.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::run::RunStatus;
use domain::words;
use engine::credentials::{Tried, TriedOutcome};
use engine::settings::CheckOutcome;
use leptos::prelude::*;

use super::detail::{self, Rejected, Top};
use crate::components::icons::{StatusIcon, WarningIcon};
use crate::error::AppError;
use crate::render::Viewer;
use crate::routes::AppState;
use crate::session::SignedIn;

/// Tries it and shows what came of it. A reload tries again; nothing is kept.
pub async fn submit(
    State(state): State<AppState>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, AppError> {
    let tried = state.engine.try_credential(&id).await?;
    let results = tried
        .into_iter()
        .map(|tried| Shown {
            title: state.engine.catalog.title_of(&tried.task),
            tried,
        })
        .collect();
    detail::page(&state, &who, &id, Rejected::default(), Top::Tested(results)).await
}

/// A task's answer with its title.
#[derive(Clone)]
pub struct Shown {
    title: String,
    tried: Tried,
}

/// The button that starts it, with what it does.
#[component]
pub(super) fn TestForm(
    /// The credential's address.
    address: String,
    /// Words on the button.
    label: &'static str,
) -> AnyView {
    view! {
        <form method="post" action=format!("{address}/test")>
            <button class="button">{label}</button>
        </form>
    }
    .into_any()
}

/// The card from which it is started.
#[component]
pub(super) fn TestCard(address: String, is_used: bool) -> AnyView {
    let inside = if is_used {
        view! {
            <p class="muted">
                "The tasks that use it try it, without a run. That takes a minute and a half at most."
            </p>
            <TestForm address label="Test this credential" />
        }
        .into_any()
    } else {
        view! {
            <p class="muted">
                "Tasks test a credential, and no task uses this one yet. Choose it in a task's settings first."
            </p>
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby="test-title">
            <h2 id="test-title">"Test"</h2>
            {inside}
        </section>
    }
    .into_any()
}

/// What each task said, at the top of the page.
#[component]
pub(super) fn Results(results: Vec<Shown>) -> AnyView {
    if results.is_empty() {
        return view! { <p class="flash" role="status">"No task uses this credential, so nothing was tested."</p> }
            .into_any();
    }
    let items = results.into_iter().map(result).collect_view();
    view! {
        <section class="card" id="tested" role="status" aria-labelledby="tested-title">
            <h2 id="tested-title">"What the tests say"</h2>
            <ul class="glance">{items}</ul>
        </section>
    }
    .into_any()
}

fn result(shown: Shown) -> AnyView {
    let Shown { title, tried } = shown;
    let Tried { task, at, outcome } = tried;
    let when = words::exact_seconds(at, Viewer::current().zone);
    let tested = format!("Tested {when} with the task's saved settings.");
    let Said {
        badge,
        message,
        next,
        was_asked,
    } = said(outcome);
    view! {
        <li>
            {badge.view()}
            <p class="glance-words">
                <a href=format!("/tasks/{task}")>{title}</a>
                {message.map(|message| view! { <span class="glance-message">{message}</span> })}
                {next.map(|next| view! { <span class="glance-reason">{next}</span> })}
                {was_asked.then(|| view! { <span class="glance-reason">{tested}</span> })}
            </p>
        </li>
    }
    .into_any()
}

/// The outcome at a glance.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Badge {
    Passed,
    Failed,
    NotTested,
}

impl Badge {
    fn view(self) -> AnyView {
        match self {
            Self::Passed => view! {
                <span class="badge badge-success"><StatusIcon status=RunStatus::Success />"Passed"</span>
            }
            .into_any(),
            Self::Failed => view! {
                <span class="badge badge-failed"><StatusIcon status=RunStatus::Failed />"Failed"</span>
            }
            .into_any(),
            Self::NotTested => {
                view! { <span class="badge badge-attention"><WarningIcon />"Not tested"</span> }.into_any()
            }
        }
    }
}

/// One outcome in words.
struct Said {
    badge: Badge,
    /// The task's own words.
    message: Option<String>,
    /// What to do, or why there is nothing to say.
    next: Option<&'static str>,
    was_asked: bool,
}

fn said(outcome: TriedOutcome) -> Said {
    let not_tested = |next| Said {
        badge: Badge::NotTested,
        message: None,
        next: Some(next),
        was_asked: false,
    };
    match outcome {
        TriedOutcome::Asked(CheckOutcome::Fine(message)) => Said {
            badge: Badge::Passed,
            message,
            next: None,
            was_asked: true,
        },
        TriedOutcome::Asked(CheckOutcome::Failed { message }) => Said {
            badge: Badge::Failed,
            message: Some(message),
            next: Some(
                "If the service refuses the secret, replace it on this page. If something else is wrong, open the task.",
            ),
            was_asked: true,
        },
        TriedOutcome::Asked(CheckOutcome::NotOffered) => {
            not_tested("This task offers no test. Run it to see whether the credential works.")
        }
        TriedOutcome::Asked(CheckOutcome::NeedsAttention(_)) => {
            not_tested("Its saved settings no longer fit. Open the task and put them right first.")
        }
        TriedOutcome::NotLoaded => not_tested("This task cannot be loaded at present. Its page says why."),
        TriedOutcome::SchedulesOnly => not_tested(
            "Only a schedule of this task uses the credential. A test uses the task's own settings, which do not.",
        ),
        TriedOutcome::OutOfTime => {
            not_tested("There was no time left for it. Test it from the task's own page.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_says_what_to_do_next_unless_all_is_well() {
        let failed = CheckOutcome::Failed {
            message: "401".to_owned(),
        };
        for (outcome, badge) in [
            (TriedOutcome::Asked(CheckOutcome::Fine(None)), Badge::Passed),
            (TriedOutcome::Asked(failed), Badge::Failed),
            (TriedOutcome::Asked(CheckOutcome::NotOffered), Badge::NotTested),
            (TriedOutcome::NotLoaded, Badge::NotTested),
            (TriedOutcome::SchedulesOnly, Badge::NotTested),
            (TriedOutcome::OutOfTime, Badge::NotTested),
        ] {
            let said = said(outcome.clone());
            assert_eq!(said.badge, badge, "{outcome:?}");
            assert_eq!(said.next.is_some(), badge != Badge::Passed, "{outcome:?}");
        }
    }
}
