//! What a returned dictionary means.

use serde_json::{Map, Value};

use super::status::FailureReason;

/// Details beyond this many bytes of JSON are cut, with a note (fault case F29).
const MAX_RESULT: usize = 64 * 1024;

/// The counters of a result; absent ones stay absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Records {
    /// `records_processed`.
    pub processed: Option<i64>,
    /// `records_success`.
    pub success: Option<i64>,
    /// `records_failed`.
    pub failed: Option<i64>,
}

/// A judged result.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The counters.
    pub records: Records,
    /// The whole result as it is kept, possibly cut.
    pub result: Map<String, Value>,
    /// Set when the run failed all the same: the reason and a sentence.
    pub failure: Option<(FailureReason, String)>,
}

/// Judges what `execute()` returned.
///
/// `records_*` must be whole numbers that are not negative. A run that processed something, failed some and succeeded
/// in none is failed, as the older service had it (`original-system.md` 1.6).
pub fn judge_result(mut result: Map<String, Value>) -> Outcome {
    let mut wrong = None;
    let mut count = |key: &str| match result.get(key) {
        None | Some(Value::Null) => None,
        Some(value) => {
            let number = value.as_i64().filter(|number| *number >= 0);
            if number.is_none() {
                wrong.get_or_insert_with(|| format!("{key} must be a whole number, not {}", short(value)));
            }
            number
        }
    };
    let records = Records {
        processed: count("records_processed"),
        success: count("records_success"),
        failed: count("records_failed"),
    };
    let failure = match (wrong, records) {
        (Some(sentence), _) => Some((FailureReason::InvalidResult, sentence)),
        (
            None,
            Records {
                processed: Some(processed),
                success: Some(0),
                failed: Some(failed),
            },
        ) if processed > 0 && failed > 0 => Some((
            FailureReason::Error,
            format!("All {processed} records failed to process"),
        )),
        _ => None,
    };
    cut(&mut result);
    Outcome {
        records,
        result,
        failure,
    }
}

/// Replaces the largest entries by a note until the result fits; drops what is smaller than a note.
fn cut(result: &mut Map<String, Value>) {
    const NOTE: usize = 64;
    let mut sizes: Vec<(usize, String)> = result
        .iter()
        .map(|(key, value)| (value.to_string().len(), key.clone()))
        .collect();
    let mut total: usize = sizes.iter().map(|(size, key)| size + key.len()).sum();
    sizes.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
    for (size, key) in sizes {
        if total <= MAX_RESULT {
            break;
        }
        if size > NOTE {
            total -= size - NOTE;
            result.insert(
                key,
                Value::String(format!("(not kept: {size} bytes; a result may have 64 KiB)")),
            );
        } else {
            total -= size + key.len();
            result.remove(&key);
        }
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn judge(value: &Value) -> Outcome {
        judge_result(value.as_object().unwrap().clone())
    }

    #[test]
    fn the_readme_result_is_a_success_with_its_counts() {
        let outcome = judge(
            &json!({"records_processed": 100, "records_success": 100, "records_failed": 0, "details": "ok"}),
        );
        assert_eq!(outcome.failure, None);
        assert_eq!(
            outcome.records,
            Records {
                processed: Some(100),
                success: Some(100),
                failed: Some(0)
            }
        );
    }

    #[test]
    fn when_all_records_failed_the_run_failed() {
        let outcome = judge(&json!({"records_processed": 3, "records_success": 0, "records_failed": 3}));
        assert_eq!(
            outcome.failure,
            Some((FailureReason::Error, "All 3 records failed to process".into()))
        );
    }

    #[test]
    fn f29_counters_of_a_wrong_type_are_named() {
        for wrong in [
            json!("3"),
            json!(-1),
            json!(1.5),
            json!(true),
            json!(1e30),
            json!([1]),
        ] {
            let outcome = judge(&json!({"records_processed": wrong}));
            let (reason, sentence) = outcome.failure.unwrap();
            assert_eq!(reason, FailureReason::InvalidResult);
            assert!(
                sentence.starts_with("records_processed must be a whole number"),
                "{sentence}"
            );
        }
    }

    #[test]
    fn f29_a_huge_result_is_cut_with_a_note_and_keeps_the_rest() {
        let outcome = judge(&json!({"records_processed": 1, "details": "x".repeat(1_000_000)}));
        assert_eq!(outcome.result["records_processed"], json!(1));
        assert!(
            outcome.result["details"]
                .as_str()
                .unwrap()
                .contains("not kept: 1000002 bytes")
        );
        let many = (0..20_000)
            .map(|index| (format!("key{index}"), json!(index)))
            .collect();
        assert!(Value::Object(judge_result(many).result).to_string().len() <= 2 * MAX_RESULT);
    }
}
