//! What several islands ask of the page and of the server.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event, HtmlFormElement, NodeList, Response};

/// The form that something happened in.
pub(super) fn form_of(event: &Event) -> Option<HtmlFormElement> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    target.closest("form").ok()??.dyn_into().ok()
}

/// The elements that a selector found.
pub(super) fn elements(found: Option<NodeList>) -> Vec<Element> {
    let Some(found) = found else { return Vec::new() };
    (0..found.length())
        .filter_map(|index| found.get(index)?.dyn_into().ok())
        .collect()
}

/// The text of an answer, whatever its status. An error means that the server is away.
pub(super) async fn text_of(fetching: Promise) -> Result<String, JsValue> {
    let response: Response = JsFuture::from(fetching).await?.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?;
    Ok(text.as_string().unwrap_or_default())
}
