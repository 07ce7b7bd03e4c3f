//! Brings a run's page up to date without losing the reader's place in the log.

use wasm_bindgen::JsValue;
use web_sys::{DomParser, SupportedType};

use super::page::text_of;

/// The part of the page that tells how the run stands.
pub const RUN_SUMMARY_ID: &str = "run-summary";

/// The line over the log that tells how long it is.
pub const LOG_LINKS_ID: &str = "log-links";

/// Fetches the page from this address and takes over these parts and its title. An error means that the server is away
/// or the session has ended; the page then stays as it is.
pub(super) async fn refresh(address: &str) -> Result<(), JsValue> {
    take_over(address, &[RUN_SUMMARY_ID, LOG_LINKS_ID]).await
}

/// The same for any page and its parts.
pub(super) async fn take_over(address: &str, parts: &[&str]) -> Result<(), JsValue> {
    let (window, page) = (leptos::prelude::window(), leptos::prelude::document());
    let html = text_of(window.fetch_with_str(address)).await?;
    let fresh = DomParser::new()?.parse_from_string(&html, SupportedType::TextHtml)?;
    for id in parts {
        let part = fresh.get_element_by_id(id).ok_or(JsValue::NULL)?;
        let old = page.get_element_by_id(id).ok_or(JsValue::NULL)?;
        old.replace_with_with_node_1(&page.adopt_node(&part)?)?;
    }
    page.set_title(&fresh.title());
    Ok(())
}
