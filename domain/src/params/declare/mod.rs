//! From the lists in `job.py` to [`ParamSpec`]s.
//!
//! The typed form is the README's; a plain string is the older service's way of naming a text parameter
//! (`original-system.md` 1.3). All of it is described for authors in `docs/parameters.md`.

mod choices;
mod condition;
mod default;
mod entry;
mod groups;
mod kind;
mod names;
mod rules;
#[cfg(test)]
mod tests;
mod types;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::spec::ParamSpec;
use crate::words::humanise;
pub use choices::read_choices;
use entry::Entry;
pub use groups::declare_groups;

/// At most this many parameters: more is a mistake in the declaration, and a form nobody fills.
const MAX_PARAMS: usize = 200;
/// How much of a wrong value is repeated in a sentence, in characters.
const MAX_QUOTE: usize = 80;
/// The longest warning, in characters: labels and patterns have no limit of their own.
const MAX_WARNING: usize = 500;

/// What a declaration came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// Required first, then optional, each in the author's order.
    pub specs: Vec<ParamSpec>,
    /// Sentences for the author about things that work but are probably not meant.
    pub warnings: Vec<String>,
}

/// Why a parameter list cannot become a form. The text names the entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeclarationProblem {
    /// An entry is neither a dictionary nor a string.
    #[error("{list}, entry {position}: expected a dictionary such as {{\"name\": \"api_key\"}}, not {found}")]
    NotAnEntry {
        /// `REQUIRED_PARAMS` or `OPTIONAL_PARAMS`.
        list: &'static str,
        /// Counted from 1.
        position: usize,
        /// What stood there.
        found: String,
    },
    /// The name is missing or cannot be a Python argument.
    #[error("{list}, entry {position}: \"name\" must be a Python argument name, not {found}")]
    BadName {
        /// `REQUIRED_PARAMS` or `OPTIONAL_PARAMS`.
        list: &'static str,
        /// Counted from 1.
        position: usize,
        /// What stood there.
        found: String,
    },
    /// Two entries have one name.
    #[error("The parameter \"{name}\" is declared twice; the second time in {list}, entry {position}")]
    Twice {
        /// `REQUIRED_PARAMS` or `OPTIONAL_PARAMS`.
        list: &'static str,
        /// Counted from 1.
        position: usize,
        /// The parameter.
        name: String,
    },
    /// A list of choices without choices.
    #[error("The parameter \"{name}\" is a {kind}, so it needs \"options\": a list of at least one choice")]
    NoOptions {
        /// The parameter.
        name: String,
        /// Its type.
        kind: &'static str,
    },
    /// The default does not fit the type.
    #[error("The parameter \"{name}\" has the default {found}, which does not fit its type \"{kind}\"")]
    BadDefault {
        /// The parameter.
        name: String,
        /// Its type.
        kind: &'static str,
        /// The default as written.
        found: String,
    },
    /// Too many.
    #[error("REQUIRED_PARAMS and OPTIONAL_PARAMS declare {0} parameters; at most 200 fit one form")]
    TooMany(usize),
}

/// Reads both lists. Entries are JSON as the describing process sent them.
pub fn declare(required: &[Value], optional: &[Value]) -> Result<Declared, DeclarationProblem> {
    let total = required.len() + optional.len();
    if total > MAX_PARAMS {
        return Err(DeclarationProblem::TooMany(total));
    }
    let mut specs = Vec::with_capacity(total);
    let mut conditions = Vec::new();
    let mut warnings = Vec::new();
    let mut seen = BTreeSet::new();
    for (list, entries, is_required) in [
        ("REQUIRED_PARAMS", required, true),
        ("OPTIONAL_PARAMS", optional, false),
    ] {
        for (index, written) in entries.iter().enumerate() {
            let position = index + 1;
            let (name, written) = named(list, position, written)?;
            if !seen.insert(name.clone()) {
                return Err(DeclarationProblem::Twice { list, position, name });
            }
            let mut entry = Entry::of_param(&name, &written);
            let spec = spec(&name, &mut entry, is_required)?;
            if let Some(condition) = entry.get("depends_on") {
                conditions.push((specs.len(), condition.clone()));
            }
            warnings.extend(entry.into_warnings());
            specs.push(spec);
        }
    }
    condition::connect(&mut specs, conditions, &mut warnings);
    Ok(Declared { specs, warnings })
}

/// The entry as a dictionary, and its name.
fn named(
    list: &'static str,
    position: usize,
    written: &Value,
) -> Result<(String, Map<String, Value>), DeclarationProblem> {
    let entry = match written {
        Value::Object(entry) => entry.clone(),
        Value::String(name) => Map::from_iter([("name".to_owned(), Value::from(name.as_str()))]),
        other => {
            return Err(DeclarationProblem::NotAnEntry {
                list,
                position,
                found: quote(other),
            });
        }
    };
    match entry.get("name") {
        Some(Value::String(name)) if is_argument_name(name) => Ok((name.clone(), entry)),
        other => Err(DeclarationProblem::BadName {
            list,
            position,
            found: other.map_or_else(|| "nothing".to_owned(), quote),
        }),
    }
}

fn spec(name: &str, entry: &mut Entry<'_>, is_required: bool) -> Result<ParamSpec, DeclarationProblem> {
    let default = entry.get("default");
    let kind = kind::read(name, entry, default)?;
    let said = entry.flag("required");
    // The other way round the key is heeded: whoever writes it means it.
    if is_required && said == Some(false) {
        entry.warn(format!(
            "\"required\" of \"{name}\" contradicts its list: it stands in REQUIRED_PARAMS, so it is required."
        ));
    }
    let mut spec = ParamSpec {
        name: name.to_owned(),
        label: entry.text("label").unwrap_or_else(|| humanise(name)),
        description: entry.text("description"),
        pattern: rules::pattern(&kind, entry),
        kind,
        default: None,
        required: is_required || said == Some(true),
        placeholder: entry.text("placeholder"),
        group: entry.text("group"),
        advanced: entry.flag("advanced").unwrap_or(false),
        depends_on: None,
    };
    if let Some(default) = default {
        spec.default = default::read(&spec, default, entry)?;
    }
    Ok(spec)
}

/// Whether the name can be a keyword argument of the constructor and is not one of its own. Python's own words are
/// among them: a constructor with `**kwargs`, such as `BaseJob`'s, takes `from` and `class`.
fn is_argument_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && name.len() <= 64
        && !matches!(name, "self" | "settings")
        && !name.starts_with("__")
}

/// A written value in a sentence, shortened.
fn quote(value: &Value) -> String {
    shorten(value.to_string(), MAX_QUOTE)
}

fn shorten(text: String, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
