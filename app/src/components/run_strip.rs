//! The last runs of a task as a row of marks, oldest first, with the same in words.

use domain::run::RunStatus;
use engine::runs::RunMark;
use leptos::prelude::*;

/// One link to the history: single marks are too small to be hit. A failed mark is taller than the others, so that it is
/// told apart without colour.
#[component]
pub fn RunStrip(
    /// Oldest first.
    marks: Vec<RunMark>,
    /// The task's folder.
    task: String,
) -> AnyView {
    if marks.is_empty() {
        return view! { <span class="muted">"No runs yet"</span> }.into_any();
    }
    let words = in_words(&marks);
    let cells = marks
        .into_iter()
        .map(|mark| view! { <span class=format!("mark mark-{}", mark.status.code())></span> })
        .collect_view();
    view! {
        <a class="strip" href=format!("/runs?task={task}")>
            <span class="strip-marks" aria-hidden="true">
                {cells}
            </span>
            <span class="strip-words">{words}</span>
        </a>
    }
    .into_any()
}

/// `28 of 30 succeeded`, of those that ended with a result.
fn in_words(marks: &[RunMark]) -> String {
    let is_ended = |mark: &&RunMark| mark.status.is_final() && mark.status != RunStatus::Skipped;
    let ended = marks.iter().filter(is_ended).count();
    let succeeded = marks
        .iter()
        .filter(|mark| mark.status == RunStatus::Success)
        .count();
    if ended == 0 {
        return "None has ended yet".to_owned();
    }
    format!("{succeeded} of {ended} succeeded")
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;

    fn marks(statuses: &[RunStatus]) -> Vec<RunMark> {
        let mark = |status: &RunStatus| RunMark {
            run_id: "r".to_owned(),
            status: *status,
            at: Utc::now(),
        };
        statuses.iter().map(mark).collect()
    }

    #[test]
    fn words_count_what_succeeded_among_what_ended() {
        use RunStatus::{Cancelled, Failed, Queued, Running, Skipped, Success};
        assert_eq!(
            in_words(&marks(&[Success, Failed, Success, Skipped, Running])),
            "2 of 3 succeeded"
        );
        assert_eq!(in_words(&marks(&[Cancelled])), "0 of 1 succeeded");
        assert_eq!(in_words(&marks(&[Queued, Skipped])), "None has ended yet");
    }
}
