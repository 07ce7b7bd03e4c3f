//! The web pages and the islands that the browser brings to life.
//!
//! axum does the routing: a handler loads what its page shows, then a pure Leptos component draws it. So statuses,
//! redirects and form errors are real HTTP and work without JavaScript.
//!
//! * [`routes`]: every address, and which of them need a signed-in person
//! * [`session`]: who is signed in
//! * [`render`]: from a page's view to a response
//! * [`error`]: the one way in which a page fails
//! * [`form`]: a submitted form
//! * [`pages`]: one folder per resource, with the actions next to the pages
//! * [`components`]: what pages are made of
//! * [`islands`]: the only part that is also compiled for the browser

// Components own their properties, whether or not they consume them.
#![allow(clippy::needless_pass_by_value)]

pub mod islands;

#[cfg(feature = "ssr")]
mod address;
#[cfg(feature = "ssr")]
pub mod components;
#[cfg(feature = "ssr")]
pub mod error;
#[cfg(feature = "ssr")]
pub mod form;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod render;
#[cfg(feature = "ssr")]
pub mod routes;
#[cfg(feature = "ssr")]
pub mod session;

#[cfg(feature = "ssr")]
pub use routes::{AppState, gallery, health, router};
