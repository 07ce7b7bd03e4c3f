//! From a page's view to a response: the document around it, its status, its headers.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::params::FieldError;
use engine::auth::Account;
use hydration_context::SsrSharedContext;
use leptos::config::LeptosOptions;
use leptos::nonce::{Nonce, provide_nonce};
use leptos::prelude::*;

use crate::components::layout::{Document, Section};

/// Who looks at the page and when; every component may ask for it through [`Viewer::current`].
#[derive(Clone)]
pub struct Viewer {
    /// The signed-in person, if any.
    pub account: Option<Account>,
    /// Where a signed-in person's browser finds the islands: each of their pages has at least one, [`FindPalette`].
    ///
    /// [`FindPalette`]: crate::islands::FindPalette
    pub islands: Option<LeptosOptions>,
    /// Zone for the times on the page.
    pub zone: Tz,
    /// The moment of the request.
    pub now: DateTime<Utc>,
}

impl Viewer {
    /// For pages that are shown to anyone.
    pub fn nobody() -> Self {
        Self {
            account: None,
            islands: None,
            zone: Tz::UTC,
            now: Utc::now(),
        }
    }

    /// The day that it is for them.
    pub fn today(&self) -> NaiveDate {
        self.now.with_timezone(&self.zone).date_naive()
    }

    /// The viewer of the page being drawn.
    pub fn current() -> Self {
        use_context().unwrap_or_else(Self::nobody)
    }
}

/// What surrounds a page's view.
#[must_use]
pub struct Page {
    title: String,
    status: StatusCode,
    section: Option<Section>,
    islands: Option<LeptosOptions>,
    refresh: bool,
}

impl Page {
    /// A page with this title, without islands, answering 200.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            status: StatusCode::OK,
            section: None,
            islands: None,
            refresh: false,
        }
    }

    /// Answers with this status.
    pub fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// A form: with errors it did not pass, which the status 422 and the title say first.
    pub fn with_errors(self, errors: &[FieldError]) -> Self {
        if errors.is_empty() {
            return self;
        }
        let title = format!("Error: {}", self.title);
        Self {
            title,
            status: StatusCode::UNPROCESSABLE_ENTITY,
            ..self
        }
    }

    /// Marks the entry of the navigation that the page belongs to.
    pub fn section(self, section: Section) -> Self {
        Self {
            section: Some(section),
            ..self
        }
    }

    /// Loads the islands' WebAssembly, on a page that nobody has signed in for. All others do.
    pub fn islands(self, options: &LeptosOptions) -> Self {
        Self {
            islands: Some(options.clone()),
            ..self
        }
    }

    /// Reloads every few seconds where no JavaScript runs.
    pub fn refresh(self, refresh: bool) -> Self {
        Self { refresh, ..self }
    }

    /// Draws the page.
    pub fn render<V: IntoView + 'static>(self, viewer: Viewer, view: impl FnOnce() -> V) -> Response {
        let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
        let status = self.status;
        let (html, policy) = owner.with(|| {
            provide_nonce();
            let of_viewer = viewer.islands.clone();
            provide_context(viewer);
            let policy = content_policy(use_context::<Nonce>().as_deref());
            let Self {
                title,
                section,
                islands,
                refresh,
                ..
            } = self;
            let islands = islands.or(of_viewer);
            let content = view().into_any();
            (
                view! { <Document title section islands refresh content /> }.to_html(),
                policy,
            )
        });
        owner.unset_with_forced_cleanup();
        (status, [(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response()
    }
}

/// Only our own files and this page's own scripts run; nothing is framed, and forms only come back here (rule S11).
fn content_policy(nonce: Option<&str>) -> HeaderValue {
    let nonce = nonce.unwrap_or_default();
    let policy = format!(
        "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;
    use crate::components::error_summary::field_error;

    async fn read(response: Response) -> (StatusCode, String, String) {
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .to_owned();
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, policy, String::from_utf8(body.to_vec()).unwrap())
    }

    fn options() -> LeptosOptions {
        LeptosOptions::builder()
            .output_name("insightmesh")
            .site_pkg_dir("pkg")
            .build()
    }

    #[tokio::test]
    async fn s11_scripts_carry_the_nonce_of_their_own_response_and_nothing_is_inline_besides() {
        let page = || {
            Page::new("T")
                .islands(&options())
                .render(Viewer::nobody(), || view! { <p>"x"</p> })
        };
        let (_, policy, html) = read(page()).await;
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .and_then(|rest| rest.split('\'').next())
            .unwrap();
        assert!(nonce.len() >= 20);
        let with_nonce = html
            .matches(&format!("<script type=\"module\" nonce=\"{nonce}\""))
            .count();
        assert_eq!((html.matches("<script").count(), with_nonce), (1, 1), "{html}");
        assert!(!html.contains(" style=") && !html.contains("<style") && !html.contains(" onclick="));
        assert_ne!(read(page()).await.1, policy, "a nonce is used once");
    }

    #[tokio::test]
    async fn a_page_without_islands_loads_no_script() {
        let (status, _, html) = read(Page::new("T").render(Viewer::nobody(), || view! { <p>"x"</p> })).await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            html.starts_with("<!DOCTYPE html><html lang=\"en\">") && !html.contains("<script"),
            "{html}"
        );
    }

    #[tokio::test]
    async fn a_form_with_errors_answers_422_and_says_so_in_its_title() {
        let page = Page::new("Settings")
            .with_errors(&[field_error("name", "Enter your name")])
            .render(Viewer::nobody(), || view! { <p>"x"</p> });
        let (status, _, html) = read(page).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(html.contains("<title>Error: Settings – InsightMesh Tasks</title>"));
    }

    #[tokio::test]
    async fn f27_text_of_others_stays_text() {
        let evil = "</title><script>alert(1)</script>";
        let page = Page::new(evil).render(Viewer::nobody(), move || view! { <p title=evil>{evil}</p> });
        let (_, _, html) = read(page).await;
        assert!(!html.contains("<script"), "{html}");
    }
}
