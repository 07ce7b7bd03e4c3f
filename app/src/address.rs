//! Addresses with a query: written, and what people look for in them.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Longer texts find nothing that shorter ones do not.
const MOST_TEXT: usize = 200;

/// What is looked for, as databases take it: PostgreSQL has no NUL in a text, and nothing that is looked for holds one.
pub(crate) fn searched(text: &str) -> String {
    let text = text.trim().replace('\0', "");
    text.chars().take(MOST_TEXT).collect()
}

/// `path?name=value&…`, without what is empty; the path alone if all is.
pub(crate) fn with_query<'a, V: AsRef<str>>(
    path: &str,
    pairs: impl IntoIterator<Item = (&'a str, V)>,
) -> String {
    let parts: Vec<String> = pairs
        .into_iter()
        .filter(|(_, value)| !value.as_ref().is_empty())
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value.as_ref(), NON_ALPHANUMERIC)))
        .collect();
    if parts.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", parts.join("&"))
    }
}
