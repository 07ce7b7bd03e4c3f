//! Numbers.

use serde_json::{Number, Value};

use crate::params::spec::{Limits, NumberRules, plain};
use crate::params::violation::{Range, Violation};

/// How far from a multiple of its step a number may be, as part of a step: decimals such as 0.1 have no exact double.
const NEAR: f64 = 1e-6;

/// Reads a number in the one way of writing that every country's forms and Python share: digits, a point, an exponent.
pub(crate) fn read(text: &str, rules: &NumberRules, default: Option<&Value>) -> Result<Value, Violation> {
    // Digits, sign, point and exponent only: `parse` would also take "inf", "nan" and "infinity".
    let is_plain = text
        .chars()
        .all(|letter| letter.is_ascii_digit() || matches!(letter, '+' | '-' | '.' | 'e' | 'E'));
    let decimal = text
        .parse::<f64>()
        .ok()
        .filter(|number| is_plain && number.is_finite());
    let number = match (text.parse::<i64>(), decimal) {
        (Ok(integer), _) => Number::from(integer),
        (Err(_), Some(_)) if rules.whole && !text.contains(['.', 'e', 'E']) => {
            return Err(Violation::OutOfRange(integers(rules)));
        }
        (Err(_), Some(decimal)) if !rules.whole => {
            Number::from_f64(decimal).ok_or_else(|| Violation::NotANumber(example(rules, default)))?
        }
        _ if rules.whole => return Err(Violation::NotWhole(example(rules, default))),
        _ => return Err(Violation::NotANumber(example(rules, default))),
    };
    fits(&number, rules)?;
    Ok(Value::Number(number))
}

/// Checks limits and step.
fn fits(number: &Number, rules: &NumberRules) -> Result<(), Violation> {
    let Some(value) = number.as_f64() else {
        return Ok(());
    };
    let Limits { min, max } = rules.limits;
    if min.is_some_and(|min| value < min) || max.is_some_and(|max| value > max) {
        return Err(Violation::OutOfRange(range_of(
            &rules.limits,
            ToString::to_string,
        )));
    }
    let from = min.unwrap_or(0.0);
    match rules.step {
        Some(step) if !is_multiple(value - from, step) => Err(Violation::OffStep {
            step: step.to_string(),
            from: (!is_multiple(from, step)).then(|| from.to_string()),
        }),
        _ => Ok(()),
    }
}

fn is_multiple(distance: f64, step: f64) -> bool {
    let steps = distance / step;
    (steps - steps.round()).abs() <= NEAR
}

/// The limits of a whole number, if need be those of 64 bits.
fn integers(rules: &NumberRules) -> Range {
    let range = range_of(&rules.limits, ToString::to_string);
    Range {
        min: range.min.or_else(|| Some(i64::MIN.to_string())),
        max: range.max.or_else(|| Some(i64::MAX.to_string())),
    }
}

/// A number that would pass, for sentences.
fn example(rules: &NumberRules, default: Option<&Value>) -> String {
    let limits = [rules.limits.min, rules.limits.max];
    default
        .filter(|value| value.is_number())
        .map(plain)
        .or_else(|| limits.into_iter().flatten().next().map(|limit| limit.to_string()))
        .unwrap_or_else(|| "30".to_owned())
}

/// Limits as words, each written by `show`.
pub(crate) fn range_of<T>(limits: &Limits<T>, show: impl Fn(&T) -> String) -> Range {
    Range {
        min: limits.min.as_ref().map(&show),
        max: limits.max.as_ref().map(&show),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::params::testing::{field, submit};

    #[test]
    fn f71_numbers_outside_the_written_rule_are_refused_with_an_example() {
        let whole = field(json!({"type": "number", "default": 100}));
        let any = field(json!({"type": "number"}));
        for text in [
            "1e309", "0x10", "1.000,5", "0,5", "nan", "inf", "ten", "1 000", "1_000", "true", "--1", "１",
        ] {
            assert_eq!(
                submit(&whole, &[text]),
                Err("Field must be a whole number, like 100".into()),
                "{text}"
            );
            assert_eq!(
                submit(&any, &[text]),
                Err("Field must be a number, like 30".into()),
                "{text}"
            );
        }
        for text in ["1.5", "1e3", "5."] {
            assert_eq!(
                submit(&whole, &[text]),
                Err("Field must be a whole number, like 100".into()),
                "{text}"
            );
        }
    }

    #[test]
    fn f70_numbers_reach_the_task_as_they_were_meant() {
        let any = field(json!({"type": "number"}));
        for (text, value) in [
            ("007", json!(7)),
            ("+5", json!(5)),
            ("-0.5", json!(-0.5)),
            (".5", json!(0.5)),
            ("1e3", json!(1000.0)),
            ("5.0", json!(5.0)),
            ("9223372036854775807", json!(i64::MAX)),
        ] {
            assert_eq!(submit(&any, &[text]), Ok(Some(value)), "{text}");
        }
    }

    #[test]
    fn whole_numbers_have_64_bits() {
        let spec = field(json!({"type": "int", "min": 0}));
        assert_eq!(
            submit(&spec, &["9223372036854775808"]),
            Err("Field must be between 0 and 9223372036854775807".into())
        );
    }

    #[test]
    fn limits_and_steps_say_what_would_pass() {
        for (keys, good, bad, sentence) in [
            (json!({"min": 1}), "1", "0", "Field must be 1 or more"),
            (json!({"max": 0.5}), "0.5", "0.51", "Field must be 0.5 or less"),
            (
                json!({"min": 1, "max": 500}),
                "500",
                "501",
                "Field must be between 1 and 500",
            ),
            (json!({"step": 5}), "-10", "7", "Field must be a multiple of 5"),
            (
                json!({"min": 10, "step": 5}),
                "15",
                "12",
                "Field must be a multiple of 5",
            ),
            (
                json!({"min": 1, "step": 2}),
                "7",
                "8",
                "Field must be 1 plus a multiple of 2",
            ),
            (
                json!({"step": 0.1}),
                "0.7",
                "0.75",
                "Field must be a multiple of 0.1",
            ),
            (
                json!({"step": 0.01}),
                "1234567.89",
                "0.005",
                "Field must be a multiple of 0.01",
            ),
        ] {
            let mut keys = keys;
            keys["type"] = json!("number");
            let spec = field(keys.clone());
            assert!(submit(&spec, &[good]).is_ok(), "{keys} {good}");
            assert_eq!(submit(&spec, &[bad]), Err(sentence.to_owned()), "{keys} {bad}");
        }
    }

    #[test]
    fn an_example_passes_the_rule_it_explains() {
        for keys in [
            json!({"type": "int", "min": 400}),
            json!({"type": "int", "max": 3}),
            json!({"type": "int"}),
        ] {
            let spec = field(keys.clone());
            let ParamKind::Number(rules) = &spec.kind else {
                unreachable!("declared as a number");
            };
            assert!(submit(&spec, &[&example(rules, None)]).is_ok(), "{keys}");
        }
    }

    use crate::params::spec::ParamKind;
}
