//! One declared parameter.

use chrono::{NaiveDate, NaiveDateTime};
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
    /// An example inside the empty field.
    pub placeholder: Option<String>,
    /// Heading under which it stands with others.
    pub group: Option<String>,
    /// Folded away at first.
    pub advanced: bool,
    /// Only asked for while another parameter has a certain value.
    pub depends_on: Option<Condition>,
    /// A form that the text must have.
    pub pattern: Option<Pattern>,
}

/// What may be typed into a parameter, and what the task receives for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParamKind {
    /// One line of text; limits count characters. The task receives `str`.
    Text(Limits<usize>),
    /// Several lines. `str` with `\n`.
    Textarea(Limits<usize>),
    /// Sealed in the vault, never shown again. `str`.
    Password,
    /// `int` when `whole`, else `int` or `float` as typed.
    Number(NumberRules),
    /// `bool`.
    Checkbox,
    /// One of the choices, as a list to open. The choice's value.
    Select(Choices),
    /// One of the choices, side by side. The choice's value.
    Radio(Choices),
    /// Any number of the choices. A list of their values.
    MultiSelect(Choices),
    /// A day. `str`, `2026-03-29`.
    Date(Limits<NaiveDate>),
    /// A time of day. `str`, `09:30`.
    Time,
    /// A moment in a time zone. `str` that `datetime.fromisoformat` reads, `2026-03-29T09:30:00+02:00`. Kept with its
    /// zone, as RFC 9557 writes it: `2026-03-29T09:30:00+02:00[Europe/Paris]`.
    DateTime(Limits<NaiveDateTime>),
    /// A length of time, typed as `90 s`, `15 min`, `1 h 30 min`, `2 days`. `int` seconds; limits likewise.
    Duration(Limits<i64>),
    /// `str`.
    Email,
    /// An http or https address. `str`.
    Url,
    /// Any JSON value, as Python has it.
    Json,
    /// One entry a line; limits count entries. `list[str]`.
    List(Limits<usize>),
    /// A file kept by the server. `str`, the path of a copy in the run's working folder.
    File(FileRules),
    /// One of the saved credentials. `str`, its secret text. The choices are put in when a form is drawn or checked.
    Credential(Choices),
}

/// Smallest and largest, both allowed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Limits<T> {
    /// Not less than this.
    pub min: Option<T>,
    /// Not more than this.
    pub max: Option<T>,
}

impl<T> Default for Limits<T> {
    fn default() -> Self {
        Self { min: None, max: None }
    }
}

/// What a number must be.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct NumberRules {
    /// Only whole numbers: declared so, or the default is one, because Python code such as `range(n)` needs it.
    pub whole: bool,
    /// Smallest and largest.
    pub limits: Limits<f64>,
    /// Only multiples of this, counted from the minimum (or 0).
    pub step: Option<f64>,
    /// Word behind the field: `MB`, `rows`.
    pub unit: Option<String>,
}

/// What a file must be.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FileRules {
    /// Endings such as `.csv`, in lower case; none means any.
    pub accept: Vec<String>,
    /// Largest size in bytes; the server's own limit when none.
    pub max_bytes: Option<u64>,
}

/// The choices of a list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Choices {
    /// In the author's order.
    pub list: Vec<Choice>,
    /// `options_from`: the function of the job's class that returns them. `list` is then empty until it was asked.
    pub from: Option<String>,
    /// Why the choices could not be had, as a sentence; the field then takes any text.
    pub problem: Option<String>,
}

/// One entry of a list of choices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// What the task receives.
    pub value: Value,
    /// What the person reads.
    pub label: String,
}

/// When a parameter is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// The other parameter.
    pub param: String,
    /// Its values that count, any of them; empty means any value but none and `false`.
    pub values: Vec<Value>,
}

/// A form that text must have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pattern {
    /// Regular expression for the whole text, in the syntax of the `regex` crate.
    pub regex: String,
    /// The author's sentence for text that does not fit.
    pub message: Option<String>,
}

/// "One of these": at least and at most so many of the named parameters are filled in (`PARAM_GROUPS`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParamGroup {
    /// Heading, made readable.
    pub label: String,
    /// One sentence under it.
    pub description: Option<String>,
    /// The parameters' names.
    pub params: Vec<String>,
    /// At least this many.
    pub min_required: usize,
    /// At most this many.
    pub max_required: usize,
    /// The author's sentence when it is not so.
    pub error_message: Option<String>,
}

/// Key of a reference to a saved credential in saved values: `{"$credential": {"id": …, "name": …}}`.
pub const CREDENTIAL_MARK: &str = "$credential";
/// Key of a reference to a kept file in saved values: `{"$file": {"id": …, "name": …, "size": …}}`.
pub const FILE_MARK: &str = "$file";

/// A file that the server keeps for a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// Id of the kept content.
    pub id: String,
    /// Name as it was uploaded, without a path.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

impl FileRef {
    /// As saved values hold it.
    pub fn to_value(&self) -> Value {
        serde_json::json!({ FILE_MARK: self })
    }

    /// From a saved value.
    pub fn from_value(value: &Value) -> Option<Self> {
        serde_json::from_value(value.get(FILE_MARK)?.clone()).ok()
    }
}

impl ParamKind {
    /// The type's name, as `docs/parameters.md` has it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Textarea(_) => "textarea",
            Self::Password => "password",
            Self::Number(_) => "number",
            Self::Checkbox => "checkbox",
            Self::Select(_) => "select",
            Self::Radio(_) => "radio",
            Self::MultiSelect(_) => "multiselect",
            Self::Date(_) => "date",
            Self::Time => "time",
            Self::DateTime(_) => "datetime",
            Self::Duration(_) => "duration",
            Self::Email => "email",
            Self::Url => "url",
            Self::Json => "json",
            Self::List(_) => "list",
            Self::File(_) => "file",
            Self::Credential(_) => "credential",
        }
    }
}

impl Choice {
    /// The text that stands for the value in the form.
    pub fn token(&self) -> String {
        match self.value.get(CREDENTIAL_MARK).and_then(|mark| mark.get("id")) {
            Some(id) => plain(id),
            None => plain(&self.value),
        }
    }
}

impl ParamSpec {
    /// Whether the value belongs in the vault.
    pub fn is_secret(&self) -> bool {
        self.kind == ParamKind::Password
    }

    /// Whether the value is an uploaded file.
    pub fn is_file(&self) -> bool {
        matches!(self.kind, ParamKind::File(_))
    }

    /// The choices, if it has any.
    pub fn choices(&self) -> Option<&Choices> {
        match &self.kind {
            ParamKind::Select(choices)
            | ParamKind::Radio(choices)
            | ParamKind::MultiSelect(choices)
            | ParamKind::Credential(choices) => Some(choices),
            _ => None,
        }
    }

    /// The choices, to be put in.
    pub fn choices_mut(&mut self) -> Option<&mut Choices> {
        match &mut self.kind {
            ParamKind::Select(choices)
            | ParamKind::Radio(choices)
            | ParamKind::MultiSelect(choices)
            | ParamKind::Credential(choices) => Some(choices),
            _ => None,
        }
    }

    /// The name of the input in the HTML form. The prefix keeps parameters apart from our own fields.
    pub fn input_name(&self) -> String {
        format!("param.{}", self.name)
    }

    /// The name of the input for the zone of a [`ParamKind::DateTime`].
    pub fn zone_input_name(&self) -> String {
        format!("param.{}.zone", self.name)
    }

    /// The name of the tick box that forgets a saved password or file.
    pub fn clear_input_name(&self) -> String {
        format!("param.{}.clear", self.name)
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
