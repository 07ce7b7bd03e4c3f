//! What the task receives, where it is not what is saved.

use serde_json::Value;

use super::spec::{ParamKind, ParamSpec};

/// The value as the constructor gets it. A moment loses its zone's name, which `datetime.fromisoformat` does not read;
/// what a password, file or credential stands for is put in by the engine, and is left as it is here.
pub fn delivered(spec: &ParamSpec, saved: Value) -> Value {
    match (&spec.kind, saved) {
        (ParamKind::DateTime(_), Value::String(text)) => {
            Value::from(text.split('[').next().unwrap_or_default())
        }
        (_, saved) => saved,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::field;
    use super::*;

    #[test]
    fn only_a_moment_reaches_the_task_otherwise_than_it_is_saved() {
        let moment = field(json!({"type": "datetime"}));
        let saved = json!("2026-03-29T09:30:00+02:00[Europe/Paris]");
        assert_eq!(delivered(&moment, saved), json!("2026-03-29T09:30:00+02:00"));
        let text = field(json!({}));
        for value in [json!("a[b]"), json!(5), json!(["a"])] {
            assert_eq!(delivered(&text, value.clone()), value);
        }
    }
}
