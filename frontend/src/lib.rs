//! Hydrates the islands, nothing else.

use wasm_bindgen::prelude::wasm_bindgen;

// Keeps the islands' entry points in the WebAssembly module, where the page's script finds them by name.
pub use app::islands;

/// Called by the page's script before any island.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
