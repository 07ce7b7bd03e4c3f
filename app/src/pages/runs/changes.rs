//! What is different since the task last worked. Only what is recorded is told.

use domain::words;
use engine::runs::{Code, ComparedParam, Comparison, ParamShown};
use leptos::prelude::*;

use super::story::TaskOfRun;
use crate::components::time::iso;
use crate::render::Viewer;

/// Under the cause of a failure.
#[component]
pub(super) fn Changes(comparison: Option<Comparison>, task: TaskOfRun) -> AnyView {
    let Some(comparison) = comparison else {
        return view! {
            <h3>"What changed"</h3>
            <p>"There is no earlier run of this task that succeeded, so nothing can be compared."</p>
        }
        .into_any();
    };
    let zone = Viewer::current().zone;
    let success = comparison.other.summary.clone();
    let at = success.started_at.unwrap_or(success.queued_at);
    let sentences = sentences(&comparison, &task, |at| words::exact(at, zone));
    let compare = format!(
        "/runs/{}/compare?with={}",
        comparison.one.summary.run_id, success.run_id
    );
    let told = if sentences.is_empty() {
        let same = match comparison.code {
            Code::Same => {
                "Nothing that is recorded: the same code ran with the same values. So look for the cause outside: what the \
                 task connects to, or its packages."
            }
            _ => "It was given the same values. Whether its code was another is not recorded.",
        };
        view! { <p>{same}</p> }.into_any()
    } else {
        let items = sentences
            .into_iter()
            .map(|sentence| view! { <li>{sentence}</li> })
            .collect_view();
        view! { <ul class="changes">{items}</ul> }.into_any()
    };
    view! {
        <h3>"What changed since it last worked"</h3>
        {told}
        <p class="muted">
            "Compared with "
            <a href=format!("/runs/{}", success.run_id)>
                "the last run that succeeded, " <time datetime=iso(at)>{words::exact(at, zone)}</time>
            </a> ". " <a class="no-print" href=compare>
                "See all values side by side"
            </a>
        </p>
    }
    .into_any()
}

fn sentences(
    comparison: &Comparison,
    task: &TaskOfRun,
    moment: impl Fn(chrono::DateTime<chrono::Utc>) -> String,
) -> Vec<String> {
    let code = (comparison.code == Code::Changed).then(|| "The task's code was changed.".to_owned());
    let params = comparison
        .params
        .iter()
        .filter(|param| !param.is_same)
        .map(|param| changed(param, task));
    let credentials = comparison
        .credentials
        .iter()
        .map(|(name, at)| format!("The credential “{name}” was changed on {}.", moment(*at)));
    code.into_iter().chain(params).chain(credentials).collect()
}

/// `Batch size: 100, before 50.`
fn changed(param: &ComparedParam, task: &TaskOfRun) -> String {
    let label = task.label(&param.name);
    let words = |value: &ParamShown| short(&task.words(&param.name, value));
    match (&param.one, &param.other) {
        (Some(ParamShown::Saved), Some(ParamShown::Saved)) => {
            format!("{label}: it was entered again since.")
        }
        (Some(ParamShown::Saved), None) => format!("{label}: it was entered since; before there was none."),
        (None, Some(ParamShown::Saved)) => format!("{label}: it is no longer given."),
        (Some(ParamShown::File(now)), Some(ParamShown::File(before))) if now.name == before.name => {
            format!("{label}: “{}” was uploaded again since.", now.name)
        }
        (Some(now), Some(before)) => format!("{label}: {}, before {}.", words(now), words(before)),
        (Some(now), None) => format!("{label}: {}, before empty.", words(now)),
        (None, Some(before)) => format!("{label}: empty, before {}.", words(before)),
        (None, None) => format!("{label}: empty."),
    }
}

/// A text of one line.
fn short(text: &str) -> String {
    const MOST: usize = 80;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > MOST {
        let start: String = line.chars().take(MOST).collect();
        return format!("“{start}…”");
    }
    format!("“{line}”")
}

#[cfg(test)]
mod tests {
    use domain::params::FileRef;
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_of_change_is_told_without_a_secret() {
        let task = TaskOfRun::new(None, "t");
        let value = |value: serde_json::Value| Some(ParamShown::Value(value));
        let file = |id: &str, name: &str| {
            Some(ParamShown::File(FileRef {
                id: id.into(),
                name: name.into(),
                size: 2048,
            }))
        };
        let saved = || Some(ParamShown::Saved);
        for (one, other, wanted) in [
            (
                value(json!(100)),
                value(json!(50)),
                "Batch size: “100”, before “50”.",
            ),
            (value(json!(true)), None, "Batch size: “Yes”, before empty."),
            (None, value(json!("a\n b")), "Batch size: empty, before “a b”."),
            (saved(), saved(), "Batch size: it was entered again since."),
            (
                file("1", "in.csv"),
                file("2", "in.csv"),
                "Batch size: “in.csv” was uploaded again since.",
            ),
            (
                file("1", "new.csv"),
                file("2", "in.csv"),
                "Batch size: “new.csv, 2 KB”, before “in.csv, 2 KB”.",
            ),
        ] {
            let param = ComparedParam {
                name: "batch_size".into(),
                one,
                other,
                is_same: false,
            };
            assert_eq!(changed(&param, &task), wanted);
        }
        assert_eq!(short(&"x".repeat(90)).chars().count(), 83);
    }
}
