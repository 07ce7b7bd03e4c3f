//! The next runs of a schedule while it is being edited. The server works them out, with the scheduler's own code.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use web_sys::{Event, FormData, HtmlFormElement, UrlSearchParams};

use super::page::{form_of, text_of};
use super::zone_suggestion::browser_zone;

/// How long after the last key the server is asked.
const PAUSE: Duration = Duration::from_millis(300);

/// The field in which a question names the time zone of the person's computer.
pub const HERE: &str = "here";

/// What a schedule as typed comes to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// The rule in words; empty when it has errors.
    pub sentence: String,
    /// The next runs, soonest first.
    pub runs: Vec<PreviewRun>,
    /// What may not be meant.
    pub cautions: Vec<String>,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// One of the next runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PreviewRun {
    /// Weekday, date, time and zone.
    pub exact: String,
    /// The time of day where the person is, if the clocks there show another.
    #[serde(default)]
    pub here: Option<String>,
    /// How far away, or what keeps it from running.
    pub note: String,
}

/// Around the schedule form; shows the preview after it and keeps it current.
#[island]
pub fn ScheduleEditor(
    /// What the form shows now.
    initial: Preview,
    children: Children,
) -> impl IntoView {
    let preview = RwSignal::new(initial);
    let is_ready = RwSignal::new(false);
    let place = NodeRef::<leptos::html::Div>::new();
    let ask = move |form: HtmlFormElement| {
        spawn_local(async move {
            // Without an answer the last preview stays; saving checks everything again.
            if let Some(answer) = fetch(&form).await {
                preview.set(answer);
            }
        });
    };
    // The server did not know where the person is.
    Effect::new(move || {
        let drawn = place
            .get()
            .and_then(|place| place.query_selector("form").ok().flatten());
        if let Some(drawn) = drawn.and_then(|drawn| drawn.dyn_into().ok()) {
            is_ready.set(true);
            ask(drawn);
        }
    });
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let changed = move |event: Event| {
        let Some(form) = form_of(&event) else { return };
        if let Some(earlier) = waiting.try_update_value(Option::take).flatten() {
            earlier.clear();
        }
        waiting.set_value(set_timeout_with_handle(move || ask(form), PAUSE).ok());
    };
    view! {
        <div class="editor" class:is-live=move || is_ready.get()>
            <div class="card editor-form" node_ref=place on:input=changed>
                {children()}
            </div>
            <section class="card editor-preview" aria-labelledby="preview-title">
                <h2 id="preview-title">"Next runs"</h2>
                <p class="preview-sentence" aria-live="polite">{move || headline(&preview.read())}</p>
                {move || caution_list(&preview.read())}
                {move || preview_list(&preview.read())}
            </section>
        </div>
    }
}

/// The sentence over the list: the rule, or what keeps it from having one.
fn headline(preview: &Preview) -> String {
    preview
        .problem
        .clone()
        .unwrap_or_else(|| preview.sentence.clone())
}

fn caution_list(preview: &Preview) -> impl IntoView + use<> {
    let cautions = preview.cautions.clone().into_iter();
    let items = cautions
        .map(|caution| view! { <p class="notice notice-warning">{caution}</p> })
        .collect_view();
    view! { <div aria-live="polite">{items}</div> }
}

/// The next runs as a list.
pub fn preview_list(preview: &Preview) -> impl IntoView + use<> {
    let items = preview
        .runs
        .iter()
        .map(|run| {
            let PreviewRun { exact, here, note } = run.clone();
            let here = here.map(|here| view! { <span class="muted">{format!(" = {here} your time")}</span> });
            view! {
                <li>
                    <span>{exact} {here}</span>
                    <span class="muted">{note}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="next-runs">{items}</ol> }
}

async fn fetch(form: &HtmlFormElement) -> Option<Preview> {
    let fields = FormData::new_with_form(form).ok()?;
    let query = UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()?;
    query.append(HERE, &browser_zone().unwrap_or_default());
    let address = format!("/schedules/preview?{}", String::from(query.to_string()));
    let text = text_of(window().fetch_with_str(&address)).await.ok()?;
    serde_json::from_str(&text).ok()
}
