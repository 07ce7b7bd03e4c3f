//! The schedules of one page as a form: those that are ticked are paused or resumed together.

use std::collections::BTreeMap;

use domain::schedule::Rule;
use engine::scheduler::Schedule;
use leptos::prelude::*;

use super::asked::Asked;
use crate::components::icons::PauseIcon;
use crate::components::time::When;
use crate::islands::TickAll;

/// Name of the tick boxes.
const TICKED: &str = "schedule";

/// The form. It keeps the filter.
#[component]
pub(super) fn Table(asked: Asked, titles: BTreeMap<String, String>, schedules: Vec<Schedule>) -> AnyView {
    let rows = schedules
        .iter()
        .map(|schedule| {
            let title = titles.get(&schedule.task_name).unwrap_or(&schedule.task_name);
            row(schedule, title)
        })
        .collect_view();
    view! {
        <form method="post" action=asked.address()>
            <div class="actions">
                <button class="button" name="action" value="pause">
                    "Pause the ticked ones"
                </button>
                <button class="button" name="action" value="resume">
                    "Resume the ticked ones"
                </button>
            </div>
            <TickAll name=TICKED.to_owned() />
            <table class="table schedule-table">
                <caption class="visually-hidden">"Schedules, the next to run first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Task"</th>
                        <th scope="col">"Runs"</th>
                        <th scope="col">"Next run"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </form>
    }
    .into_any()
}

fn row(schedule: &Schedule, title: &str) -> AnyView {
    let zone = schedule.timetable.zone;
    let next = match schedule.next_run_at {
        Some(at) => view! { <When at zone /> }.into_any(),
        None if schedule.paused => {
            view! { <span class="badge badge-paused"><PauseIcon />"Paused"</span> }.into_any()
        }
        None if matches!(schedule.timetable.rule, Rule::After(_)) => {
            view! { <span class="muted">"When that one has succeeded"</span> }.into_any()
        }
        None => view! { <span class="muted">"No more runs"</span> }.into_any(),
    };
    let id = format!("tick-{}", schedule.id);
    let words = schedule.timetable.rule.describe();
    view! {
        <tr>
            <th scope="row" data-label="Task">
                <span class="tick">
                    <input type="checkbox" id=id.clone() name=TICKED value=schedule.id.clone() />
                    <label for=id>
                        {title.to_owned()} <span class="visually-hidden">{format!(", {words}")}</span>
                    </label>
                </span>
            </th>
            <td data-label="Runs">
                <div>
                    <a href=format!("/schedules/{}", schedule.id)>{words.clone()}</a>
                    <p class="row-description">{format!("{} time", zone.name())}</p>
                </div>
            </td>
            <td data-label="Next run">{next}</td>
        </tr>
    }
    .into_any()
}
