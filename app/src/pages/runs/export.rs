//! `GET /runs/export.csv` and `GET /runs/export.json`: the list with its filter as a file, sent part by part.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::words;
use engine::Engine;
use engine::runs::{ParamShown, RunExport};
use futures::stream;
use serde_json::{Map, Value, json};

use super::asked::Asked;
use crate::components::run_table::started_by;
use crate::components::time::iso;
use crate::error::AppError;
use crate::routes::AppState;
use crate::session::SignedIn;

/// Runs read from the database at a time, so that a long history is never in memory as a whole.
const PART: u32 = 500;

/// Columns of both files, in order.
const COLUMNS: [&str; 18] = [
    "run",
    "task",
    "task_title",
    "status",
    "failure",
    "message",
    "started_by",
    "schedule",
    "due",
    "requested",
    "started",
    "ended",
    "duration_seconds",
    "records_processed",
    "records_success",
    "records_failed",
    "attempt",
    "settings",
];

/// The kinds of file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Json,
}

/// As a table for spreadsheets.
pub async fn csv(
    State(state): State<AppState>,
    who: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    send(state, &who, &asked, Format::Csv)
}

/// For programs.
pub async fn json(
    State(state): State<AppState>,
    who: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    send(state, &who, &asked, Format::Json)
}

fn send(state: AppState, who: &SignedIn, asked: &Asked, format: Format) -> Result<Response, AppError> {
    let viewer = who.viewer(&state);
    let filter = asked
        .filter(viewer.zone, viewer.now)
        .map_err(|_| {
            AppError::BadRequest("The days of the period cannot be read. Choose them in the list of runs.")
        })?
        .at(None, None);
    let day = viewer.today();
    let (kind, ending) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        Format::Json => ("application/json", "json"),
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"runs-{day}.{ending}\""),
        ),
    ];
    let parts = stream::try_unfold(Some((state.engine, filter, true)), move |place| async move {
        let Some((engine, filter, is_first)) = place else {
            return Ok(None);
        };
        let runs = engine.runs.export(&filter, PART).await?;
        let last = runs.last().map(|run| run.summary.id);
        let is_end = runs.len() < PART as usize;
        let rows: Vec<[Value; 18]> = runs.into_iter().map(|run| row(&engine, run)).collect();
        let text = match format {
            Format::Csv => table(&rows, is_first),
            Format::Json => list(&rows, is_first, is_end),
        };
        let next = (!is_end).then(|| (engine, filter.at(last, None), false));
        Ok::<_, engine::Error>(Some((text, next)))
    });
    Ok((headers, Body::from_stream(parts)).into_response())
}

fn row(engine: &Engine, run: RunExport) -> [Value; 18] {
    let RunExport {
        summary,
        scheduled_for,
        attempt,
        params,
    } = run;
    let folder = engine.catalog.find(&summary.task_name);
    let secrets: Vec<String> = folder
        .iter()
        .flat_map(|folder| folder.params())
        .filter(|spec| spec.is_secret())
        .map(|spec| spec.name.clone())
        .collect();
    let title = folder.map_or_else(|| summary.task_name.clone(), |folder| folder.title().to_owned());
    let moment = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(iso);
    let settings: Map<String, Value> = params
        .into_iter()
        .map(|(name, value)| {
            // What was a plain text when it ran may be a password by now.
            let is_secret = secrets.contains(&name);
            let value = setting(if is_secret { ParamShown::Saved } else { value });
            (name, value)
        })
        .collect();
    let started_by = started_by(&summary);
    [
        json!(summary.run_id),
        json!(summary.task_name),
        json!(title),
        json!(summary.status.code()),
        json!(summary.failure_reason.map(domain::run::FailureReason::sentence)),
        json!(summary.error_message),
        json!(started_by),
        json!(summary.schedule_id),
        json!(moment(scheduled_for)),
        json!(iso(summary.queued_at)),
        json!(moment(summary.started_at)),
        json!(moment(summary.completed_at)),
        summary.duration_ms.map_or(Value::Null, seconds),
        json!(summary.records.processed),
        json!(summary.records.success),
        json!(summary.records.failed),
        json!(attempt),
        Value::Object(settings),
    ]
}

/// A value as the file has it: of a password only that there was one, of files and credentials their names.
fn setting(value: ParamShown) -> Value {
    match value {
        ParamShown::Value(value) => value,
        ParamShown::File(file) => json!(format!("{}, {}", file.name, words::bytes(file.size))),
        ParamShown::Credential(name) => json!(name),
        ParamShown::Saved => json!("[secret]"),
    }
}

/// To the millisecond, without the noise of binary fractions.
fn seconds(milliseconds: i64) -> Value {
    let text = format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000);
    text.parse::<f64>().map_or(Value::Null, |seconds| json!(seconds))
}

fn list(rows: &[[Value; 18]], is_first: bool, is_end: bool) -> String {
    let objects = rows.iter().map(|row| {
        let pairs = COLUMNS.iter().zip(row);
        let object: Map<String, Value> = pairs
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        Value::Object(object).to_string()
    });
    let mut text = String::new();
    for (index, object) in objects.enumerate() {
        text.push_str(if is_first && index == 0 { "[\n" } else { ",\n" });
        text.push_str(&object);
    }
    if is_first && rows.is_empty() {
        text.push('[');
    }
    if is_end {
        text.push_str("\n]\n");
    }
    text
}

fn table(rows: &[[Value; 18]], is_first: bool) -> String {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    // Writing to memory cannot fail, and all rows have the same length.
    if is_first {
        let _ = writer.write_record(COLUMNS);
    }
    for row in rows {
        let _ = writer.write_record(row.iter().map(cell));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    // The mark by which spreadsheets know the letters.
    if is_first { format!("\u{feff}{text}") } else { text }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => harmless(text),
        other => other.to_string(),
    }
}

/// A text that spreadsheets take for a text: what begins as a formula would be carried out.
fn harmless(text: &str) -> String {
    let begins = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if text.starts_with(begins) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(message: &str) -> [Value; 18] {
        let mut row: [Value; 18] = std::array::from_fn(|_| Value::Null);
        row[0] = json!("r1");
        row[5] = json!(message);
        row[12] = seconds(72_045);
        row[17] = json!({"key": setting(ParamShown::Saved), "size": 7});
        row
    }

    #[test]
    fn what_begins_as_a_formula_is_a_text_in_a_spreadsheet() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        assert_eq!(harmless("a=1"), "a=1");
        let text = table(&[sample("=HYPERLINK(\"http://evil\"),\n\"x\"")], false);
        assert_eq!(
            text,
            "r1,,,,,\"'=HYPERLINK(\"\"http://evil\"\"),\n\"\"x\"\"\",,,,,,,72.045,,,,,\"{\"\"key\"\":\"\"[secret]\"\",\"\"size\"\":7}\"\r\n"
        );
    }

    #[test]
    fn a_table_has_its_head_once_and_a_list_is_whole_when_its_parts_are_put_together() {
        let rows = [sample("a"), sample("b")];
        let csv = table(&rows, true) + &table(&rows, false);
        assert!(csv.starts_with("\u{feff}run,task,") && csv.matches("task_title").count() == 1);
        assert_eq!(csv.lines().count(), 5);
        for parts in [
            list(&rows, true, false) + &list(&rows, false, true),
            list(&rows, true, false) + &list(&[], false, true),
            list(&[], true, true),
        ] {
            let read: Vec<Value> = serde_json::from_str(&parts).unwrap();
            assert!([0, 2, 4].contains(&read.len()), "{parts}");
        }
    }
}
