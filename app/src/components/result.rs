//! What a task returned, as a person reads it: labelled values, lists and tables, one inside the other.

use domain::words;
use leptos::prelude::*;
use serde_json::{Map, Value};

/// Deeper than this it is shown as it is written.
const DEEPEST: usize = 4;
/// Rows and entries drawn of one list.
const MOST_ROWS: usize = 200;
/// Wider lists are no tables.
const MOST_COLUMNS: usize = 12;

/// The entries of a result or of an object in it.
#[component]
pub fn ResultEntries(
    /// In the order in which they were returned.
    entries: Map<String, Value>,
    /// How deep it stands.
    #[prop(optional)]
    depth: usize,
) -> AnyView {
    let entries = entries
        .into_iter()
        .map(|(key, value)| {
            let label = words::humanise(&key);
            let class = if is_plain(&value) {
                "value"
            } else {
                "value is-wide"
            };
            view! {
                <dt>{label.clone()}</dt>
                <dd class=class>
                    <ResultValue value label depth />
                </dd>
            }
        })
        .collect_view();
    view! { <dl class="facts">{entries}</dl> }.into_any()
}

/// One value.
#[component]
pub fn ResultValue(
    /// Whatever JSON holds.
    value: Value,
    /// What it is, for a table's caption.
    label: String,
    /// How deep it stands.
    #[prop(optional)]
    depth: usize,
) -> AnyView {
    match value {
        Value::Array(items) if items.is_empty() => view! { <span class="muted">"None"</span> }.into_any(),
        Value::Object(entries) if entries.is_empty() => {
            view! { <span class="muted">"Nothing"</span> }.into_any()
        }
        value @ (Value::Array(_) | Value::Object(_)) if depth >= DEEPEST => {
            view! { <pre>{serde_json::to_string_pretty(&value).unwrap_or_default()}</pre> }.into_any()
        }
        Value::Object(entries) => view! { <ResultEntries entries depth=depth + 1 /> }.into_any(),
        Value::Array(items) => match columns(&items) {
            Some(columns) => view! { <Rows items columns label depth /> }.into_any(),
            None => view! { <Items items label depth /> }.into_any(),
        },
        Value::String(text) if is_address(&text) => view! {
            <a href=text.clone() rel="noopener noreferrer nofollow" target="_blank">
                {text.clone()}
            </a>
        }
        .into_any(),
        value => plain(&value).into_any(),
    }
}

#[component]
fn Rows(items: Vec<Value>, columns: Vec<String>, label: String, depth: usize) -> AnyView {
    let left_out = items.len().saturating_sub(MOST_ROWS);
    let head = columns
        .iter()
        .map(|column| {
            let mut cells = items.iter().filter_map(|item| item.get(column));
            let class = if cells.all(Value::is_number) { "number" } else { "" };
            view! {
                <th scope="col" class=class>
                    {words::humanise(column)}
                </th>
            }
        })
        .collect_view();
    let rows = items
        .into_iter()
        .take(MOST_ROWS)
        .map(|item| {
            let cells = columns
                .iter()
                .map(|column| {
                    let value = item.get(column).cloned().unwrap_or(Value::Null);
                    let class = if value.is_number() { "number" } else { "" };
                    let label = words::humanise(column);
                    view! {
                        <td class=class>
                            <ResultValue value label depth=depth + 1 />
                        </td>
                    }
                })
                .collect_view();
            view! { <tr>{cells}</tr> }
        })
        .collect_view();
    view! {
        <div class="table-scroll" role="region" tabindex="0" aria-label=label.clone()>
            <table class="table-plain">
                <caption class="visually-hidden">{label.clone()}</caption>
                <thead>
                    <tr>{head}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <LeftOut count=left_out />
    }
    .into_any()
}

#[component]
fn Items(items: Vec<Value>, label: String, depth: usize) -> AnyView {
    let left_out = items.len().saturating_sub(MOST_ROWS);
    let items = items
        .into_iter()
        .take(MOST_ROWS)
        .map(|value| view! { <li><ResultValue value label=label.clone() depth=depth + 1 /></li> })
        .collect_view();
    view! {
        <ul class="result-items">{items}</ul>
        <LeftOut count=left_out />
    }
    .into_any()
}

#[component]
fn LeftOut(count: usize) -> AnyView {
    (count > 0)
        .then(|| view! { <p class="muted">{format!("and {count} more, not shown here")}</p> })
        .into_any()
}

/// The keys of a list of objects, in the order in which they first appear; none if it is no table.
fn columns(items: &[Value]) -> Option<Vec<String>> {
    let mut columns: Vec<String> = Vec::new();
    for item in items {
        for key in item.as_object()?.keys() {
            if !columns.contains(key) {
                columns.push(key.clone());
            }
        }
        if columns.len() > MOST_COLUMNS {
            return None;
        }
    }
    (!columns.is_empty()).then_some(columns)
}

fn is_plain(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => true,
    }
}

/// Only what is an address of the web as a whole: a task's text leads nowhere else.
fn is_address(text: &str) -> bool {
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    is_web && text.len() > 10 && !text.contains(|letter: char| letter.is_whitespace() || letter.is_control())
}

/// A value of one line as a person reads it.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        Value::Null => "–".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) if items.iter().all(|item| !item.is_array() && !item.is_object()) => {
            items.iter().map(plain).collect::<Vec<_>>().join(", ")
        }
        Value::Array(_) | Value::Object(_) => serde_json::to_string_pretty(value).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn html(value: Value) -> String {
        Owner::new().with(|| view! { <ResultValue value label="Rows".to_owned() /> }.to_html())
    }

    #[test]
    fn a_list_of_objects_is_a_table_with_every_key() {
        let html = html(json!([{"name": "a", "size": 1}, {"name": "b", "error": true}]));
        for part in [
            ">Name</th>",
            ">Error</th>",
            "<td class=\"number\">1</td>",
            ">Yes</td>",
            ">–</td>",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert_eq!(columns(&[json!({"a": 1}), json!(2)]), None);
    }

    #[test]
    fn f27_what_a_task_returns_stays_text_and_leads_to_the_web_only() {
        for text in [
            "<script>alert(1)</script>",
            "javascript:alert(1)",
            "https://a b",
            "data:text/html,x",
        ] {
            let html = html(json!([text]));
            assert!(!html.contains("<script") && !html.contains("href"), "{html}");
        }
        assert!(html(json!("https://example.org/a?b=1")).contains("href=\"https://example.org/a?b=1\""));
    }

    #[test]
    fn f29_depth_and_length_are_bounded() {
        let mut deep = json!("end");
        for _ in 0..50 {
            deep = json!({ "in": deep });
        }
        let deep = html(deep);
        assert!(
            deep.contains("<pre>") && deep.matches("<dl").count() <= DEEPEST,
            "{deep}"
        );
        let long = html(json!(vec![1; 500]));
        assert_eq!(long.matches("<li>").count(), MOST_ROWS);
        assert!(long.contains("and 300 more"));
    }
}
