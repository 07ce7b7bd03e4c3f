//! One dictionary of a declaration: its keys under all their names, and what is said about those that were not used.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::names::nearest;
use super::{MAX_WARNING, quote, shorten};
use crate::params::spec::plain;

/// A key and the other ways people write it.
type Key = (&'static str, &'static [&'static str]);

/// The keys of a parameter.
pub(crate) const PARAM_KEYS: &[Key] = &[
    ("name", &[]),
    ("label", &["title"]),
    ("type", &[]),
    ("description", &["help", "help_text", "hint"]),
    ("default", &[]),
    ("options", &["choices"]),
    ("options_from", &["choices_from"]),
    ("placeholder", &["example"]),
    ("required", &[]),
    ("min", &["minimum", "min_value", "min_length", "min_items"]),
    ("max", &["maximum", "max_value", "max_length", "max_items"]),
    ("step", &[]),
    ("unit", &[]),
    ("pattern", &["regex"]),
    ("pattern_message", &["message"]),
    ("group", &[]),
    ("advanced", &[]),
    ("depends_on", &[]),
    ("accept", &[]),
    ("max_mb", &[]),
];

/// The keys of an entry of `PARAM_GROUPS`.
pub(crate) const GROUP_KEYS: &[Key] = &[
    ("name", &[]),
    ("label", &["title"]),
    ("description", &["help", "help_text", "hint"]),
    ("params", &["parameters", "fields"]),
    ("min_required", &["min"]),
    ("max_required", &["max"]),
    ("error_message", &["message"]),
];

/// A dictionary while it is read.
pub(super) struct Entry<'a> {
    /// How sentences name it: `"batch_size"`, or `PARAM_GROUPS, entry 1`.
    subject: String,
    /// The type, once it is known.
    kind: Option<&'static str>,
    written: &'a Map<String, Value>,
    keys: &'static [Key],
    used: BTreeSet<&'a str>,
    warnings: Vec<String>,
}

impl<'a> Entry<'a> {
    /// An entry of a parameter list.
    pub(super) fn of_param(name: &str, written: &'a Map<String, Value>) -> Self {
        Self::new(format!("\"{name}\""), written, PARAM_KEYS)
    }

    /// An entry of `PARAM_GROUPS`, counted from 1.
    pub(super) fn of_group(position: usize, written: &'a Map<String, Value>) -> Self {
        Self::new(format!("PARAM_GROUPS, entry {position}"), written, GROUP_KEYS)
    }

    fn new(subject: String, written: &'a Map<String, Value>, keys: &'static [Key]) -> Self {
        Self {
            subject,
            kind: None,
            written,
            keys,
            used: BTreeSet::from(["name"]),
            warnings: Vec::new(),
        }
    }

    /// How sentences name it.
    pub(super) fn subject(&self) -> &str {
        &self.subject
    }

    /// Says what type it turned out to be, for sentences about keys that have no meaning for it.
    pub(super) fn is_a(&mut self, kind: &'static str) {
        self.kind = Some(kind);
    }

    /// A value under any name of the key; `None` in Python is as good as absent.
    pub(super) fn get(&mut self, key: &'static str) -> Option<&'a Value> {
        let written = self.written;
        let aliases = self.keys.iter().find(|(name, _)| *name == key)?.1;
        let (name, value) = std::iter::once(&key)
            .chain(aliases)
            .find_map(|name| written.get_key_value(*name).filter(|(_, value)| !value.is_null()))?;
        self.used.insert(name);
        Some(value)
    }

    /// Whether the key is given at all.
    pub(super) fn has(&self, key: &str) -> bool {
        let names = self.keys.iter().find(|(name, _)| *name == key);
        names.is_some_and(|(key, aliases)| {
            std::iter::once(key)
                .chain(*aliases)
                .any(|name| self.written.get(*name).is_some_and(|value| !value.is_null()))
        })
    }

    /// Text, if it is there and not empty. Numbers are taken as their text.
    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        match self.get(key)? {
            wrong @ (Value::Array(_) | Value::Object(_)) => {
                self.ignored(key, "text", wrong);
                None
            }
            value => Some(plain(value).trim().to_owned()).filter(|text| !text.is_empty()),
        }
    }

    /// True or false.
    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        let value = self.get(key)?;
        if value.as_bool().is_none() {
            self.ignored(key, "True or False", value);
        }
        value.as_bool()
    }

    /// A count such as a number of characters.
    pub(super) fn count(&mut self, key: &'static str) -> Option<usize> {
        self.parsed(key, "a whole number", |value| {
            usize::try_from(value.as_u64()?).ok()
        })
    }

    /// A value read by `parse`; what it cannot read is ignored with a warning.
    pub(super) fn parsed<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        parse: impl Fn(&Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.get(key)?;
        let parsed = parse(value);
        if parsed.is_none() {
            self.ignored(key, expected, value);
        }
        parsed
    }

    /// Notes that a key holds something that cannot be used.
    pub(super) fn ignored(&mut self, key: &str, expected: &str, found: &Value) {
        self.warn(format!(
            "\"{key}\" of {} is ignored: it must be {expected}, not {}.",
            self.subject,
            quote(found)
        ));
    }

    /// Notes a sentence for the author.
    pub(super) fn warn(&mut self, sentence: String) {
        self.warnings.push(shorten(sentence, MAX_WARNING));
    }

    /// All sentences, with one for each key that was not used.
    pub(super) fn into_warnings(mut self) -> Vec<String> {
        let unused = self
            .written
            .iter()
            .filter(|(key, value)| !value.is_null() && !self.used.contains(key.as_str()))
            .map(|(key, _)| self.about_unused(key))
            .collect::<Vec<_>>();
        self.warnings.extend(unused);
        self.warnings
    }

    fn about_unused(&self, written: &str) -> String {
        let subject = &self.subject;
        let mut names = self
            .keys
            .iter()
            .flat_map(|(key, aliases)| std::iter::once(key).chain(*aliases));
        let known = self
            .keys
            .iter()
            .find(|(key, aliases)| *key == written || aliases.contains(&written));
        if let Some((key, aliases)) = known {
            let twin = std::iter::once(key)
                .chain(*aliases)
                .find(|name| self.used.contains(**name));
            return match (twin, self.kind) {
                (Some(twin), _) => {
                    format!("\"{written}\" of {subject} is ignored, because it also has \"{twin}\".")
                }
                (None, Some(kind)) => {
                    format!(
                        "\"{written}\" of {subject} is ignored: it has no meaning for the type \"{kind}\"."
                    )
                }
                (None, None) => format!("\"{written}\" of {subject} is ignored."),
            };
        }
        let written_short: String = written.chars().take(super::MAX_QUOTE).collect();
        match nearest(written, &mut names) {
            Some(meant) => format!(
                "The key \"{written_short}\" of {subject} is not known and is ignored. Was \"{meant}\" meant?"
            ),
            None => format!("The key \"{written_short}\" of {subject} is not known and is ignored."),
        }
    }
}
