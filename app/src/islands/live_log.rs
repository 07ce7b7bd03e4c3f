//! Follows the log of a run while it runs.

mod feed;

use std::time::Duration;

use domain::run::RunStatus;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use self::feed::{Connection, Feed};
use super::log_line::{WireLine, log_line};
use super::{run_progress, run_summary};

/// How often a screen reader is told of new lines.
const ANNOUNCE_EVERY: Duration = Duration::from_secs(10);

/// As many lines stay on the page; the file has them all.
const MOST_LINES: u32 = 5000;

/// The frame of the log. The server draws the lines there are; this adds those that come.
#[island]
pub fn LiveLog(
    /// Whose log.
    run_id: String,
    /// Number of the last line already drawn.
    after: i64,
    /// How the run stands on this page.
    status: RunStatus,
    /// Whether the lines drawn are the last there are, so that new ones can follow them.
    reaches_end: bool,
    children: Children,
) -> impl IntoView {
    let is_live = reaches_end && !status.is_final();
    let frame = NodeRef::<Div>::new();
    let is_following = RwSignal::new(true);
    let unseen = RwSignal::new(0_usize);
    let unannounced = StoredValue::new(0_usize);
    let connection = RwSignal::new(Connection::Open);
    let announcement = RwSignal::new(String::new());

    let jump = move || {
        if let Some(frame) = frame.get_untracked() {
            frame.set_scroll_top(frame.scroll_height());
        }
        unseen.set(0);
    };
    let append = move |lines: Vec<WireLine>| {
        let Some(frame) = frame.get_untracked() else {
            return;
        };
        unannounced.update_value(|count| *count += lines.len());
        unseen.update(|count| *count += lines.len());
        leptos::mount::mount_to(frame.clone().into(), move || {
            lines.iter().map(log_line).collect_view()
        })
        .forget();
        if is_following.get_untracked() {
            drop_oldest(&frame);
            jump();
        }
    };
    let page = format!("/runs/{run_id}");
    let on_status = move |is_final: bool| {
        let address = format!("{page}?from={}", first_line(frame));
        spawn_local(async move {
            match (run_summary::refresh(&address).await, is_final) {
                (Ok(()), true) => announcement.set("The run has ended.".to_owned()),
                (Ok(()), false) => run_progress::show_newest(&document()),
                (Err(_), _) => connection.set(Connection::Ended),
            }
        });
    };
    Effect::new(move || {
        let Some(frame) = frame.get() else { return };
        open_at(&frame, is_live, reaches_end);
        if is_live {
            let address = format!("/runs/{run_id}/events?after={after}&status={}", status.code());
            feed::follow(&address, &Feed::new(append, on_status.clone(), connection));
            every(ANNOUNCE_EVERY, move || match unannounced.get_value() {
                0 => {}
                count => {
                    unannounced.set_value(0);
                    announcement.set(format!("{count} new lines"));
                }
            });
        }
    });
    let scrolled = move |_| {
        let Some(frame) = frame.get_untracked() else {
            return;
        };
        let is_at_end = frame.scroll_top() + frame.client_height() >= frame.scroll_height() - 8;
        is_following.set(is_at_end);
        if is_at_end {
            unseen.set(0);
        }
    };
    view! {
        <div class="log-frame">
            <div
                class="log"
                role="log"
                aria-live="off"
                aria-label="Log"
                tabindex="0"
                node_ref=frame
                on:scroll=scrolled
            >
                {children()}
            </div>
            <button
                type="button"
                class="button log-jump"
                hidden=move || is_following.get() || unseen.get() == 0
                on:click=move |_| jump()
            >
                {move || format!("Jump to latest ({} new)", unseen.get())}
            </button>
            <p class="log-notice" role="status" hidden=move || connection.get().notice().is_empty()>
                {move || connection.get().notice()}
            </p>
            <p class="visually-hidden" role="status">
                {announcement}
            </p>
        </div>
    }
}

/// The number of the first line on the page.
fn first_line(frame: NodeRef<Div>) -> i64 {
    let first = frame
        .get_untracked()
        .and_then(|frame| frame.query_selector(".log-line").ok().flatten());
    first
        .and_then(|line| line.id().strip_prefix('L')?.parse().ok())
        .unwrap_or(1)
}

/// A link to a line stays there; a failed run opens where it went wrong, any other at its end.
fn open_at(frame: &web_sys::HtmlElement, is_live: bool, reaches_end: bool) {
    if frame.query_selector(":target").ok().flatten().is_some() {
        return;
    }
    let first_error = frame
        .query_selector(".is-error")
        .ok()
        .flatten()
        .filter(|_| !is_live);
    match first_error.and_then(|line| line.dyn_into::<web_sys::HtmlElement>().ok()) {
        // A third of the frame above it shows what led there.
        Some(line) => frame.set_scroll_top(line.offset_top() - frame.client_height() / 3),
        None if reaches_end => frame.set_scroll_top(frame.scroll_height()),
        None => {}
    }
}

/// Keeps the page usable however much a task prints. Only while following, so that no line moves under a reader.
fn drop_oldest(frame: &web_sys::HtmlElement) {
    let Ok(lines) = frame.query_selector_all(".log-line") else {
        return;
    };
    for index in 0..lines.length().saturating_sub(MOST_LINES) {
        if let Some(line) = lines.get(index)
            && let Some(parent) = line.parent_node()
        {
            let _ = parent.remove_child(&line);
        }
    }
}

fn every(interval: Duration, action: impl Fn() + 'static) {
    // Lives as long as the page does.
    let _ = set_interval_with_handle(action, interval);
}
