//! A labelled input: label, hint, error, in this order, tied together for screen readers.

use domain::params::FieldError;
use leptos::prelude::*;

use crate::islands::error_id;

/// What stands around an input.
#[must_use]
#[derive(Clone, Default)]
pub struct Labels {
    /// Name and id of the input.
    pub input: String,
    /// Words above it.
    pub label: String,
    /// Sentence under the label.
    pub hint: Option<String>,
    /// What is known of a saved value.
    pub note: Option<String>,
    /// When it is asked for at all, where that depends on another field.
    pub condition: Option<String>,
    /// Example inside the empty input.
    pub placeholder: Option<String>,
    /// What is wrong with what was typed.
    pub error: Option<String>,
    /// Whether it may stay empty.
    pub optional: bool,
    /// Whether a sentence over several fields says how many may stay empty.
    pub is_one_of: bool,
}

impl Labels {
    /// A field that must be filled in.
    pub fn required(input: &str, label: &str) -> Self {
        Self {
            input: input.to_owned(),
            label: label.to_owned(),
            ..Self::default()
        }
    }

    /// With the error that belongs to this input, if there is one.
    pub fn with_error(self, errors: &[FieldError]) -> Self {
        let error = errors
            .iter()
            .find(|error| error.input == self.input)
            .map(|error| error.message.clone());
        Self { error, ..self }
    }

    /// The ids of hint and error, for `aria-describedby`. The error's place exists even while it is empty.
    pub fn described_by(&self) -> String {
        let hint = self.hint.is_some().then(|| self.hint_id());
        let condition = self.condition.is_some().then(|| self.condition_id());
        let note = self.note.is_some().then(|| self.note_id());
        [hint, condition, note, Some(error_id(&self.input))]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// For `aria-invalid`.
    pub fn invalid(&self) -> Option<&'static str> {
        self.error.as_ref().map(|_| "true")
    }

    /// ` (optional)`, where it is.
    pub fn optional_word(&self) -> Option<AnyView> {
        (self.optional && !self.is_one_of)
            .then(|| view! { <span class="optional">" (optional)"</span> }.into_any())
    }

    /// The paragraphs of hint, condition and note.
    pub fn hint_view(&self) -> AnyView {
        let hint = self
            .hint
            .clone()
            .map(|hint| view! { <p class="hint" id=self.hint_id()>{hint}</p> });
        let condition = self
            .condition
            .clone()
            .map(|sentence| view! { <p class="hint condition" id=self.condition_id()>{sentence}</p> });
        let note = self
            .note
            .clone()
            .map(|note| view! { <p class="note" id=self.note_id()>{note}</p> });
        (hint, condition, note).into_any()
    }

    /// The error's paragraph, hidden while there is none.
    pub fn error_view(&self) -> AnyView {
        let hidden = self.error.is_none();
        view! {
            <p class="field-error" id=error_id(&self.input) hidden=hidden>
                {self.error.clone()}
            </p>
        }
        .into_any()
    }

    fn hint_id(&self) -> String {
        format!("{}-hint", self.input)
    }

    fn condition_id(&self) -> String {
        format!("{}-condition", self.input)
    }

    fn note_id(&self) -> String {
        format!("{}-note", self.input)
    }
}

/// A field with its input as children.
#[component]
pub fn Field(
    /// What stands around it.
    labels: Labels,
    /// The input.
    children: Children,
) -> AnyView {
    view! {
        <div class="field">
            <label for=labels.input.clone()>{labels.label.clone()} {labels.optional_word()}</label>
            {labels.hint_view()}
            {labels.error_view()}
            {children()}
        </div>
    }
    .into_any()
}

/// One line of text.
#[component]
pub fn TextField(
    /// What stands around it.
    labels: Labels,
    /// Present text.
    value: String,
    /// HTML's autocomplete token; `off` keeps the browser from offering what other forms held.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// HTML's input type.
    #[prop(default = "text")]
    kind: &'static str,
    /// Which keys a phone shows.
    #[prop(optional)]
    inputmode: Option<&'static str>,
    /// Id of a list of suggestions.
    #[prop(optional)]
    list: Option<&'static str>,
    /// `short` or `long`, by how much is usually typed.
    #[prop(default = "long")]
    width: &'static str,
) -> AnyView {
    let input = view! {
        <input
            id=labels.input.clone()
            name=labels.input.clone()
            type=kind
            class=format!("input input-{width}")
            value=value
            autocomplete=autocomplete
            autocapitalize="off"
            spellcheck="false"
            inputmode=inputmode
            list=list
            placeholder=labels.placeholder.clone()
            aria-describedby=labels.described_by()
            aria-invalid=labels.invalid()
        />
    };
    view! { <Field labels>{input}</Field> }.into_any()
}
