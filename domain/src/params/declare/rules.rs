//! The rules of the types: limits, steps, patterns, files.

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::Value;

use super::entry::Entry;
use crate::params::spec::{FileRules, Limits, NumberRules, ParamKind, Pattern};
use crate::params::values::{duration, moment, text};

/// Bytes of a `max_mb`: a MB has 1024 × 1024, so that a file which its computer calls 10 MB passes.
const MB: f64 = 1024.0 * 1024.0;

/// Reads `min` and `max`. Two that leave nothing between them are ignored.
fn limits<T: PartialOrd>(
    entry: &mut Entry<'_>,
    expected: &str,
    parse: impl Fn(&Value) -> Option<T>,
) -> Limits<T> {
    let min = entry.parsed("min", expected, &parse);
    let max = entry.parsed("max", expected, &parse);
    match (&min, &max) {
        (Some(least), Some(most)) if least > most => {
            entry.warn(format!(
                "\"min\" and \"max\" of {} are ignored: the smallest is larger than the largest.",
                entry.subject()
            ));
            Limits::default()
        }
        _ => Limits { min, max },
    }
}

/// Numbers of characters or entries.
pub(super) fn counts(entry: &mut Entry<'_>) -> Limits<usize> {
    limits(entry, "a whole number, 0 or more", |value| {
        usize::try_from(value.as_u64()?).ok()
    })
}

/// A number's rules. Where its type does not say whether it is whole, default and step do.
pub(super) fn number(entry: &mut Entry<'_>, whole: Option<bool>, default: Option<&Value>) -> NumberRules {
    let limits = limits(entry, "a number", Value::as_f64);
    let step = entry.parsed("step", "a number above 0", |value| {
        value.as_f64().filter(|step| *step > 0.0)
    });
    let is_whole = |number: &f64| number.fract() == 0.0;
    let given: Vec<f64> = [limits.min, limits.max, step].into_iter().flatten().collect();
    let is_counted = match default {
        None => step.is_some(),
        Some(Value::String(text)) => text.trim().parse::<i64>().is_ok(),
        Some(value) => value.is_i64() || value.is_u64(),
    };
    let whole = whole.unwrap_or_else(|| is_counted && given.iter().all(is_whole));
    let step = match step {
        Some(step) if whole && !is_whole(&step) => {
            entry.ignored("step", "a whole number", &Value::from(step));
            None
        }
        step => step,
    };
    NumberRules {
        whole,
        limits,
        step,
        unit: entry.text("unit"),
    }
}

/// First and last day.
pub(super) fn dates(entry: &mut Entry<'_>) -> Limits<NaiveDate> {
    limits(entry, "a date such as \"2026-03-29\"", |value| {
        moment::parse_date(value.as_str()?.trim())
    })
}

/// First and last moment, on the clocks of whatever zone is chosen.
pub(super) fn moments(entry: &mut Entry<'_>) -> Limits<NaiveDateTime> {
    limits(entry, "a date and time such as \"2026-03-29T09:30\"", |value| {
        let text = value.as_str()?.trim();
        moment::parse_date_time(text).or_else(|| Some(moment::parse_date(text)?.into()))
    })
}

/// Shortest and longest, as seconds or as text.
pub(super) fn durations(entry: &mut Entry<'_>) -> Limits<i64> {
    limits(
        entry,
        "a number of seconds or a text such as \"15 min\"",
        |value| match value {
            Value::String(text) => duration::parse(text).ok(),
            value => value.as_i64().filter(|seconds| *seconds >= 0),
        },
    )
}

/// Endings and the largest size.
pub(super) fn file(entry: &mut Entry<'_>) -> FileRules {
    let expected = "endings such as \".csv,.txt\"";
    let written: Vec<Value> = match entry.get("accept") {
        None => Vec::new(),
        Some(Value::String(text)) => text.split(',').map(Value::from).collect(),
        Some(Value::Array(endings)) => endings.clone(),
        Some(other) => vec![other.clone()],
    };
    let mut accept: Vec<String> = Vec::new();
    for ending in &written {
        match ending.as_str().map(str::trim) {
            Some("" | "*" | "*/*" | ".*" | "*.*") => {}
            Some(text) if is_ending(text) => {
                let ending = format!(".{}", text.trim_start_matches(['*', '.']).to_lowercase());
                if !accept.contains(&ending) {
                    accept.push(ending);
                }
            }
            _ => entry.ignored("accept", expected, ending),
        }
    }
    let max_mb = entry.parsed("max_mb", "a number above 0", |value| {
        value.as_f64().filter(|size| *size > 0.0 && *size < 1e9)
    });
    FileRules {
        accept,
        max_bytes: max_mb.and_then(|size| format!("{:.0}", size * MB).parse().ok()),
    }
}

/// `.csv`, `csv`, `*.csv`, `.tar.gz`, but no MIME type: what a browser calls a file differs from computer to computer.
fn is_ending(text: &str) -> bool {
    let word = text.trim_start_matches(['*', '.']);
    !word.is_empty()
        && word
            .chars()
            .all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-'))
}

/// The pattern with its sentence, for types that are text.
pub(super) fn pattern(kind: &ParamKind, entry: &mut Entry<'_>) -> Option<Pattern> {
    let is_text = matches!(
        kind,
        ParamKind::Text(_) | ParamKind::Textarea(_) | ParamKind::Password | ParamKind::Email | ParamKind::Url
    );
    if !is_text {
        return None;
    }
    let (regex, inside) = match entry.get("pattern")? {
        Value::String(regex) => (regex.as_str(), None),
        Value::Object(parts) => {
            let part = |names: [&str; 2]| names.iter().find_map(|name| parts.get(*name)?.as_str());
            match part(["regex", "pattern"]) {
                Some(regex) => (regex, part(["message", "pattern_message"]).map(str::to_owned)),
                None => {
                    entry.ignored("pattern", "a regular expression", &Value::Object(parts.clone()));
                    return None;
                }
            }
        }
        other => {
            entry.ignored("pattern", "a regular expression", other);
            return None;
        }
    };
    let message = entry.text("pattern_message").or(inside);
    if let Err(problem) = text::whole(regex) {
        entry.warn(format!(
            "\"pattern\" of {} is ignored, because it cannot be read: {problem}. Look-ahead, look-behind, references \
             back and classes such as \\p{{L}} are not available.",
            entry.subject()
        ));
        return None;
    }
    Some(Pattern {
        regex: regex.to_owned(),
        message,
    })
}
