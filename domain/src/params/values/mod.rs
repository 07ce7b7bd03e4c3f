//! From typed text to the value that is saved, and back: a file for each family of types.

pub(super) mod choice;
pub(super) mod duration;
pub(super) mod file;
pub(super) mod json;
pub(super) mod list;
pub(super) mod moment;
pub(super) mod number;
pub(super) mod text;
pub(super) mod zone;

use chrono::NaiveDateTime;
use serde_json::Value;

use super::spec::{ParamKind, ParamSpec, plain};
use super::typed::Typed;
use super::violation::Violation;

/// The largest text a field takes, in bytes (fault case F70).
const MAX_TEXT: usize = 64 * 1024;

/// Turns a wall clock time and the typed zone into what is saved. The server's way knows the zones ([`zone::saved`]),
/// the browser's only that there is a time ([`moment::input`]): it is passed in, so that the tables of the world's
/// zones stay out of the browser.
pub(super) type Placed<'a> = dyn Fn(NaiveDateTime, &str) -> Result<String, Violation> + 'a;

/// What a field holds: `None` when it is empty and may be. Passwords and files have ways of their own.
pub(super) fn read(spec: &ParamSpec, typed: &Typed, placed: &Placed) -> Result<Option<Value>, Violation> {
    let texts = typed.all(&spec.name);
    for text in texts {
        bounded(text)?;
    }
    match &spec.kind {
        ParamKind::Checkbox => return Ok(Some(Value::Bool(is_ticked(texts)))),
        ParamKind::Select(choices) | ParamKind::Radio(choices) => {
            return choice::one(choices, texts, spec.required);
        }
        ParamKind::Credential(choices) => return choice::credential(choices, texts, spec.required),
        ParamKind::MultiSelect(choices) => return choice::many(choices, texts, spec.required),
        _ => {}
    }
    let text = texts.first().map(String::as_str).unwrap_or_default();
    match text.trim() {
        "" if spec.required => Err(Violation::Missing),
        "" => Ok(None),
        trimmed => line(spec, text, trimmed, &|local| {
            placed(local, typed.zone(&spec.name))
        })
        .map(Some),
    }
}

fn line(
    spec: &ParamSpec,
    text: &str,
    trimmed: &str,
    placed: &dyn Fn(NaiveDateTime) -> Result<String, Violation>,
) -> Result<Value, Violation> {
    let text = match &spec.kind {
        ParamKind::Number(rules) => return number::read(trimmed, rules, spec.default.as_ref()),
        ParamKind::Duration(limits) => return duration::read(trimmed, limits),
        ParamKind::Json => return json::read(text),
        ParamKind::List(limits) => return list::read(text, limits),
        ParamKind::Date(limits) => moment::date(trimmed, *limits)?,
        ParamKind::Time => moment::time(trimmed)?,
        ParamKind::DateTime(limits) => placed(moment::date_time(trimmed, limits)?)?,
        ParamKind::Email => text::email(trimmed)?,
        ParamKind::Url => text::url(trimmed)?,
        ParamKind::Text(limits) => text::within(text.to_owned(), limits)?,
        ParamKind::Textarea(limits) => text::within(text.replace("\r\n", "\n"), limits)?,
        _ => text.to_owned(),
    };
    text::fits(&text, spec)?;
    Ok(Value::String(text))
}

/// Refuses what no field takes, whatever its type.
pub(super) fn bounded(text: &str) -> Result<&str, Violation> {
    match text {
        text if text.len() > MAX_TEXT => Err(Violation::TooLong),
        text if text.contains('\0') => Err(Violation::HoldsNul),
        text => Ok(text),
    }
}

/// A tick box sends something only when it is ticked; `false` is what our own forms say for one that is not.
pub(super) fn is_ticked(texts: &[String]) -> bool {
    texts.first().is_some_and(|text| text != "false")
}

/// A value as the field shows it: several texts for several choices. Lenient, since the value may be older than the
/// type: what does not fit is shown, so that it can be corrected.
pub(super) fn shown(kind: &ParamKind, value: &Value) -> Vec<String> {
    match (kind, value) {
        (ParamKind::MultiSelect(_), Value::Array(values)) => values.iter().map(choice::token).collect(),
        (ParamKind::Select(_) | ParamKind::Radio(_) | ParamKind::Credential(_), value) => {
            vec![choice::token(value)]
        }
        (ParamKind::List(_), Value::Array(entries)) => {
            vec![entries.iter().map(plain).collect::<Vec<_>>().join("\n")]
        }
        (ParamKind::Duration(_), Value::Number(seconds)) => vec![
            seconds
                .as_i64()
                .map_or_else(|| seconds.to_string(), duration::words),
        ],
        (ParamKind::Json, value) => vec![json::pretty(value)],
        (ParamKind::DateTime(_), Value::String(text)) => vec![moment::wall_clock(text).0],
        (_, value) => vec![plain(value)],
    }
}

/// Whether the value has the JSON type that this kind saves. A mark is what stands for a secret, file or credential.
pub(super) fn is_of_kind(kind: &ParamKind, value: &Value) -> bool {
    match kind {
        ParamKind::Number(rules) => value.is_number() && (!rules.whole || value.is_i64()),
        ParamKind::Checkbox => value.is_boolean(),
        ParamKind::Duration(_) => value.is_i64(),
        ParamKind::MultiSelect(_) => value.is_array(),
        ParamKind::List(_) => value
            .as_array()
            .is_some_and(|entries| entries.iter().all(Value::is_string)),
        ParamKind::DateTime(_) => value
            .as_str()
            .is_some_and(|text| !moment::wall_clock(text).1.is_empty()),
        ParamKind::Json | ParamKind::Select(_) | ParamKind::Radio(_) => true,
        ParamKind::Credential(_) => value.get(super::spec::CREDENTIAL_MARK).is_some(),
        ParamKind::File(_) => value.get(super::spec::FILE_MARK).is_some(),
        ParamKind::Password => false,
        ParamKind::Text(_)
        | ParamKind::Textarea(_)
        | ParamKind::Email
        | ParamKind::Url
        | ParamKind::Date(_)
        | ParamKind::Time => value.is_string(),
    }
}
