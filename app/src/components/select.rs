//! One choice of a list to open.

use leptos::prelude::*;

use super::field::{Field, Labels};

/// The list.
#[component]
pub fn SelectField(
    /// What stands around it.
    labels: Labels,
    /// Codes with what a person reads.
    options: Vec<(String, String)>,
    /// The code of the one that is taken.
    chosen: String,
) -> AnyView {
    let options = options
        .into_iter()
        .map(|(code, words)| {
            let selected = code == chosen;
            view! {
                <option value=code selected=selected>
                    {words}
                </option>
            }
        })
        .collect_view();
    let input = view! {
        <select
            id=labels.input.clone()
            name=labels.input.clone()
            class="input input-long"
            aria-describedby=labels.described_by()
            aria-invalid=labels.invalid()
        >
            {options}
        </select>
    };
    view! { <Field labels>{input}</Field> }.into_any()
}

/// Choices under one that stands for all. What is chosen and not among them can still be asked for.
pub fn options(
    all: &str,
    mut known: Vec<(String, String)>,
    chosen: &str,
    words: impl Fn(&str) -> String,
) -> Vec<(String, String)> {
    if !chosen.is_empty() && known.iter().all(|(code, _)| code != chosen) {
        known.push((chosen.to_owned(), words(chosen)));
    }
    known.insert(0, (String::new(), all.to_owned()));
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_chosen_even_when_it_is_gone() {
        let options = options("All", vec![("a".into(), "A".into())], "gone", |code| {
            format!("{code}?")
        });
        let words: Vec<&str> = options.iter().map(|(_, words)| words.as_str()).collect();
        assert_eq!(words, ["All", "A", "gone?"]);
    }
}
