//! Which settings of the server are secrets, so that they are taken out of logs like a task's own passwords (S16).

use domain::secret::Secret;
use percent_encoding::percent_decode_str;

use super::environment::Variables;
use crate::Config;

/// How names of secrets end.
const ENDINGS: &[&str] = &["KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIALS"];

/// The secrets that every task may meet: among its settings and among the variables passed on to it.
pub(super) fn of_server(config: &Config, variables: &Variables) -> Vec<Secret> {
    let settings = config
        .task_settings
        .iter()
        .flat_map(|(name, value)| inside(name, value.expose()));
    settings.chain(variables.secrets()).collect()
}

/// The secrets in one value: the whole, if its name says so, and the password of an address.
pub(super) fn inside(name: &str, value: &str) -> Vec<Secret> {
    let name = name.to_ascii_uppercase();
    let whole = ENDINGS
        .iter()
        .any(|ending| name.ends_with(ending))
        .then_some(value);
    let mut found: Vec<Secret> = whole.map(Secret::new).into_iter().collect();
    if let Some(password) = password_of(value) {
        found.push(Secret::new(password));
        // As the database gets it, and as an error message of a driver may show it.
        let decoded = percent_decode_str(password).decode_utf8_lossy();
        if decoded != password {
            found.push(Secret::new(decoded));
        }
    }
    found
}

/// `scheme://user:password@host`.
fn password_of(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    let rest = rest.split('?').next().unwrap_or(rest);
    let (credentials, _) = rest.rsplit_once('@')?;
    let (_, password) = credentials.split_once(':')?;
    (!password.is_empty()).then_some(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s16_secrets_are_told_by_their_names_and_found_in_addresses() {
        let found = |name, value| {
            inside(name, value)
                .iter()
                .map(|secret| secret.expose().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(found("slack_bot_token", "xoxb-1"), ["xoxb-1"]);
        assert_eq!(found("GOOGLE_CREDENTIALS", "{}"), ["{}"]);
        assert_eq!(
            found(
                "data_database_url",
                "mysql+pymysql://ann:p%40ss@db:3306/x?mail=a@b"
            ),
            ["p%40ss", "p@ss"]
        );
        for (name, value) in [
            ("google_token_path", "/token.json"),
            ("data_database_url", "sqlite:///data.db"),
            ("portal_url", "https://ann@portal.example"),
        ] {
            assert!(found(name, value).is_empty(), "{name}");
        }
    }
}
