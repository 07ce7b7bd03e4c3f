//! JSON.

use serde_json::Value;
use serde_json::error::Category;

use crate::params::violation::Violation;

/// Levels of lists and objects inside each other. Python's reader and ours have limits of their own, further out.
const MAX_DEPTH: usize = 64;

/// Reads any JSON value.
pub(crate) fn read(text: &str) -> Result<Value, Violation> {
    let value: Value = serde_json::from_str(text).map_err(|error| problem(text, &error))?;
    if is_deeper(&value, MAX_DEPTH) {
        return Err(Violation::TooDeep);
    }
    Ok(value)
}

fn problem(text: &str, error: &serde_json::Error) -> Violation {
    if error.classify() == Category::Eof {
        return Violation::JsonEnds;
    }
    if error.to_string().starts_with("recursion limit") {
        return Violation::TooDeep;
    }
    // Columns come in bytes; people count letters.
    let line = text
        .split('\n')
        .nth(error.line().saturating_sub(1))
        .unwrap_or_default();
    let column = line
        .char_indices()
        .take_while(|(index, _)| *index < error.column())
        .count();
    Violation::NotJson {
        line: error.line().max(1),
        column: column.max(1),
    }
}

/// Whether there are more than so many levels of lists and objects.
pub(crate) fn is_deeper(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(values) => levels == 0 || values.iter().any(|value| is_deeper(value, levels - 1)),
        Value::Object(entries) => levels == 0 || entries.values().any(|value| is_deeper(value, levels - 1)),
        _ => false,
    }
}

/// As a person reads it: indented, unless it is a single value.
pub(crate) fn pretty(value: &Value) -> String {
    // The alternate form of `Display` indents, and cannot fail.
    format!("{value:#}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::params::testing::{field, submit};

    #[test]
    fn any_json_passes_as_it_is() {
        let spec = field(json!({"type": "json"}));
        for text in [
            "{\"a\": [1, 2.5, null]}",
            "5",
            "\"text\"",
            "true",
            "[]",
            "{\"__class__\": 1}",
        ] {
            let value: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(submit(&spec, &[text]), Ok(Some(value)), "{text}");
        }
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        let spec = field(json!({"type": "json"}));
        for (text, place) in [
            ("{\"a\": 1,\n \"b\" 2}", "the mistake is at line 2, column 6"),
            ("{'a': 1}", "the mistake is at line 1, column 2"),
            ("{\"ä\": x}", "the mistake is at line 1, column 7"),
            ("nope", "the mistake is at line 1, column 2"),
            ("1 2", "the mistake is at line 1, column 3"),
            ("[1e309]", "the mistake is at line 1, column 6"),
            ("{\"a\": [1,", "its end is missing"),
            ("\"a", "its end is missing"),
        ] {
            assert_eq!(
                submit(&spec, &[text]),
                Err(format!("Field must be JSON: {place}")),
                "{text}"
            );
        }
    }

    #[test]
    fn more_than_64_levels_are_refused() {
        let spec = field(json!({"type": "json"}));
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(submit(&spec, &[&nested(64)]).is_ok());
        for levels in [65, 1000, 30_000] {
            assert_eq!(
                submit(&spec, &[&nested(levels)]),
                Err("Field must have 64 levels or less".into()),
                "{levels}"
            );
        }
    }
}
