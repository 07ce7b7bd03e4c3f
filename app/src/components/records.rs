//! The counters of a run.

use domain::run::Records;
use leptos::prelude::*;

/// Three figures; nothing is drawn for a run that counted nothing.
#[component]
pub fn RecordCounts(
    /// What the task counted.
    records: Records,
) -> AnyView {
    let figures: Vec<_> = [
        ("Processed", records.processed),
        ("Succeeded", records.success),
        ("Failed", records.failed),
    ]
    .into_iter()
    .filter_map(|(word, count)| {
        count.map(|count| {
            let class = if word == "Failed" && count > 0 {
                "figure is-bad"
            } else {
                "figure"
            };
            view! {
                <div class=class>
                    <dt>{word}</dt>
                    <dd>{grouped(count)}</dd>
                </div>
            }
        })
    })
    .collect();
    (!figures.is_empty())
        .then(|| {
            view! {
                <section aria-labelledby="records-title">
                    <h2 class="visually-hidden" id="records-title">
                        "Records"
                    </h2>
                    <dl class="figures">{figures}</dl>
                </section>
            }
        })
        .into_any()
}

/// `1234567` as `1,234,567`.
fn grouped(count: i64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn large_counts_are_grouped_by_thousands() {
        let cases = [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")];
        for (count, text) in cases {
            assert_eq!(grouped(count), text);
        }
    }
}
