//! Text, and text of a certain form: mail addresses, web addresses, the author's patterns.

use std::net::Ipv6Addr;

use regex_lite::{Regex, RegexBuilder};
use serde_json::Value;

use super::number::range_of;
use crate::params::spec::{Limits, ParamSpec, Pattern};
use crate::params::violation::{Expected, Violation};

/// Memory of a compiled pattern, in bytes. Matching takes time in proportion, and a form may hold 64 KiB.
const MAX_PATTERN: usize = 256 * 1024;
/// What an address may have in all and before its @ (RFC 5321, 4.5.3.1).
const MAX_EMAIL: usize = 254;
const MAX_EMAIL_NAME: usize = 64;

/// Compiles the author's regular expression so that the whole text must match, as in HTML.
pub(crate) fn whole(regex: &str) -> Result<Regex, regex_lite::Error> {
    RegexBuilder::new(&format!(r"\A(?:{regex})\z"))
        .size_limit(MAX_PATTERN)
        .build()
}

/// Refuses text that does not fit the author's pattern, if there is one.
pub(crate) fn fits(text: &str, spec: &ParamSpec) -> Result<(), Violation> {
    let Some(pattern) = &spec.pattern else {
        return Ok(());
    };
    // What does not compile was reported to the author when the task was declared, and does not stand in the way.
    match whole(&pattern.regex) {
        Ok(regex) if !regex.is_match(text) => Err(Violation::Unlike(expected(spec, pattern, &regex))),
        _ => Ok(()),
    }
}

fn expected(spec: &ParamSpec, pattern: &Pattern, regex: &Regex) -> Expected {
    let example = [
        spec.placeholder.as_deref(),
        spec.default.as_ref().and_then(Value::as_str),
    ];
    let example = example.into_iter().flatten().find(|text| regex.is_match(text));
    match (&pattern.message, example) {
        (Some(sentence), _) => Expected::Said(sentence.clone()),
        (None, Some(example)) => Expected::Like(example.to_owned()),
        (None, None) => Expected::Pattern(pattern.regex.clone()),
    }
}

/// Checks the number of characters.
pub(crate) fn within(text: String, limits: &Limits<usize>) -> Result<String, Violation> {
    let count = text.chars().count();
    if limits.min.is_some_and(|min| count < min) || limits.max.is_some_and(|max| count > max) {
        return Err(Violation::Length(range_of(limits, ToString::to_string)));
    }
    Ok(text)
}

/// One @ between a name and a host with a dot, or `localhost`. Only mail that arrives proves more.
pub(crate) fn email(text: &str) -> Result<String, Violation> {
    let is_address = text.split_once('@').is_some_and(|(name, host)| {
        let is_name = (1..=MAX_EMAIL_NAME).contains(&name.len())
            && name.chars().all(|letter| {
                !letter.is_whitespace() && !letter.is_control() && !"()<>[],;:\\\"".contains(letter)
            })
            && name.split('.').all(|part| !part.is_empty());
        is_name && is_host(host) && (host.contains('.') || host == "localhost")
    });
    if is_address && text.len() <= MAX_EMAIL {
        Ok(text.to_owned())
    } else {
        Err(Violation::NotAnEmail)
    }
}

/// An http or https address with a host. A check of its shape, not a parser: those bring the tables of international
/// names along, which would double what the browser loads.
pub(crate) fn url(text: &str) -> Result<String, Violation> {
    let rest = ["http://", "https://"].iter().find_map(|scheme| {
        let start = text.get(..scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then(|| &text[scheme.len()..])
    });
    let is_clean = !text
        .chars()
        .any(|letter| letter.is_whitespace() || letter.is_control() || "<>\"\\^`{|}".contains(letter));
    let is_address = rest.is_some_and(|rest| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let place = authority.rsplit('@').next().unwrap_or_default();
        is_place(place)
    });
    if is_clean && is_address {
        Ok(text.to_owned())
    } else {
        Err(Violation::NotAUrl)
    }
}

/// A host with or without a port; IPv6 in brackets.
fn is_place(place: &str) -> bool {
    let (is_host, rest) = match place.strip_prefix('[') {
        Some(inside) => match inside.split_once(']') {
            Some((address, rest)) => (address.parse::<Ipv6Addr>().is_ok(), rest),
            None => return false,
        },
        None => {
            let end = place.find(':').unwrap_or(place.len());
            (is_host(&place[..end]), &place[end..])
        }
    };
    let is_port = match rest.strip_prefix(':') {
        Some(port) => port.is_empty() || port.parse::<u16>().is_ok() && !port.starts_with('+'),
        None => rest.is_empty(),
    };
    is_host && is_port
}

