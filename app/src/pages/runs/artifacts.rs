//! The files that a run handed over, and `GET /runs/{run_id}/files/{number}`.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::words;
use engine::runs::Artifact;
use leptos::prelude::*;
use tokio_util::io::ReaderStream;

use crate::error::AppError;
use crate::routes::AppState;

/// A list to download from; nothing is drawn without files.
#[component]
pub(super) fn ArtifactList(run_id: String, artifacts: Vec<Artifact>) -> AnyView {
    let files: Vec<_> = artifacts
        .into_iter()
        .map(|artifact| {
            let address = format!("/runs/{run_id}/files/{}", artifact.seq);
            view! {
                <li>
                    <a href=address download>
                        {artifact.name}
                    </a>
                    " "
                    <span class="muted">{words::bytes(u64::try_from(artifact.size).unwrap_or_default())}</span>
                </li>
            }
        })
        .collect();
    (!files.is_empty())
        .then(|| {
            view! {
                <section class="card" aria-labelledby="files-title">
                    <h2 id="files-title">"Files"</h2>
                    <ul class="files">{files}</ul>
                </section>
            }
        })
        .into_any()
}

/// Sends a file, never to be shown inside the product: what is in it comes from a task (rule S12).
pub async fn send(
    State(state): State<AppState>,
    Path((run_id, number)): Path<(String, i64)>,
) -> Result<Response, AppError> {
    let opened = state
        .engine
        .artifacts
        .open(&run_id, number)
        .await?
        .ok_or(AppError::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, opened.size.to_string()),
        (header::CONTENT_DISPOSITION, disposition(&opened.name)),
        (header::CONTENT_SECURITY_POLICY, "sandbox".to_owned()),
    ];
    Ok((headers, Body::from_stream(ReaderStream::new(opened.file))).into_response())
}

/// A name of any letters, after RFC 6266: a plain one for old programs, the real one for the rest.
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|letter| match letter {
            '"' | '\\' => '_',
            letter if letter.is_ascii_graphic() || letter == ' ' => letter,
            _ => '_',
        })
        .collect();
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s12_a_file_s_name_cannot_leave_its_header() {
        assert_eq!(
            disposition("März \"1\"\r\nx.csv"),
            "attachment; filename=\"M_rz _1___x.csv\"; filename*=UTF-8''M%C3%A4rz%20%221%22%0D%0Ax.csv"
        );
    }
}
