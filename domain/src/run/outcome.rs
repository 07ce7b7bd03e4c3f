//! What a returned dictionary means.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::status::FailureReason;
use crate::words::thousands;

/// Details beyond this many bytes of JSON are cut, with a note (fault case F29).
const MAX_RESULT: usize = 64 * 1024;
/// The counters, which are kept whatever else is cut.
const COUNTERS: [&str; 3] = ["records_processed", "records_success", "records_failed"];
/// Where the note about entries stands that were left out altogether.
const LEFT_OUT: &str = "(not kept)";

/// The counters of a result; absent ones stay absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Counters that contradict each other, as a sentence. The run is no failure for that.
    pub warning: Option<String>,
}

/// Judges what `execute()` returned. The rules:
///
/// * `records_processed`, `records_success` and `records_failed` are whole numbers from 0 to 2^63 - 1. Absent or `None`
///   is fine and stays absent. Anything else (text, `True`, `1.0`, -1) makes the run an
///   [`InvalidResult`](FailureReason::InvalidResult), with the first wrong counter in the sentence.
/// * A run that processed something, failed some and succeeded in none is failed, as the older service had it
///   (`original-system.md` 1.6). It takes all three counters to say so.
/// * Processed records that are not the sum of the other two are a warning.
/// * Everything else in the dictionary is kept as it is, up to 64 KiB of JSON: then the largest entries are replaced by
///   a note, and if that is not enough the smallest left out, with their number. Counters are never cut.
pub fn judge_result(mut result: Map<String, Value>) -> Outcome {
    let mut wrong = None;
    let mut count = |key: &str| match result.get(key) {
        None | Some(Value::Null) => None,
        Some(value) => {
            let number = value.as_i64().filter(|number| *number >= 0);
            if number.is_none() {
                wrong.get_or_insert_with(|| {
                    format!("{key} must be a whole number, 0 or more, not {}", short(value))
                });
            }
            number
        }
    };
    let [processed, success, failed] = COUNTERS.map(&mut count);
    let records = Records {
        processed,
        success,
        failed,
    };
    let failure = match wrong {
        Some(sentence) => Some((FailureReason::InvalidResult, sentence)),
        None => all_failed(records).map(|sentence| (FailureReason::Error, sentence)),
    };
    cut(&mut result);
    Outcome {
        records,
        result,
        failure,
        warning: contradiction(records),
    }
}

fn all_failed(records: Records) -> Option<String> {
    let (processed, failed) = (records.processed?, records.failed?);
    (processed > 0 && records.success? == 0 && failed > 0)
        .then(|| format!("All {processed} records failed to process"))
}

fn contradiction(records: Records) -> Option<String> {
    let (processed, success, failed) = (records.processed?, records.success?, records.failed?);
    (success.checked_add(failed) != Some(processed)).then(|| {
        format!(
            "The task counted {} as processed, but {} as succeeded and {} as failed.",
            thousands(processed),
            thousands(success),
            thousands(failed)
        )
    })
}

/// Replaces the largest entries by a note until the result fits; leaves out what is smaller than a note.
fn cut(result: &mut Map<String, Value>) {
    /// Room for a note, with the digits of any size.
    const NOTE: usize = 80;
    // With the colon and the comma.
    let size_of = |key: &str, value: &Value| key_size(key) + value.to_string().len() + 2;
    let mut total: usize = result.iter().map(|(key, value)| size_of(key, value)).sum();
    if total <= MAX_RESULT {
        return;
    }
    let mut sizes: Vec<(usize, String)> = result
        .iter()
        .filter(|(key, _)| !COUNTERS.contains(&key.as_str()))
        .map(|(key, value)| (value.to_string().len(), key.clone()))
        .collect();
    sizes.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
    let mut left_out = 0;
    for (size, key) in sizes {
        // Room for the note at the end.
        if total <= MAX_RESULT - 2 * NOTE {
            break;
        }
        if size > NOTE && key_size(&key) <= NOTE {
            total = total - size + NOTE;
            let note = format!("(not kept: {size} bytes; a result may have 64 KiB)");
            result.insert(key, Value::String(note));
        } else {
            total -= size + key_size(&key) + 2;
            left_out += 1;
            result.remove(&key);
        }
    }
    if left_out > 0 {
        let note = format!("{left_out} entries; a result may have 64 KiB");
        result.insert(LEFT_OUT.to_owned(), Value::String(note));
    }
}

