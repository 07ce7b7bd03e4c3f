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
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
        .map(lower_heading)
        .scan(0, |tables, event| Some(scrollable(tables, event)))
        .flatten();
    let mut raw = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut raw, events);
    Builder::default()
        .rm_tags(["img", "map", "area"])
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .add_allowed_classes("div", ["table-scroll"])
        .add_tag_attributes("div", ["aria-label"])
        .add_tag_attribute_values("div", "role", ["region"])
        .add_tag_attribute_values("div", "tabindex", ["0"])
        .clean(&raw)
        .to_string()
}

/// A wide table scrolls in a frame of its own, which the keyboard reaches and a name tells from others; the page does not.
fn scrollable<'a>(tables: &mut usize, event: Event<'a>) -> Vec<Event<'a>> {
    match event {
        Event::Start(Tag::Table(_)) => {
            *tables += 1;
            let frame = format!(
                "<div class=\"table-scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Table {tables}\">"
            );
            vec![Event::Html(frame.into()), event]
        }
        Event::End(TagEnd::Table) => vec![event, Event::Html("</div>".into())],
        other => vec![other],
    }
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
    fn each_table_has_a_frame_to_scroll_in_with_a_name_of_its_own() {
        let html = to_safe_html("| a | b |\n|---|---|\n| 1 | 2 |\n\ntext\n\n| c |\n|---|\n| 3 |");
        for number in 1..=2 {
            let frame = format!("aria-label=\"Table {number}\"");
            assert_eq!(html.matches(&frame).count(), 1, "{html}");
        }
        assert_eq!(html.matches(" tabindex=\"0\"").count(), 2, "{html}");
        assert_eq!(
            html.matches("</table></div>").count() + html.matches("</table>\n</div>").count(),
            2,
            "{html}"
        );
        let made_up = to_safe_html("<div class=\"flash\" role=\"alert\" tabindex=\"7\">x</div>");
        assert_eq!(made_up.trim(), "<div class=\"\">x</div>");
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
