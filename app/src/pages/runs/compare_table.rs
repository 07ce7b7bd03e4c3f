//! Two runs side by side, as a table.

use domain::words;
use engine::runs::{Code, ComparedParam, Comparison, ParamShown, RunDetail};
use leptos::prelude::*;

use super::compare::moment;
use super::story::TaskOfRun;
use crate::components::run_table::started_by;
use crate::components::status_badge::StatusBadge;
use crate::components::time::iso;
use crate::render::Viewer;

/// Status, values, code, who and how long; differences first.
#[component]
pub(super) fn SideBySide(comparison: Comparison, task: TaskOfRun) -> AnyView {
    let Comparison {
        one,
        other,
        code,
        mut params,
        credentials,
    } = comparison;
    let credentials = credentials
        .into_iter()
        .map(|(name, at)| {
            let at = words::exact(at, Viewer::current().zone);
            view! { <p>{format!("The credential “{name}” was changed in between, on {at}.")}</p> }
        })
        .collect_view();
    params.sort_by_key(|param| (param.is_same, task.place(&param.name)));
    let different = params.iter().filter(|param| !param.is_same).count();
    let sentence = in_words(different, code);
    let values = params
        .into_iter()
        .map(|param| view! { <ParamRow param task=task.clone() /> })
        .collect_view();
    let (first, second) = (moment(&one.summary), moment(&other.summary));
    let hash = |run: &RunDetail| {
        let short = run
            .code_hash
            .as_ref()
            .map(|hash| hash.chars().take(8).collect::<String>());
        short.unwrap_or_else(|| "Not recorded".to_owned())
    };
    let took = |run: &RunDetail| {
        let took = run.summary.duration_ms.map(words::duration);
        took.unwrap_or_else(|| "–".to_owned())
    };
    let same = |is_same: bool| if is_same { "The same" } else { "Different" };
    let code_words = match code {
        Code::Same => "The same",
        Code::Changed => "Different",
        Code::Unknown => "Not known",
    };
    let (by, other_by) = (started_by(&one.summary), started_by(&other.summary));
    let is_same_by = by == other_by;
    let head = |run: &RunDetail, word: &'static str, when: String| {
        let at = run.summary.started_at.unwrap_or(run.summary.queued_at);
        view! {
            <th scope="col">
                <span class="compare-which">{word}</span>
                <a href=format!("/runs/{}", run.summary.run_id)>
                    <time datetime=iso(at)>{when}</time>
                </a>
            </th>
        }
    };
    view! {
        <p class="compare-sum" role="status">{sentence}</p>
        <table class="table compare-table">
            <caption class="visually-hidden">"Two runs side by side, differences first"</caption>
            <thead>
                <tr>
                    <th scope="col">"What"</th>
                    {head(&one, "This run", first)}
                    {head(&other, "The other", second)}
                    <th scope="col">"Compared"</th>
                </tr>
            </thead>
            <tbody>
                <tr>
                    <th scope="row" data-label="What">"Status"</th>
                    <td data-label="This run"><StatusBadge status=one.summary.status /></td>
                    <td data-label="The other"><StatusBadge status=other.summary.status /></td>
                    <td data-label="Compared">{same(one.summary.status == other.summary.status)}</td>
                </tr>
                {values}
                {plain_row("Code", (hash(&one), hash(&other)), code_words)}
                {plain_row("Started by", (by, other_by), same(is_same_by))}
                {plain_row("Took", (took(&one), took(&other)), "")}
            </tbody>
        </table>
        {credentials}
        <p class="muted">
            "Packages and what the task connects to are not recorded, so they are not compared. Passwords are never shown: they count as the same when nobody entered one in between."
        </p>
    }
    .into_any()
}

fn plain_row(what: &'static str, (one, other): (String, String), compared: &'static str) -> AnyView {
    view! {
        <tr>
            <th scope="row" data-label="What">
                {what}
            </th>
            <td data-label="This run">{one}</td>
            <td data-label="The other">{other}</td>
            <td data-label="Compared">{compared}</td>
        </tr>
    }
    .into_any()
}

#[component]
fn ParamRow(param: ComparedParam, task: TaskOfRun) -> AnyView {
    let words = |value: &Option<ParamShown>| match value {
        Some(value) => task.words(&param.name, value),
        None => "Empty".to_owned(),
    };
    let (class, compared) = if param.is_same {
        ("", "The same")
    } else {
        ("is-different", "Different")
    };
    view! {
        <tr class=class>
            <th scope="row" data-label="What">
                {task.label(&param.name)}
            </th>
            <td data-label="This run" class="value">
                {words(&param.one)}
            </td>
            <td data-label="The other" class="value">
                {words(&param.other)}
            </td>
            <td data-label="Compared">{compared}</td>
        </tr>
    }
    .into_any()
}

fn in_words(different: usize, code: Code) -> String {
    let values = match different {
        0 => "They were given the same values".to_owned(),
        1 => "One value is different".to_owned(),
        count => format!("{count} values are different"),
    };
    match code {
        Code::Same => format!("{values}, and the same code ran."),
        Code::Changed if different == 0 => format!("{values}, but the code is different."),
        Code::Changed => format!("{values}, and so is the code."),
        Code::Unknown => format!("{values}. Whether their code differs is not recorded."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outcome_is_one_sentence() {
        assert_eq!(
            in_words(0, Code::Same),
            "They were given the same values, and the same code ran."
        );
        assert_eq!(
            in_words(0, Code::Changed),
            "They were given the same values, but the code is different."
        );
        assert_eq!(
            in_words(2, Code::Changed),
            "2 values are different, and so is the code."
        );
    }
}
