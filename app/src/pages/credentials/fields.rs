//! The fields of a credential, and what may be wrong with them.

use chrono::NaiveDate;
use domain::params::FieldError;
use domain::run_out::typed_day;
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
/// Name and id of the input for the day on which the present secret runs out, and where a new one is typed too.
pub(super) const DAY: &str = "runs_out_on";
/// The same for the day of the secret that replaces it, since one page has both.
pub(super) const NEW_DAY: &str = "new_runs_out_on";

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

/// Takes apart what a person can mend and what they cannot.
pub(super) fn mendable<T>(outcome: Result<T, CredentialError>) -> Result<Result<T, FieldError>, AppError> {
    match outcome {
        Ok(done) => Ok(Ok(done)),
        Err(error) => at_field(error).map(Err),
    }
}

/// The secret as it was meant. Browsers end lines as no key file does, and a key copied with the end of its line would
/// not be accepted anywhere; inside the text, line breaks stay.
pub(super) fn secret(form: &Submitted) -> Secret {
    let text = form.get(SECRET).replace("\r\n", "\n");
    let line = text.trim_end_matches('\n');
    Secret::new(if line.contains('\n') { &text } else { line })
}

/// The day in a field. One that has passed is a slip of the hand: a secret that no longer works is not saved on purpose.
pub(super) fn day(form: &Submitted, input: &str, today: NaiveDate) -> Result<Option<NaiveDate>, FieldError> {
    let day = typed_day(form.get(input))
        .map_err(|_| field_error(input, "The day it runs out on must be a day like 2026-12-31"))?;
    if day.is_some_and(|day| day < today) {
        return Err(field_error(
            input,
            "The day it runs out on must not have passed. Leave the field empty if you do not know it",
        ));
    }
    Ok(day)
}

/// The day on which a secret runs out.
#[component]
pub(super) fn DayField(
    /// [`DAY`] or [`NEW_DAY`].
    input: &'static str,
    value: String,
    errors: Vec<FieldError>,
) -> AnyView {
    let labels = Labels {
        hint: Some(
            "Home reminds you from 30 days before. The service that gave you the secret says when."
                .to_owned(),
        ),
        optional: true,
        ..Labels::required(input, "Runs out on").with_error(&errors)
    };
    view! { <TextField labels value kind="date" width="medium" /> }.into_any()
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
