//! Style, icons and the islands' WebAssembly, carried inside this program (read from `site/` in a debug build).

use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../site/"]
#[allow_missing = true]
struct Site;

/// Whether the site was built before the server.
pub(crate) fn are_there() -> bool {
    Site::get("main.css").is_some() && Site::get("pkg/insightmesh.wasm").is_some()
}

/// The file at this address. Browsers keep it and ask whether it changed, so that an update of the server is never
/// met by an old script.
pub(crate) async fn find(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let Some(file) = Site::get(path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = format!("\"{}\"", hex::encode(file.metadata.sha256_hash()));
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|known| known.to_str().ok());
    let caching = [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, "public, no-cache".to_owned()),
    ];
    // A proxy or the compression layer may have marked the tag as weak.
    if known.is_some_and(|known| known.trim_start_matches("W/") == tag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let kind = mime_guess::from_path(path).first_or_octet_stream().to_string();
    (caching, [(header::CONTENT_TYPE, kind)], file.data).into_response()
}
