//! Takes a run's secrets out of everything that is stored (rule S16). A safety net: task code can always disguise one.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};
use domain::run::without_ansi;
use domain::secret::Secret;
use serde_json::Value;

/// What stands in place of a secret.
pub(crate) const MARK: &str = "[secret]";
/// Shorter ones would blank out half of an ordinary log.
const SHORTEST: usize = 4;

/// Knows the secrets of one run, in the forms they usually take.
#[derive(Clone)]
pub(super) struct Redactor {
    /// Longest first, so that a part never spoils a whole.
    needles: Vec<String>,
}

impl Redactor {
    pub(super) fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let needles: BTreeSet<String> = secrets
            .into_iter()
            .map(|secret| secret.expose().trim())
            .filter(|text| text.len() >= SHORTEST)
            .flat_map(forms)
            .collect();
        let mut needles: Vec<String> = needles.into_iter().collect();
        needles.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
        Self { needles }
    }

    /// The text without secrets.
    pub(super) fn text(&self, mut text: String) -> String {
        for needle in &self.needles {
            if text.contains(needle.as_str()) {
                text = text.replace(needle.as_str(), MARK);
            }
        }
        text
    }

    /// A line of a log without secrets. Its colours stay unless there was one: cut into pieces by them, it is found in the
    /// text alone.
    pub(super) fn line(&self, line: String) -> String {
        if !line.contains('\u{1b}') {
            return self.text(line);
        }
        let plain = without_ansi(&line);
        let clean = self.text(plain.clone());
        if clean == plain { line } else { clean }
    }

    /// The value without secrets, in keys as well.
    pub(super) fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(values) => Value::Array(values.into_iter().map(|value| self.value(value)).collect()),
            Value::Object(map) => Value::Object(
                map.into_iter()
                    .map(|(key, value)| (self.text(key), self.value(value)))
                    .collect(),
            ),
            other => other,
        }
    }
}

fn forms(secret: &str) -> Vec<String> {
    let json = Value::String(secret.to_owned()).to_string();
    let percent: String = secret
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect();
    let mut forms = vec![
        secret.to_owned(),
        json.trim_matches('"').to_owned(),
        secret.replace('\\', "\\\\").replace('\'', "\\'"),
        percent,
        BASE64_STANDARD.encode(secret),
        BASE64_STANDARD_NO_PAD.encode(secret),
        BASE64_URL_SAFE.encode(secret),
        BASE64_URL_SAFE_NO_PAD.encode(secret),
    ];
    // Each line of a key file on its own: a log shows it line by line.
    forms.extend(
        secret
            .lines()
            .map(|line| line.trim().to_owned())
            .filter(|line| line.len() >= 8),
    );
    forms
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn s16_a_secret_is_found_in_its_usual_disguises() {
        let redactor = Redactor::new(&[Secret::new("CANARY\"1&2'x")]);
        for text in [
            "key=CANARY\"1&2'x!",
            r#"{"key": "CANARY\"1&2'x"}"#,
            "?key=CANARY%221%262%27x",
            &format!("Basic {}", BASE64_STANDARD.encode("CANARY\"1&2'x")),
        ] {
            let clean = redactor.text(text.to_owned());
            assert!(clean.contains(MARK) && !clean.contains("CANARY"), "{clean}");
        }
        for (line, shown) in [
            ("\u{1b}[31mCANARY\"\u{1b}[0m1&2'x\u{1b}[1m!", format!("{MARK}!")),
            ("\u{1b}[31mred\u{1b}[0m", "\u{1b}[31mred\u{1b}[0m".to_owned()),
        ] {
            assert_eq!(redactor.line(line.to_owned()), shown);
        }
        let clean = redactor.value(json!({"CANARY\"1&2'x": ["a CANARY\"1&2'x", 1]}));
        assert_eq!(clean, json!({"[secret]": ["a [secret]", 1]}));
    }

    #[test]
    fn short_secrets_are_left_so_that_logs_stay_readable() {
        assert_eq!(Redactor::new(&[Secret::new("abc")]).text("abc".into()), "abc");
    }
}
