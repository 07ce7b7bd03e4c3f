//! Lists of texts, one on each line.

use serde_json::Value;

use super::number::range_of;
use crate::params::spec::Limits;
use crate::params::violation::Violation;

/// Reads one entry a line, without the spaces around it and without empty lines.
pub(crate) fn read(text: &str, limits: &Limits<usize>) -> Result<Value, Violation> {
    let entries: Vec<Value> = entries(text).map(Value::from).collect();
    let count = entries.len();
    if limits.min.is_some_and(|min| count < min) || limits.max.is_some_and(|max| count > max) {
        return Err(Violation::Entries(range_of(limits, ToString::to_string)));
    }
    Ok(Value::Array(entries))
}

/// The lines that hold something.
pub(crate) fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::params::testing::{field, submit};

    #[test]
    fn each_line_that_holds_something_is_an_entry() {
        let spec = field(json!({"type": "list"}));
        assert_eq!(
            submit(&spec, &[" a b \r\n\r\n\t\nc,d\n"]),
            Ok(Some(json!(["a b", "c,d"])))
        );
    }

    #[test]
    fn limits_count_entries() {
        let spec = field(json!({"type": "list", "min": 2, "max": 3}));
        assert!(submit(&spec, &["a\nb"]).is_ok());
        for text in ["a", "a\nb\nc\nd"] {
            assert_eq!(
                submit(&spec, &[text]),
                Err("Field must have between 2 and 3 entries".into())
            );
        }
    }
}