/// Bytes of a key as JSON, with quotes.
fn key_size(key: &str) -> usize {
    Value::from(key).to_string().len()
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
                sentence.starts_with("records_processed must be a whole number, 0 or more, not "),
                "{sentence}"
            );
        }
        for counter in COUNTERS {
            let outcome = judge(&json!({ counter: u64::MAX }));
            assert!(outcome.failure.unwrap().1.starts_with(counter));
            assert_eq!(judge(&json!({ counter: i64::MAX })).failure, None);
            assert_eq!(
                judge(&json!({ counter: null })),
                judge_result(Map::from_iter([(counter.to_owned(), Value::Null)]))
            );
            assert_eq!(judge(&json!({ counter: null })).records, Records::default());
        }
    }

    #[test]
    fn only_a_run_that_did_nothing_but_fail_is_failed() {
        for (counts, is_failed) in [
            (
                json!({"records_processed": 3, "records_success": 0, "records_failed": 1}),
                true,
            ),
            (
                json!({"records_processed": 3, "records_success": 1, "records_failed": 2}),
                false,
            ),
            (
                json!({"records_processed": 0, "records_success": 0, "records_failed": 0}),
                false,
            ),
            (
                json!({"records_processed": 0, "records_success": 0, "records_failed": 3}),
                false,
            ),
            (json!({"records_processed": 3, "records_failed": 3}), false),
            (json!({"records_failed": 3}), false),
            (json!({}), false),
        ] {
            assert_eq!(judge(&counts).failure.is_some(), is_failed, "{counts}");
        }
    }

    #[test]
    fn counters_that_contradict_each_other_are_a_warning_and_no_failure() {
        let outcome = judge(&json!({"records_processed": 1200, "records_success": 8, "records_failed": 1}));
        assert_eq!(outcome.failure, None);
        assert_eq!(
            outcome.warning.as_deref(),
            Some("The task counted 1,200 as processed, but 8 as succeeded and 1 as failed.")
        );
        let huge = json!({"records_processed": 1, "records_success": i64::MAX, "records_failed": i64::MAX});
        assert!(judge(&huge).warning.is_some());
        for counts in [
            json!({"records_processed": 9, "records_success": 8, "records_failed": 1}),
            json!({"records_processed": 9, "records_success": 8}),
            json!({}),
        ] {
            assert_eq!(judge(&counts).warning, None, "{counts}");
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
        let mut many: Map<String, Value> = (0..20_000)
            .map(|index| (format!("key{index}"), json!(index)))
            .collect();
        many.insert("records_success".to_owned(), json!(20_000));
        let kept = judge_result(many).result;
        assert!(Value::Object(kept.clone()).to_string().len() <= MAX_RESULT);
        assert_eq!(kept["records_success"], json!(20_000));
        let left_out = 20_000 - (kept.len() - 2);
        assert_eq!(
            kept[LEFT_OUT],
            format!("{left_out} entries; a result may have 64 KiB")
        );
    }

    #[test]
    fn f29_a_result_of_any_shape_fits_after_the_cut() {
        let long_key = Map::from_iter([("k".repeat(1_000_000), json!(1)), ("a".to_owned(), json!("b"))]);
        let quotes = Map::from_iter([("a".to_owned(), json!("\"\n".repeat(50_000)))]);
        let two = Map::from_iter([
            ("a".to_owned(), json!("x".repeat(40_000))),
            ("b".to_owned(), json!("y".repeat(40_000))),
        ]);
        for result in [long_key, quotes, two.clone()] {
            let kept = judge_result(result).result;
            assert!(
                Value::Object(kept.clone()).to_string().len() <= MAX_RESULT,
                "{:?}",
                kept.keys()
            );
        }
        let kept = judge_result(two).result;
        assert_eq!(kept["b"], json!("y".repeat(40_000)));
    }
}
