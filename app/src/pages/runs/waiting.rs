//! Why a run that waits has not started yet.

use chrono_tz::Tz;
use domain::words;
use engine::runs::{Obstacle, Waiting};
use leptos::prelude::*;

use crate::render::Viewer;

/// One sentence, while it waits.
#[component]
pub(super) fn WaitingNotice(waiting: Option<Waiting>) -> AnyView {
    let Some(waiting) = waiting else {
        return ().into_any();
    };
    let older = match &waiting {
        Waiting::Behind(run_id) => {
            Some(view! { " " <a href=format!("/runs/{run_id}")>"Look at that run"</a> })
        }
        _ => None,
    };
    let sentence = sentence(&waiting, Viewer::current().zone);
    view! { <p class="notice" id="waiting">{sentence} {older}</p> }.into_any()
}

fn sentence(waiting: &Waiting, zone: Tz) -> String {
    match waiting {
        Waiting::Until(at) => format!(
            "It starts at {} at the earliest.",
            words::exact_seconds(*at, zone)
        ),
        Waiting::Behind(_) => "It starts when the run before it on the same schedule has ended.".to_owned(),
        Waiting::Task(Obstacle::Labels(labels)) => format!(
            "This task needs a server with {}, and this server is none. Another server takes the run when there is one. Ask who looks after the server.",
            labels
                .iter()
                .map(|label| format!("“{label}”"))
                .collect::<Vec<_>>()
                .join(" and ")
        ),
        Waiting::Task(Obstacle::TaskIsFull(1)) => {
            "Another run of this task is going on, and only one may at a time. This one starts after it."
                .to_owned()
        }
        Waiting::Task(Obstacle::TaskIsFull(most)) => {
            format!(
                "{most} runs of this task are going on, and no more may at a time. This one starts after them."
            )
        }
        Waiting::Task(Obstacle::TagIsFull { tag, most }) => format!(
            "Tasks with the tag “{tag}” may have {most} {} at a time, and they have. This one starts when one ends.",
            if *most == 1 { "run" } else { "runs" }
        ),
        Waiting::InLine(0) => "It is next in line and starts as soon as there is room.".to_owned(),
        Waiting::InLine(1) => "1 run is ahead of it in line.".to_owned(),
        Waiting::InLine(ahead) if *ahead >= 1000 => "1,000 runs or more are ahead of it in line.".to_owned(),
        Waiting::InLine(ahead) => format!("{ahead} runs are ahead of it in line."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_a_sentence_with_the_right_number() {
        assert_eq!(
            sentence(&Waiting::InLine(1), Tz::UTC),
            "1 run is ahead of it in line."
        );
        assert_eq!(
            sentence(&Waiting::InLine(2), Tz::UTC),
            "2 runs are ahead of it in line."
        );
        assert_eq!(
            sentence(&Waiting::InLine(1000), Tz::UTC),
            "1,000 runs or more are ahead of it in line."
        );
        let full = Waiting::Task(Obstacle::TagIsFull {
            tag: "reports".to_owned(),
            most: 1,
        });
        assert!(sentence(&full, Tz::UTC).contains("may have 1 run at a time"));
        let labels = Waiting::Task(Obstacle::Labels(vec!["gpu".to_owned(), "eu".to_owned()]));
        assert!(sentence(&labels, Tz::UTC).contains("with “gpu” and “eu”"));
    }
}
