//! Follows the log of a run while it runs.

mod feed;
mod lines;

use std::time::Duration;

use domain::run::RunStatus;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use self::feed::{Connection, Feed};
use self::lines::{Cut, Lines};
use super::log_line::{CURRENT, WireLine};
use super::{run_progress, run_summary};

/// How often a screen reader is told of new lines.
const ANNOUNCE_EVERY: Duration = Duration::from_secs(10);

/// The checkbox over the log that says whether long lines are wrapped, and the cookie that remembers it.
pub const WRAP_ID: &str = "log-wrap";
/// Holds `yes` or `no`.
pub const WRAP_COOKIE: &str = "insightmesh_log_wrap";

/// A year, in seconds.
const REMEMBERED: u32 = 31_536_000;

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
    /// How times are written, as the address has it.
    time: String,
    children: Children,
) -> impl IntoView {
    let is_live = reaches_end && !status.is_final();
    let parent = NodeRef::<Div>::new();
    let log = Log {
        frame: NodeRef::new(),
        lines: StoredValue::new_local(None),
        is_due: StoredValue::new(false),
        top: StoredValue::new(0),
        is_following: RwSignal::new(is_live),
        unseen: RwSignal::new(0),
        cut: RwSignal::new(Cut::default()),
    };
    let unannounced = StoredValue::new(0_usize);
    let connection = RwSignal::new(Connection::Open);
    let announcement = RwSignal::new(String::new());

    let receive = move |lines: Vec<WireLine>| {
        unannounced.update_value(|count| *count += lines.len());
        log.receive(lines);
    };
    let page = format!("/runs/{run_id}");
    let on_status = move |is_final: bool| {
        let (first, last) = log.shown();
        let address = format!("{page}?from={first}&shown={last}");
        spawn_local(async move {
            match (run_summary::refresh(&address).await, is_final) {
                (Ok(()), true) => announcement.set("The run has ended.".to_owned()),
                (Ok(()), false) => run_progress::show_newest(&document()),
                (Err(_), _) => connection.set(Connection::Ended),
            }
        });
    };
    let download = format!("/runs/{run_id}/log.txt");
    Effect::new(move || {
        let Some((frame, parent)) = log.frame.get().zip(parent.get()) else {
            return;
        };
        open_at(&frame, is_live, reaches_end);
        remember_wrapping();
        if is_live {
            log.lines.set_value(Some(Lines::new(parent.into(), after)));
            let address = format!(
                "/runs/{run_id}/events?after={after}&status={}&time={time}",
                status.code()
            );
            feed::follow(&address, &Feed::new(receive, on_status.clone(), connection));
            every(ANNOUNCE_EVERY, move || match unannounced.get_value() {
                0 => {}
                count => {
                    unannounced.set_value(0);
                    announcement.set(format!("{count} new lines"));
                }
            });
        }
    });
    view! {
        <div class="log-frame">
            <div
                class="log"
                role="log"
                aria-live="off"
                aria-label="Log"
                tabindex="0"
                node_ref=log.frame
                on:scroll=move |_| log.scrolled()
            >
                {cut_before(log, download)}
                <div class="log-lines" node_ref=parent>
                    {children()}
                </div>
                {cut_after(log)}
            </div>
            <button
                type="button"
                class="button log-jump"
                hidden=move || log.is_following.get() || log.unseen.get() == 0
                on:click=move |_| log.jump()
            >
                {move || format!("Jump to latest ({} new)", log.unseen.get())}
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

/// Stands where lines have left the page.
fn cut_before(log: Log, download: String) -> AnyView {
    let first = move || log.cut.get().before.unwrap_or(1);
    let address = move || {
        let last = first() - 1;
        format!("?from={}#L{last}", (last - EARLIER).max(1))
    };
    view! {
        <p class="log-cut" hidden=move || log.cut.get().before.is_none()>
            {move || format!("The lines before {} have left this page, to keep it fast. ", first())}
            <a href=address>"Show them"</a>
            " "
            <a href=download>"Download all"</a>
        </p>
    }
    .into_any()
}

/// Stands where the page is full, while lines wait behind it.
fn cut_after(log: Log) -> AnyView {
    let address = move || {
        let next = log.cut.get().after.unwrap_or_default() + 1;
        format!("?from={next}#L{next}")
    };
    view! {
        <p class="log-cut" hidden=move || log.is_caught_up()>
            "The page takes no more lines while you read it. "
            <a href=address>"Show later lines"</a>
        </p>
    }
    .into_any()
}

/// A link to what has left the page begins so many lines before it.
const EARLIER: i64 = 500;

/// What the parts of the island share.
#[derive(Clone, Copy)]
struct Log {
    frame: NodeRef<Div>,
    /// Of a run that goes on.
    lines: StoredValue<Option<Lines>, LocalStorage>,
    /// Whether lines are drawn in the next frame.
    is_due: StoredValue<bool>,
    /// Where the reader was.
    top: StoredValue<i32>,
    /// Whether the log stays at its end.
    is_following: RwSignal<bool>,
    /// How many lines came since the reader left the end.
    unseen: RwSignal<usize>,
    cut: RwSignal<Cut>,
}

impl Log {
    fn receive(self, lines: Vec<WireLine>) {
        if !self.is_following.get_untracked() {
            self.unseen.update(|count| *count += lines.len());
        }
        self.with(|kept| kept.receive(lines));
        self.draw_soon();
    }

    /// Once a frame: a task that prints fast must not redraw the page for each line.
    fn draw_soon(self) {
        if !self.is_due.get_value() {
            self.is_due.set_value(true);
            request_animation_frame(move || {
                self.is_due.set_value(false);
                self.draw();
            });
        }
    }

    fn draw(self) {
        let is_following = self.is_following.get_untracked();
        let is_more = self.with(|lines| lines.draw(is_following)).unwrap_or_default();
        let cut = self.with(|lines| lines.cut()).unwrap_or_default();
        if self.cut.get_untracked() != cut {
            self.cut.set(cut);
        }
        if is_following {
            self.scroll_to_end();
        }
        if is_more {
            self.draw_soon();
        }
    }

    fn jump(self) {
        self.is_following.set(true);
        self.unseen.set(0);
        self.scroll_to_end();
        self.draw_soon();
    }

    /// Whoever scrolls away from the end stays there; back at it, the log is followed again, unless lines lie between.
    fn scrolled(self) {
        let Some(frame) = self.frame.get_untracked() else {
            return;
        };
        let top = frame.scroll_top();
        let went_up = top < self.top.get_value();
        self.top.set_value(top);
        let is_at_end = top + frame.client_height() >= frame.scroll_height() - 8;
        let was_following = self.is_following.get_untracked();
        let follows = if was_following {
            // What is drawn moves the end away, too; only a reader moves up.
            is_at_end || !went_up
        } else {
            is_at_end && self.with(|lines| lines.goes_on()).unwrap_or(true)
        };
        if follows != was_following {
            self.is_following.set(follows);
        }
        if follows {
            self.unseen.set(0);
            self.draw_soon();
        }
    }

    fn scroll_to_end(self) {
        if let Some(frame) = self.frame.get_untracked() {
            frame.set_scroll_top(frame.scroll_height());
            self.top.set_value(frame.scroll_top());
        }
    }

    /// The first and the last line of which the page tells: those that will be drawn in a moment are among them.
    fn shown(self) -> (i64, i64) {
        let is_following = self.is_following.get_untracked();
        let shown = self.with(|lines| {
            let (first, last) = lines.shown();
            (first, if is_following { lines.newest() } else { last })
        });
        shown.unwrap_or((1, 0))
    }

    /// Whether nothing lies behind what is on the page.
    fn is_caught_up(self) -> bool {
        self.is_following.get() || self.cut.get().after.is_none()
    }

    fn with<T>(self, action: impl FnOnce(&mut Lines) -> T) -> Option<T> {
        self.lines
            .try_update_value(|lines| lines.as_mut().map(action))
            .flatten()
    }
}

/// Keeps in this browser whether long lines are wrapped, without a form being sent.
fn remember_wrapping() {
    let _ = window_event_listener(leptos::ev::change, |event| {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let Some(input) = target.filter(|input| input.id() == WRAP_ID) {
            let wraps = if input.checked() { "yes" } else { "no" };
            let cookie = format!("{WRAP_COOKIE}={wraps}; path=/; max-age={REMEMBERED}; samesite=lax");
            let _ = js_sys::Reflect::set(&document(), &"cookie".into(), &cookie.into());
        }
    });
}

/// A link to a line stays there; a search begins at its match, a failed run where it went wrong, any other at its end.
fn open_at(frame: &web_sys::HtmlElement, is_live: bool, reaches_end: bool) {
    let find = |selector: &str| frame.query_selector(selector).ok().flatten();
    if find(":target").is_some() {
        return;
    }
    let first_error = || find(".is-error").filter(|_| !is_live);
    let goal = find(&format!(".{CURRENT}")).or_else(first_error);
    match goal.and_then(|line| line.dyn_into::<web_sys::HtmlElement>().ok()) {
        Some(line) => show_line(frame, &line),
        None if reaches_end => frame.set_scroll_top(frame.scroll_height()),
        None => {}
    }
}

/// A third of the frame above a line shows what led there.
pub(super) fn show_line(frame: &web_sys::HtmlElement, line: &web_sys::HtmlElement) {
    frame.set_scroll_top(line.offset_top() - frame.client_height() / 3);
}

fn every(interval: Duration, action: impl Fn() + 'static) {
    // Lives as long as the page does.
    let _ = set_interval_with_handle(action, interval);
}
