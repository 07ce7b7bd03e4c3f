//! The sentences under a label: the author's, and the rule where it helps.

use super::spec::{Limits, ParamKind, ParamSpec};
use super::values::duration;
use super::values::moment;
use crate::words::{any_of, bytes};

/// What is beyond a limit, of numbers and of dates.
const NUMBERS: (&str, &str) = ("more", "less");
const DATES: (&str, &str) = ("later", "earlier");

/// Description and rule, one after the other.
pub(super) fn hint(spec: &ParamSpec) -> Option<String> {
    let sentences = [spec.description.clone(), rule(spec)];
    let sentences: Vec<String> = sentences.into_iter().flatten().map(ended).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// With a full stop, so that another sentence can follow.
fn ended(sentence: String) -> String {
    if sentence.ends_with(['.', '!', '?', ':', '…']) {
        sentence
    } else {
        format!("{sentence}.")
    }
}

fn rule(spec: &ParamSpec) -> Option<String> {
    let joined = |parts: [Option<String>; 2]| {
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    };
    match &spec.kind {
        ParamKind::Text(limits) | ParamKind::Textarea(limits) => counted(limits, "character", "characters"),
        ParamKind::Number(rules) => joined([
            range(&rules.limits, NUMBERS, ToString::to_string),
            rules
                .step
                .filter(|step| !(rules.whole && *step <= 1.0))
                .map(|step| format!("In steps of {step}.")),
        ]),
        ParamKind::Date(limits) => range(limits, DATES, ToString::to_string),
        ParamKind::DateTime(limits) => range(limits, DATES, moment::words),
        ParamKind::Duration(limits) => joined([
            Some("With its unit, like 90 s, 15 min or 1 h 30 min.".to_owned()),
            range(limits, NUMBERS, |seconds| duration::words(*seconds)),
        ]),
        ParamKind::Json => Some("Written as JSON.".to_owned()),
        ParamKind::List(limits) => joined([
            Some("One entry on each line.".to_owned()),
            counted(limits, "entry", "entries"),
        ]),
        ParamKind::File(rules) => {
            let endings: Vec<String> = rules.accept.iter().map(|ending| ending_words(ending)).collect();
            match (endings.as_slice(), rules.max_bytes.map(bytes)) {
                ([], None) => None,
                ([], Some(most)) => Some(format!("A file up to {most}.")),
                (endings, None) => Some(format!("{} file.", any_of(endings))),
                (endings, Some(most)) => Some(format!("{} file up to {most}.", any_of(endings))),
            }
        }
        _ => {
            let problem = spec.choices()?.problem.as_deref()?;
            Some(unavailable(&spec.kind, problem))
        }
    }
}

/// `.csv` to `CSV`; what is no abbreviation stays as it is written in names.
fn ending_words(ending: &str) -> String {
    let word = ending.trim_start_matches('.');
    if word.len() <= 4 && !word.contains('.') {
        word.to_uppercase()
    } else {
        ending.to_owned()
    }
}

fn unavailable(kind: &ParamKind, problem: &str) -> String {
    let what = match kind {
        ParamKind::Credential(_) => "",
        ParamKind::MultiSelect(_) => " Type the values, one on each line.",
        _ => " Type the value.",
    };
    format!("{}{what}", ended(problem.to_owned()))
}

fn range<T>(limits: &Limits<T>, (more, less): (&str, &str), show: impl Fn(&T) -> String) -> Option<String> {
    match (limits.min.as_ref().map(&show), limits.max.as_ref().map(&show)) {
        (Some(min), Some(max)) => Some(format!("From {min} to {max}.")),
        (Some(min), None) => Some(format!("{min} or {more}.")),
        (None, Some(max)) => Some(format!("{max} or {less}.")),
        (None, None) => None,
    }
}

fn counted(limits: &Limits<usize>, one: &str, many: &str) -> Option<String> {
    let unit = |count: usize| if count == 1 { one } else { many };
    match (limits.min, limits.max) {
        (Some(min), Some(max)) => Some(format!("From {min} to {max} {}.", unit(max))),
        (Some(min), None) => Some(format!("{min} {} or more.", unit(min))),
        (None, Some(max)) => Some(format!("{max} {} or less.", unit(max))),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::testing::field;
    use super::*;

    fn of(keys: Value) -> Option<String> {
        hint(&field(keys))
    }

    #[test]
    fn a_rule_is_told_only_where_it_helps() {
        for (keys, expected) in [
            (json!({}), None),
            (json!({"description": "Where from"}), Some("Where from.")),
            (
                json!({"description": "Which one?", "max": 1}),
                Some("Which one? 1 character or less."),
            ),
            (
                json!({"type": "text", "min": 2, "max": 8}),
                Some("From 2 to 8 characters."),
            ),
            (
                json!({"type": "int", "min": 1, "max": 500}),
                Some("From 1 to 500."),
            ),
            (json!({"type": "int", "min": 1, "step": 1}), Some("1 or more.")),
            (
                json!({"type": "number", "max": 1, "step": 0.25}),
                Some("1 or less. In steps of 0.25."),
            ),
            (
                json!({"type": "date", "min": "2026-01-01"}),
                Some("2026-01-01 or later."),
            ),
            (
                json!({"type": "duration", "max": "2 h"}),
                Some("With its unit, like 90 s, 15 min or 1 h 30 min. 2 h or less."),
            ),
            (
                json!({"type": "list", "min": 1}),
                Some("One entry on each line. 1 entry or more."),
            ),
            (
                json!({"type": "file", "accept": ".csv", "max_mb": 10}),
                Some("CSV file up to 10 MB."),
            ),
            (
                json!({"type": "file", "accept": ".csv,.txt"}),
                Some("CSV or TXT file."),
            ),
            (json!({"type": "file", "max_mb": 1}), Some("A file up to 1 MB.")),
        ] {
            assert_eq!(of(keys.clone()).as_deref(), expected, "{keys}");
        }
    }
}