/// Names between dots, of letters of any script, digits, `-` and `_`; one final dot is allowed.
fn is_host(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_'))
    };
    host.len() <= 253 && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::params::testing::{field, submit};

    #[test]
    fn f70_text_passes_unchanged() {
        let long = "x".repeat(65_536);
        for text in [
            "--flag",
            "-rf /",
            "$(id)",
            "a;b",
            "emoji 🙂",
            "\u{202e}right to left",
            "{\"__class__\":1}",
            " spaces ",
            "true",
            "007",
            "1e309",
            long.as_str(),
        ] {
            assert_eq!(submit(&field(json!({})), &[text]), Ok(Some(json!(text))));
        }
    }

    #[test]
    fn f70_white_space_alone_is_nothing() {
        for of_type in [
            "text", "textarea", "number", "email", "url", "json", "list", "date", "duration",
        ] {
            let mut spec = field(json!({"type": of_type}));
            assert_eq!(submit(&spec, &[" \t\r\n "]), Ok(None), "{of_type}");
            spec.required = true;
            assert_eq!(submit(&spec, &[" "]), Err("Enter Field".into()), "{of_type}");
            assert_eq!(submit(&spec, &[]), Err("Enter Field".into()), "{of_type}");
        }
    }

    #[test]
    fn lines_end_as_python_expects() {
        let spec = field(json!({"type": "textarea"}));
        assert_eq!(submit(&spec, &["a\r\nb\n"]), Ok(Some(json!("a\nb\n"))));
    }

    #[test]
    fn limits_count_characters() {
        let spec = field(json!({"min": 2, "max": 3}));
        assert_eq!(submit(&spec, &["äöü"]), Ok(Some(json!("äöü"))));
        for text in ["a", "abcd"] {
            assert_eq!(
                submit(&spec, &[text]),
                Err("Field must be between 2 and 3 characters".into())
            );
        }
    }

    #[test]
    fn a_pattern_must_fit_the_whole_text_and_says_what_it_wants() {
        let told = |keys: Value, text: &str| submit(&field(keys), &[text]);
        let fits = Ok(Some(json!("AB")));
        assert_eq!(told(json!({"pattern": "[A-Z]{2}"}), "AB"), fits);
        assert_eq!(told(json!({"pattern": "A|AB"}), "AB"), fits);
        let unlike = |sentence: &str| Err(sentence.to_owned());
        assert_eq!(
            told(json!({"pattern": "[A-Z]{2}"}), "ABC"),
            unlike("Field must match the pattern [A-Z]{2}")
        );
        assert_eq!(
            told(json!({"pattern": "a"}), "a\n"),
            unlike("Field must match the pattern a")
        );
        assert_eq!(
            told(json!({"pattern": "[A-Z]{2}", "placeholder": "EU"}), "x"),
            unlike("Field must look like EU")
        );
        assert_eq!(
            told(
                json!({"pattern": "[A-Z]{2}", "message": "Enter two capitals"}),
                "x"
            ),
            unlike("Enter two capitals")
        );
        assert_eq!(
            told(
                json!({"type": "password", "pattern": "k.*", "message": "Keys start with k"}),
                "x"
            ),
            unlike("Keys start with k")
        );
    }

    #[test]
    fn mail_addresses() {
        let spec = field(json!({"type": "email"}));
        for text in [
            "ann@example.com",
            "a.b+c@x-y.co.uk",
            "root@localhost",
            "ü@exämple.org",
            "'o@x.ie",
        ] {
            assert_eq!(submit(&spec, &[&format!(" {text} ")]), Ok(Some(json!(text))));
        }
        let long = format!("{}@example.com", "a".repeat(65));
        for text in [
            "ann",
            "@example.com",
            "ann@",
            "ann@example",
            "a@b@c.de",
            "a b@c.de",
            "ann@exam ple.com",
            "ann@.com",
            "ann@example..com",
            ".ann@example.com",
            "Ann <ann@example.com>",
            "a@x.de,b@x.de",
            "ann@-x.com",
            long.as_str(),
        ] {
            assert_eq!(
                submit(&spec, &[text]),
                Err("Field must be an address, like ann@example.com".into()),
                "{text}"
            );
        }
    }

    #[test]
    fn web_addresses() {
        let spec = field(json!({"type": "url"}));
        for text in [
            "https://example.com",
            "HTTP://localhost:8080/a?b=c#d",
            "https://user:pw@host/",
            "http://[::1]:80/",
            "http://192.168.0.1",
            "https://exämple.org/ä",
            "https://my_host.internal./",
            "https://example.com?x=1",
        ] {
            assert_eq!(submit(&spec, &[text]), Ok(Some(json!(text))));
        }
        for text in [
            "example.com",
            "ftp://example.com",
            "javascript:alert(1)",
            "http://",
            "http:///path",
            "http://a b.com",
            "http://exa<mple.com",
            "http://host:99999",
            "http://host:x",
            "http://[::1",
            "http://[zz]",
            "http://-x-",
            "http://a..b",
            "https://",
            "https",
            "//example.com",
        ] {
            assert_eq!(
                submit(&spec, &[text]),
                Err("Field must be a web address, like https://example.com".into()),
                "{text}"
            );
        }
    }
}
