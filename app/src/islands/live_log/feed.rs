//! The event stream of a run.

use std::rc::Rc;

use leptos::prelude::*;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventSource, MessageEvent};

use super::WireLine;
use crate::islands::run_progress::{self, WireProgress};

/// How the connection stands, as far as the reader needs to know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Connection {
    /// Lines come as they are written.
    Open,
    /// The browser tries again by itself.
    Lost,
    /// It has given up, for example because the session ended.
    Ended,
}

impl Connection {
    pub(super) fn notice(self) -> &'static str {
        match self {
            Self::Open => "",
            Self::Lost => "Connection lost, trying again…",
            Self::Ended => "The connection ended. Reload the page to go on.",
        }
    }
}

/// Where the events go.
#[derive(Clone)]
pub(super) struct Feed {
    receive: Rc<dyn Fn(Vec<WireLine>)>,
    on_status: Rc<dyn Fn(bool)>,
    connection: RwSignal<Connection>,
}

impl Feed {
    /// `receive` takes new lines, `on_status` whether the run has ended.
    pub(super) fn new(
        receive: impl Fn(Vec<WireLine>) + 'static,
        on_status: impl Fn(bool) + 'static,
        connection: RwSignal<Connection>,
    ) -> Self {
        Self {
            receive: Rc::new(receive),
            on_status: Rc::new(on_status),
            connection,
        }
    }
}

/// Connects, and stays connected until the run has ended. The browser reconnects by itself and says where it was.
pub(super) fn follow(address: &str, feed: &Feed) {
    let Ok(source) = EventSource::new(address) else {
        feed.connection.set(Connection::Ended);
        return;
    };
    let to = feed.clone();
    listen(&source, "message", move |event| {
        if let Some(lines) = data(&event) {
            (to.receive)(lines);
        }
    });
    listen(&source, "progress", |event| {
        if let Some(progress) = data::<WireProgress>(&event) {
            run_progress::show(&document(), progress);
        }
    });
    let to = feed.clone();
    listen(&source, "status", move |_| (to.on_status)(false));
    let to = feed.clone();
    let ended = source.clone();
    listen(&source, "end", move |_| {
        ended.close();
        (to.on_status)(true);
    });
    let connection = feed.connection;
    listen(&source, "open", move |_| connection.set(Connection::Open));
    let failed = source.clone();
    listen(&source, "error", move |_| {
        let is_over = failed.ready_state() == EventSource::CLOSED;
        connection.set(if is_over {
            Connection::Ended
        } else {
            Connection::Lost
        });
    });
}

/// What came with an event.
fn data<T: DeserializeOwned>(event: &Event) -> Option<T> {
    let data = event.dyn_ref::<MessageEvent>()?.data().as_string()?;
    serde_json::from_str(&data).ok()
}

/// Listens for as long as the page lives.
fn listen(source: &EventSource, name: &str, handle: impl Fn(Event) + 'static) {
    let handle = Closure::<dyn Fn(Event)>::new(handle);
    let _ = source.add_event_listener_with_callback(name, handle.as_ref().unchecked_ref());
    handle.forget();
}
