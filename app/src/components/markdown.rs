//! A task's README. The only place where HTML of others reaches a page, so it is cleaned first (rule S18).

use std::collections::HashSet;

use ammonia::Builder;
use leptos::prelude::*;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// The README as part of a page.
#[component]
pub fn Markdown(
    /// As written.
    text: String,
) -> AnyView {
    view! { <div class="prose" inner_html=to_safe_html(&text)></div> }.into_any()
}

/// HTML without scripts, styles, images, or addresses other than http, https and mailto.
fn to_safe_html(markdown: &str) -> String {
    let events =
        Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH).map(lower_heading);
    let mut raw = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut raw, events);
    Builder::default()
        .rm_tags(["img", "map", "area"])
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .clean(&raw)
        .to_string()
}

/// The page has its own first two levels of headings; the README's begin below them.
fn lower_heading(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Start(Tag::Heading {
            level,
            id,
            classes,
            attrs,
        }) => Event::Start(Tag::Heading {
            level: lower(level),
            id,
            classes,
            attrs,
        }),
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
        other => other,
    }
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_html_with_headings_below_the_page_s() {
        assert_eq!(
            to_safe_html("# Setup\n\nUse **this**."),
            "<h3>Setup</h3>\n<p>Use <strong>this</strong>.</p>\n"
        );
    }

    #[test]
    fn s18_nothing_that_runs_or_loads_gets_through() {
        let attacks = [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "![tracking](https://evil.example/pixel.png)",
            "[click](javascript:alert(1))",
            "[click](data:text/html,<script>alert(1)</script>)",
            "<a href=\"https://x.example\" onclick=\"alert(1)\" style=\"position:fixed\">x</a>",
            "<iframe src=\"https://evil.example\"></iframe><style>body{display:none}</style>",
            "<svg><script>alert(1)</script></svg>",
            "<form action=\"/logout\" method=\"post\"><button>x</button></form>",
        ];
        for attack in attacks {
            let html = to_safe_html(attack).to_lowercase();
            for banned in [
                "<script",
                "<img",
                "onerror",
                "onclick",
                "style",
                "javascript:",
                "data:",
                "<iframe",
                "<form",
                "<svg",
            ] {
                assert!(!html.contains(banned), "{attack} became {html}");
            }
        }
    }

    #[test]
    fn s18_links_keep_http_https_and_mailto_only() {
        let html =
            to_safe_html("[a](https://a.example) [b](mailto:b@b.example) [c](/logout) [d](ftp://d.example)");
        assert_eq!(html.matches("href=").count(), 2, "{html}");
        assert!(html.contains("rel=\"noopener noreferrer nofollow\""));
    }
}
