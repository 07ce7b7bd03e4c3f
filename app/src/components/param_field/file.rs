//! What is uploaded.

use domain::params::FileRef;
use leptos::prelude::*;

use super::choice::TickLine;
use crate::components::field::{Field, Labels};

/// A file to choose, and the one that is kept.
#[component]
pub(super) fn FileField(
    labels: Labels,
    saved: Option<FileRef>,
    accept: String,
    upload: Option<String>,
) -> AnyView {
    let may_clear = saved.is_some() && labels.optional;
    let clear_box = may_clear.then(|| {
        let id = format!("{}.clear", labels.input);
        let word = format!("Remove the file of {}", labels.label);
        view! { <TickLine id word checked=false /> }
    });
    let upload = upload.map(|id| {
        view! { <input type="hidden" name=upload_input(&labels.input) value=id /> }
    });
    let accept = (!accept.is_empty()).then_some(accept);
    let input = view! {
        <input
            id=labels.input.clone()
            name=labels.input.clone()
            type="file"
            class="input input-long input-file"
            accept=accept
            aria-describedby=labels.described_by()
            aria-invalid=labels.invalid()
        />
        {upload}
    };
    view! {
        <Field labels>{input}</Field>
        {clear_box}
    }
    .into_any()
}

/// The hidden input that carries the id of a file that came with an earlier sending of the same form.
pub fn upload_input(input: &str) -> String {
    format!("{input}.upload")
}
