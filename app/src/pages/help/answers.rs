//! Questions that people ask, each with its answer in steps.

use leptos::prelude::*;

/// A question, and what to do in order.
pub(super) struct Answer {
    /// Where it stands on the page.
    pub(super) id: &'static str,
    pub(super) question: &'static str,
    steps: &'static [&'static str],
    /// Where to begin: address and words.
    begin: (&'static str, &'static str),
}

/// In the order in which a person meets them.
pub(super) const ANSWERS: &[Answer] = &[
    Answer {
        id: "run",
        question: "How do I run a task?",
        steps: &[
            "Open Tasks and choose the task.",
            "Fill in its settings. What is needed is marked; what is missing is named at its field when you save.",
            "Press “Save and run now”. The page of the run opens and shows what the task writes while it works.",
        ],
        begin: ("/tasks", "Go to the tasks"),
    },
    Answer {
        id: "schedule",
        question: "How does a task run by itself?",
        steps: &[
            "Open the task and choose “Add a schedule”.",
            "Say how often and at what time. The sentence at the top says what you chose, and the next runs are listed with it.",
            "Save. A new schedule stays paused until you have checked it: run it once, then press “Resume”. You may also start it at once.",
        ],
        begin: ("/week", "See the coming week"),
    },
    Answer {
        id: "pause",
        question: "How do I stop a schedule for a while?",
        steps: &[
            "Open Tasks, then “All schedules”, and tick the ones to stop.",
            "Press “Pause the ticked ones”. What is running goes on to its end; nothing new starts.",
            "When you resume, they go on with the next time by the clock. What was left out meanwhile is listed with the runs, and not made up for.",
        ],
        begin: ("/schedules", "Go to the schedules"),
    },
    Answer {
        id: "holidays",
        question: "How do I leave out holidays?",
        steps: &[
            "Make a calendar with the days on which nothing should run. You can paste a list, or upload a calendar file (.ics).",
            "In the schedule, tick the calendar and say what happens on such days: it does not run, or it runs when they are over.",
        ],
        begin: ("/calendars", "Go to the calendars"),
    },
    Answer {
        id: "failed",
        question: "A run failed. What now?",
        steps: &[
            "Open the run: Home lists what fails, and so does Runs under “Failed”.",
            "Read the sentence at the top and the part “What to do”. “What changed” compares it with the last run that succeeded.",
            "If it names a setting or a password, put that right on the task's page. Then press “Run again”.",
            "If it is an error of the task itself, send the page's address, or the page printed, to the developer of the task.",
        ],
        begin: ("/runs?status=failed", "See what failed"),
    },
    Answer {
        id: "cancel",
        question: "How do I stop a run?",
        steps: &[
            "Open the run and press “Cancel run”. The task is asked to stop and has some seconds to tidy up; then it is ended.",
            "What it had done by then stays done. The run is kept, with its log.",
        ],
        begin: ("/runs?status=running", "See what is running"),
    },
    Answer {
        id: "other-values",
        question: "How do I run it once with other values?",
        steps: &[
            "Open the task and choose “Run with other values”, or a run of it and “Run like last time, but…”.",
            "Change what should be different. It counts for that one run; the task's settings stay as they are.",
            "Values that you need again can be kept under a name: that is a preset. Runs and schedules can start from it.",
        ],
        begin: ("/tasks", "Go to the tasks"),
    },
    Answer {
        id: "password",
        question: "A password has changed. Where do I enter it?",
        steps: &[
            "If several tasks use it, it is under Credentials: open it and replace the secret. Every run that starts from then on gets the new one.",
            "If it was typed into a task's settings, open the task, press “Replace” at the field and type the new one.",
            "Nobody can read a saved password back, you neither. It can only be replaced.",
        ],
        begin: ("/credentials", "Go to the credentials"),
    },
    Answer {
        id: "account",
        question: "How do I connect a Google or Slack account?",
        steps: &[
            "Register an app at the service. Its page for that asks for an address to come back to: the page here shows it, to be copied.",
            "Enter the app's id and secret here, save, and press “Connect”. The service asks you whether you agree.",
            "Choose the account in a task's settings, like any credential. Home tells you when it has to be connected again.",
        ],
        begin: ("/credentials/connect", "Connect an account"),
    },
    Answer {
        id: "new-task",
        question: "How do I get a new task?",
        steps: &[
            "A developer puts a folder with the task into the server's folder of tasks. It appears under Tasks within seconds, without a restart.",
            "If it does not appear, or says that it could not be loaded, Doctor shows what is wrong. Show that page to the developer.",
        ],
        begin: ("/doctor", "Go to Doctor"),
    },
];

/// All of them.
#[component]
pub(super) fn Answers() -> AnyView {
    ANSWERS
        .iter()
        .map(
            |Answer {
                 id,
                 question,
                 steps,
                 begin,
             }| {
                let steps = steps.iter().map(|step| view! { <li>{*step}</li> }).collect_view();
                view! {
                    <section class="card" id=*id aria-labelledby=format!("{id}-title")>
                        <h2 id=format!("{id}-title")>{*question}</h2>
                        <ol>{steps}</ol>
                        <p class="no-print">
                            <a href=begin.0>{begin.1}</a>
                        </p>
                    </section>
                }
            },
        )
        .collect_view()
        .into_any()
}
