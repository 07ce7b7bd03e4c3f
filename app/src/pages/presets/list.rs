//! The part of a task's page on presets.

use engine::presets::Preset;
use leptos::prelude::*;

use crate::components::time::date;

/// A preset as the list shows it.
#[derive(Clone)]
pub(crate) struct Shown {
    /// The preset.
    pub(crate) preset: Preset,
    /// How many of its values no longer apply.
    pub(crate) misfits: usize,
}

/// The presets of one task, or what they are for.
#[component]
pub(crate) fn PresetList(
    /// The task's folder.
    task: String,
    /// Its presets.
    presets: Vec<Shown>,
    /// Whether it can be run.
    can_run: bool,
) -> AnyView {
    let list = if presets.is_empty() {
        view! {
            <p class="muted">
                "A preset is a named set of values, such as “Monthly close”, to start a run or a schedule from."
            </p>
        }
        .into_any()
    } else {
        let items = presets
            .into_iter()
            .map(|shown| item(shown, can_run))
            .collect_view();
        view! { <ul class="schedule-list">{items}</ul> }.into_any()
    };
    let run = can_run.then(|| {
        view! {
            <a class="button" href=format!("/tasks/{task}/start")>
                "Run with other values"
            </a>
        }
    });
    view! {
        <section class="card" id="presets" aria-labelledby="presets-title">
            <h2 id="presets-title">"Presets"</h2>
            {list}
            <div class="schedule-actions">
                <a class="button" href=format!("/tasks/{task}/presets/new")>
                    "Add a preset"
                </a>
                {run}
            </div>
        </section>
    }
    .into_any()
}

fn item(shown: Shown, can_run: bool) -> AnyView {
    let Shown { preset, misfits } = shown;
    let Preset {
        id, task_name, name, ..
    } = preset;
    let changed = format!(
        "Last changed {} by {}.",
        date(preset.updated_at),
        preset.updated_by
    );
    let misfits = match misfits {
        0 => None,
        1 => Some("1 of its values no longer applies.".to_owned()),
        count => Some(format!("{count} of its values no longer apply.")),
    };
    let start = can_run.then(|| {
        view! {
            <a class="button button-quiet" href=format!("/tasks/{task_name}/start?preset={id}")>
                "Run" <span class="visually-hidden">{format!(" with {name}")}</span>
            </a>
            <a class="button button-quiet" href=format!("/tasks/{task_name}/schedules/new?preset={id}")>
                "Schedule" <span class="visually-hidden">{format!(" with {name}")}</span>
            </a>
        }
    });
    view! {
        <li>
            <h3>{name.clone()}</h3>
            <p class="muted">{changed}</p>
            {misfits.map(|sentence| view! { <p class="missed">{sentence}</p> })}
            <div class="schedule-actions">
                {start}
                <a class="button button-quiet" href=format!("/presets/{id}")>
                    "Change" <span class="visually-hidden">{format!(" {name}")}</span>
                </a>
                <details class="confirm">
                    <summary>
                        "Delete" <span class="visually-hidden">{format!(" {name}")}</span>
                    </summary>
                    <form method="post" action=format!("/presets/{id}/delete")>
                        <p>"Runs and schedules that started from it keep their values."</p>
                        <button class="button button-danger">{format!("Delete the preset “{name}”")}</button>
                    </form>
                </details>
            </div>
        </li>
    }
    .into_any()
}
