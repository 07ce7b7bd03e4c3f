//! `GET /runs/{run_id}/events`: the log as it is written, as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use chrono::{DateTime, Utc};
use domain::run::RunStatus;
use engine::Engine;
use engine::runs::{Progress, Waiting};
use serde::Deserialize;
use tokio::sync::mpsc::{Sender, channel};
use tokio_stream::wrappers::ReceiverStream;

use super::log::{Look, wire};
use super::log_look::LogTime;
use super::progress;
use crate::error::AppError;
use crate::islands::WireLine;
use crate::routes::AppState;

/// Lines read from the database at a time, and sent in one event.
const PART: u32 = 100;

/// As many lines the page can hold: who is further behind is sent the end of the log.
const MOST_BEHIND: i64 = 5000;

/// A silent connection is cut by proxies; a comment keeps it.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How often a waiting run's place is looked at.
const LOOK_AGAIN: Duration = Duration::from_secs(3);

/// What the page shows already.
#[derive(Deserialize)]
pub struct Asked {
    /// Number of its last line.
    #[serde(default)]
    after: i64,
    /// How the run stood; a run that has started since is news.
    #[serde(default)]
    status: String,
    /// How its times are written.
    #[serde(default)]
    time: String,
}

/// Streams until the run has ended and all its lines are sent.
pub async fn stream(
    State(state): State<AppState>,
    Path(run_id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, AppError> {
    let run = state.engine.runs.find(&run_id).await?.ok_or(AppError::NotFound)?;
    // A browser that was cut off says how far it came.
    let resumed = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.parse().ok());
    let waiting = state.engine.find_waiting(&run.summary).await?;
    let (to, events) = channel(8);
    let follower = Follower {
        engine: state.engine,
        run_id,
        after: resumed.unwrap_or(asked.after),
        status: RunStatus::from_code(&asked.status).unwrap_or(run.summary.status),
        time: LogTime::from_code(&asked.time).unwrap_or_default(),
        // Sent in any case: the page may have been drawn before it.
        progress: None,
        waiting,
        to,
    };
    tokio::spawn(follower.follow());
    // Proxies such as nginx would otherwise hold the lines back.
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((
        unbuffered,
        Sse::new(ReceiverStream::new(events)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)),
    ))
}

/// Why nothing more is sent.
enum Stop {
    /// The browser is gone, or the run has ended.
    Over,
    /// The database was away. The browser reconnects by itself.
    Failed(engine::Error),
}

impl From<engine::Error> for Stop {
    fn from(error: engine::Error) -> Self {
        Self::Failed(error)
    }
}

struct Follower {
    engine: Engine,
    run_id: String,
    after: i64,
    status: RunStatus,
    time: LogTime,
    progress: Option<Progress>,
    waiting: Option<Waiting>,
    to: Sender<Result<Event, Infallible>>,
}

impl Follower {
    async fn follow(mut self) {
        // Before the first read: what changes during a read is then seen by the next.
        let mut news = self.engine.runs.watch(&self.run_id);
        loop {
            match self.send_news().await {
                Ok(()) => {}
                Err(Stop::Over) => return,
                Err(Stop::Failed(error)) => {
                    tracing::error!(run = %self.run_id, %error, "following a log failed");
                    return;
                }
            }
            tokio::select! {
                // What a waiting run waits for changes without anything happening to the run itself.
                () = tokio::time::sleep(LOOK_AGAIN), if self.status == RunStatus::Queued => {}
                change = news.changed() => if change.is_err() { return },
                () = self.to.closed() => return,
            }
        }
    }

    async fn send_news(&mut self) -> Result<(), Stop> {
        // The status first: once it is final, the lines read after it are all there are.
        let run = self.engine.runs.find(&self.run_id).await?.ok_or(Stop::Over)?;
        let status = run.summary.status;
        self.send_lines(run.summary.started_at).await?;
        if status.is_final() {
            self.send(Event::default().event("end").data(status.code()))
                .await?;
            return Err(Stop::Over);
        }
        if run.summary.progress != self.progress {
            self.progress.clone_from(&run.summary.progress);
            if let Some(progress) = &run.summary.progress {
                let data = serde_json::to_string(&progress::wire(progress)).map_err(engine::Error::from)?;
                self.send(Event::default().event("progress").data(data)).await?;
            }
        }
        let waiting = self.engine.find_waiting(&run.summary).await?;
        if status != self.status || waiting != self.waiting {
            self.status = status;
            self.waiting = waiting;
            self.send(Event::default().event("status").data(status.code()))
                .await?;
        }
        Ok(())
    }

    async fn send_lines(&mut self, start: Option<DateTime<Utc>>) -> Result<(), Stop> {
        let look = Look {
            zone: self.engine.zone,
            time: self.time,
            start,
            marked: String::new(),
            current: None,
        };
        loop {
            let total = self.engine.logs.total(&self.run_id).await?;
            self.after = self.after.max(total - MOST_BEHIND);
            let lines = self.engine.logs.after(&self.run_id, self.after, PART).await?;
            let Some(last) = lines.last() else { return Ok(()) };
            self.after = last.seq;
            let sent: Vec<WireLine> = lines.iter().map(|line| wire(line, &look)).collect();
            let data = serde_json::to_string(&sent).map_err(engine::Error::from)?;
            self.send(Event::default().id(self.after.to_string()).data(data))
                .await?;
        }
    }

    async fn send(&self, event: Event) -> Result<(), Stop> {
        self.to.send(Ok(event)).await.map_err(|_| Stop::Over)
    }
}
