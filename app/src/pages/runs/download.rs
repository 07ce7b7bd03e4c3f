//! `GET /runs/{run_id}/log.txt`: the whole log as a file.

use std::fmt::Write;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::run::without_ansi;
use engine::Engine;
use engine::runs::LogLine;
use futures::stream;

use crate::components::time::iso;
use crate::error::AppError;
use crate::routes::AppState;

/// Lines read from the database at a time, so that a long log is never in memory as a whole.
const PART: u32 = 1000;

/// Sends it part by part.
pub async fn send(State(state): State<AppState>, Path(run_id): Path<String>) -> Result<Response, AppError> {
    let run = state.engine.runs.find(&run_id).await?.ok_or(AppError::NotFound)?;
    let file = format!(
        "attachment; filename=\"{}-{run_id}.log.txt\"",
        run.summary.task_name
    );
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, file),
    ];
    let parts = stream::try_unfold((state.engine, run_id, 0), |(engine, run_id, after)| async move {
        let Some((text, last)) = part(&engine, &run_id, after).await? else {
            return Ok(None);
        };
        Ok::<_, engine::Error>(Some((text, (engine, run_id, last))))
    });
    Ok((headers, Body::from_stream(parts)).into_response())
}

async fn part(engine: &Engine, run_id: &str, after: i64) -> Result<Option<(String, i64)>, engine::Error> {
    let lines = engine.logs.after(run_id, after, PART).await?;
    Ok(lines.last().map(|last| (written(&lines), last.seq)))
}

fn written(lines: &[LogLine]) -> String {
    lines.iter().fold(String::new(), |mut text, line| {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{} {:<7} {:<6} {}",
            iso(line.at),
            line.level.code(),
            line.stream.code(),
            without_ansi(&line.text)
        );
        text
    })
}
