//! One declared parameter.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A parameter as the task's author declared it, checked and completed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParamSpec {
    /// The Python argument name; also the key under which the value reaches the task.
    pub name: String,
    /// Words beside the field. Falls back to the name, made readable.
    pub label: String,
    /// One sentence under the label, if the author wrote one.
    pub description: Option<String>,
    /// What may be typed.
    pub kind: ParamKind,
    /// Shown in the field the first time; never set for a password.
    pub default: Option<Value>,
    /// Whether the task cannot run without it.
    pub required: bool,
}

/// What may be typed into a parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParamKind {
    /// One line of text.
    Text,
    /// Sealed in the vault, never shown again.
    Password,
    /// A number; `whole` when the default is a whole number, because Python code such as `range(n)` needs one.
    Number {
        /// Only whole numbers are accepted.
        whole: bool,
    },
    /// Yes or no.
    Checkbox,
    /// One of the listed choices.
    Select(Vec<Choice>),
}

/// One entry of a select.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// What the task receives.
    pub value: Value,
    /// What the person reads.
    pub label: String,
}

impl Choice {
    /// The text that stands for the value in the form.
    pub fn token(&self) -> String {
        plain(&self.value)
    }
}

impl ParamSpec {
    /// Whether the value belongs in the vault.
    pub fn is_secret(&self) -> bool {
        self.kind == ParamKind::Password
    }

    /// The name of the input in the HTML form. The prefix keeps parameters apart from our own fields.
    pub fn input_name(&self) -> String {
        format!("param.{}", self.name)
    }
}

/// A JSON value as a person would type it.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
