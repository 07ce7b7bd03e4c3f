//! The first steps, ticked from what is really there.

use leptos::prelude::*;

/// What each step says.
const STEPS: [(&str, &str); 4] = [
    (
        "Choose a task",
        "A developer puts tasks into the server's folder. They appear by themselves.",
    ),
    ("Fill in its settings", "Each task has a form of its own."),
    ("Run it once", "So that you see that it works while you watch."),
    ("Put it on a schedule", "From then on it runs by itself."),
];

/// Which of them are done, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Steps([bool; STEPS.len()]);

impl Steps {
    /// Nothing once all are done.
    pub(super) fn of(done: [bool; STEPS.len()]) -> Option<Self> {
        done.contains(&false).then_some(Self(done))
    }
}

/// The list, with a button that hides it.
#[component]
pub(super) fn Checklist(steps: Option<Steps>) -> AnyView {
    let Some(steps) = steps else {
        return ().into_any();
    };
    let items = STEPS
        .into_iter()
        .zip(steps.0)
        .map(|((title, sentence), done)| {
            let (class, word) = if done {
                ("step step-done", "Done")
            } else {
                ("step", "To do")
            };
            view! {
                <li class=class>
                    <span class="step-mark">{word}</span>
                    <p>
                        <strong>{title}</strong>
                        <span class="glance-reason">{sentence}</span>
                    </p>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card steps-card" aria-labelledby="steps-title">
            <div class="page-head-split">
                <h2 id="steps-title">"First steps"</h2>
                <form method="post" action="/hide-first-steps">
                    <button class="button button-quiet">"Hide this list"</button>
                </form>
            </div>
            <ol class="steps">{items}</ol>
            <p>
                <a class="button button-primary" href="/tasks">
                    "Go to the tasks"
                </a>
                " "
                <a class="button" href="/help">
                    "How does this work?"
                </a>
            </p>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_goes_when_all_is_done() {
        assert_eq!(Steps::of([true; 4]), None);
        assert!(Steps::of([true, true, true, false]).is_some());
    }
}
