//! The fields of a credential, and what may be wrong with them.

use domain::params::FieldError;
use domain::secret::Secret;
use engine::credentials::CredentialError;
use leptos::prelude::*;

use crate::components::error_summary::field_error;
use crate::components::field::{Field, Labels, TextField};
use crate::error::AppError;
use crate::form::Submitted;

/// Name and id of the input for the name.
pub(super) const NAME: &str = "name";
/// Name and id of the input for the secret.
pub(super) const SECRET: &str = "secret";

/// What a person can mend, at its field; everything else is a page of its own.
pub(super) fn at_field(error: CredentialError) -> Result<FieldError, AppError> {
    let input = match error {
        CredentialError::NameMissing | CredentialError::NameTooLong | CredentialError::NameTaken => NAME,
        CredentialError::SecretMissing | CredentialError::SecretTooLong | CredentialError::SecretHoldsNul => {
            SECRET
        }
        CredentialError::NotFound | CredentialError::InUse { .. } => return Err(AppError::NotFound),
        CredentialError::Failed(error) => return Err(error.into()),
    };
    Ok(field_error(input, error.to_string()))
}

/// The secret as it was meant. Browsers end lines as no key file does, and a key copied with the end of its line would
/// not be accepted anywhere; inside the text, line breaks stay.
pub(super) fn secret(form: &Submitted) -> Secret {
    let text = form.get(SECRET).replace("\r\n", "\n");
    let line = text.trim_end_matches('\n');
    Secret::new(if line.contains('\n') { &text } else { line })
}

/// What people call it.
#[component]
pub(super) fn NameField(name: String, errors: Vec<FieldError>) -> AnyView {
    let labels = Labels {
        hint: Some(
            "By it you find the credential in a task's settings, such as \"Shop API key\".".to_owned(),
        ),
        ..Labels::required(NAME, "Name").with_error(&errors)
    };
    view! { <TextField labels value=name /> }.into_any()
}

/// Always drawn empty. Several lines, since key files have them.
#[component]
pub(super) fn SecretField(
    #[prop(into)] label: String,
    /// Whether it was typed into a form that did not pass.
    again: bool,
    errors: Vec<FieldError>,
) -> AnyView {
    let labels = Labels {
        hint: Some(
            "A key, a password, or the whole text of a key file. Line breaks inside it are kept.".to_owned(),
        ),
        note: again.then(|| "Enter it again: it was not saved yet.".to_owned()),
        ..Labels::required(SECRET, &label).with_error(&errors)
    };
    let input = view! {
        <textarea
            id=SECRET
            name=SECRET
            class="input input-wide is-code"
            rows="4"
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            aria-describedby=labels.described_by()
            aria-invalid=labels.invalid()
        ></textarea>
    };
    view! { <Field labels>{input}</Field> }.into_any()
}
