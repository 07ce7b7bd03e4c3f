//! The names of types, as authors write them.

use super::names::nearest;

/// A type before its rules are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    Textarea,
    Password,
    /// Whole or not, where the name says so.
    Number(Option<bool>),
    Checkbox,
    Select,
    MultiSelect,
    Radio,
    Date,
    Time,
    DateTime,
    Duration,
    Email,
    Url,
    Json,
    List,
    File,
    Credential,
}

/// Each type's own name first, then the others people write. Case, spaces and `-` for `_` make no difference.
pub(crate) const TYPES: &[(Type, &[&str])] = &[
    (Type::Text, &["text", "string", "str"]),
    (
        Type::Textarea,
        &["textarea", "text_area", "multiline", "longtext", "long_text"],
    ),
    (Type::Password, &["password", "secret", "token"]),
    (Type::Number(None), &["number", "numeric"]),
    (Type::Number(Some(true)), &["integer", "int"]),
    (Type::Number(Some(false)), &["decimal", "float", "double"]),
    (
        Type::Checkbox,
        &["checkbox", "boolean", "bool", "toggle", "switch"],
    ),
    (
        Type::Select,
        &["select", "choice", "choices", "options", "dropdown", "enum"],
    ),
    (
        Type::MultiSelect,
        &[
            "multiselect",
            "multi_select",
            "multichoice",
            "multi_choice",
            "checkboxes",
            "tags",
            "set",
        ],
    ),
    (Type::Radio, &["radio", "radios", "radio_buttons"]),
    (Type::Date, &["date"]),
    (Type::Time, &["time"]),
    (
        Type::DateTime,
        &["datetime", "date_time", "datetime_local", "timestamp"],
    ),
    (Type::Duration, &["duration", "timedelta", "interval"]),
    (Type::Email, &["email", "e_mail", "mail"]),
    (Type::Url, &["url", "uri", "link"]),
    (Type::Json, &["json", "object", "dict"]),
    (Type::List, &["list", "array", "tuple"]),
    (Type::File, &["file", "upload", "file_upload"]),
    (Type::Credential, &["credential", "credentials"]),
];

impl Type {
    /// From what was written: a name of ours, or what Python makes of a class (`<class 'int'>`, `list[str]`,
    /// `Optional[int]`, `int | None`).
    pub(super) fn from_written(written: &str) -> Option<Self> {
        let word = word(written);
        let found = TYPES.iter().find(|(_, names)| names.contains(&word.as_str()));
        found.map(|(kind, _)| *kind)
    }

    /// The name that was probably meant.
    pub(super) fn meant(written: &str) -> Option<&'static str> {
        nearest(
            &word(written),
            &mut TYPES.iter().flat_map(|(_, names)| names.iter()),
        )
    }
}

/// Lower case, without what Python writes around a type's name.
fn word(written: &str) -> String {
    let lower = written.trim().to_lowercase();
    let mut word = lower.as_str();
    word = word
        .strip_prefix("<class '")
        .and_then(|word| word.strip_suffix("'>"))
        .unwrap_or(word);
    word = word.strip_prefix("typing.").unwrap_or(word);
    word = word
        .strip_prefix("optional[")
        .and_then(|word| word.strip_suffix(']'))
        .unwrap_or(word);
    word = word.split(['[', '|']).next().unwrap_or(word).trim();
    word = word.rsplit('.').next().unwrap_or(word);
    word.replace([' ', '-'], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_stands_for_one_type() {
        let mut names: Vec<&str> = TYPES
            .iter()
            .flat_map(|(_, names)| names.iter().copied())
            .collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for (kind, names) in TYPES {
            for name in *names {
                assert_eq!(Type::from_written(name), Some(*kind), "{name}");
            }
        }
    }

    #[test]
    fn people_and_python_write_types_in_many_ways() {
        for (written, kind) in [
            ("String", Type::Text),
            (" Multi-Select ", Type::MultiSelect),
            ("datetime-local", Type::DateTime),
            ("file upload", Type::File),
            ("<class 'int'>", Type::Number(Some(true))),
            ("<class 'float'>", Type::Number(Some(false))),
            ("<class 'str'>", Type::Text),
            ("<class 'bool'>", Type::Checkbox),
            ("<class 'list'>", Type::List),
            ("<class 'dict'>", Type::Json),
            ("<class 'datetime.date'>", Type::Date),
            ("<class 'datetime.datetime'>", Type::DateTime),
            ("<class 'datetime.timedelta'>", Type::Duration),
            ("<class 'decimal.Decimal'>", Type::Number(Some(false))),
            ("list[str]", Type::List),
            ("dict[str, int]", Type::Json),
            ("typing.Optional[int]", Type::Number(Some(true))),
            ("int | None", Type::Number(Some(true))),
        ] {
            assert_eq!(Type::from_written(written), Some(kind), "{written}");
        }
        for written in ["", "colour", "<class ''>", "[]", "|", "."] {
            assert_eq!(Type::from_written(written), None, "{written}");
        }
        assert_eq!(Type::meant("nubmer"), Some("number"));
        assert_eq!(Type::meant("colour"), None);
    }
}
