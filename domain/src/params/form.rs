//! The fields of a form, ready to be drawn.

use super::spec::FileRef;

/// One field as it stands on the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The parameter.
    pub name: String,
    /// Name and id of the input.
    pub input: String,
    /// Words beside it.
    pub label: String,
    /// Sentence under the label.
    pub hint: Option<String>,
    /// Example inside the empty input.
    pub placeholder: Option<String>,
    /// Whether it may stay empty.
    pub required: bool,
    /// Folded away at first.
    pub advanced: bool,
    /// Heading under which it stands.
    pub group: Option<String>,
    /// When it is asked for at all.
    pub condition: Option<FieldCondition>,
    /// What to draw.
    pub control: Control,
    /// What is wrong with what was typed.
    pub error: Option<String>,
}

/// A [`super::Condition`] in terms of the form.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldCondition {
    /// Name of the other input.
    pub input: String,
    /// Its tokens that count; empty means any but none.
    pub tokens: Vec<String>,
    /// Whether it is met by what the form holds now.
    pub is_met: bool,
    /// For a page without scripts: `Only used when "Mode" is "Weekly".`
    pub sentence: String,
}

/// A choice as it stands in the form.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceShown {
    /// Value of the input.
    pub token: String,
    /// Words.
    pub label: String,
    /// Chosen now.
    pub chosen: bool,
}

/// The input to draw, with its present value. Limits are told in the hint; texts are as typed.
#[derive(Debug, Clone, PartialEq)]
pub enum Control {
    /// One line. `kind` is HTML's input type: `text`, `email`, `url`, `date`, `time`.
    Line {
        /// HTML's input type.
        kind: &'static str,
        /// Present text.
        value: String,
    },
    /// Several lines; `code` in a typewriter face (JSON).
    Lines {
        /// Present text.
        value: String,
        /// Shown in a typewriter face.
        code: bool,
    },
    /// Always drawn empty; `saved` says whether a sealed value exists.
    Password {
        /// A sealed value exists, so empty means "keep it".
        saved: bool,
    },
    /// A number.
    Number {
        /// Present text, as typed.
        value: String,
        /// Whole numbers only.
        whole: bool,
        /// Word behind the field.
        unit: Option<String>,
    },
    /// A moment, `2026-03-29T09:30`, and its zone in an input of its own ([`ParamSpec::zone_input_name`]).
    Moment {
        /// Present text.
        value: String,
        /// IANA name; empty means the server's zone.
        zone: String,
    },
    /// A tick box.
    Checkbox {
        /// Ticked.
        checked: bool,
    },
    /// One of a list.
    Select {
        /// In declared order.
        options: Vec<ChoiceShown>,
    },
    /// One of a few, side by side.
    Radio {
        /// In declared order.
        options: Vec<ChoiceShown>,
    },
    /// Any number of a list, as tick boxes with one name.
    MultiSelect {
        /// In declared order.
        options: Vec<ChoiceShown>,
    },
    /// An upload.
    File {
        /// Name and size of the kept file; empty input means "keep it".
        saved: Option<FileRef>,
        /// For HTML's `accept`, joined by commas; empty means any.
        accept: String,
    },
    /// One of the saved credentials.
    Credential {
        /// By name.
        options: Vec<ChoiceShown>,
    },
}
