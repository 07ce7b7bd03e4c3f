//! The environment of a task process: nothing is inherited but what is listed here (rule S15).

use std::ffi::OsString;
use std::path::Path;

use domain::secret::Secret;
use tokio::process::Command;

use super::secrets;
use super::user::TaskUser;
use crate::{Config, PassedVariable};

/// Where programs, certificates and proxies are found; none of these holds a secret of ours.
const PASSED_ON: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "TZ",
    "LD_LIBRARY_PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// Opens the scheduler's own database; never passed on, even if asked for.
const OUR_DATABASE: &str = "TASK_DATABASE_URL";

/// The variables that tasks get because `TASK_ENV` names them, as they were when the server started.
pub(super) struct Variables(Vec<Variable>);

struct Variable {
    /// The only task that gets it; none means every task.
    task: Option<String>,
    name: String,
    value: OsString,
}

impl Variables {
    /// Reads them from the server's environment.
    pub(super) fn read(config: &Config) -> Self {
        let our_database = config.database_url.as_deref().filter(|url| !url.is_empty());
        Self::from_lookup(&config.task_env, our_database, |name| std::env::var_os(name))
    }

    fn from_lookup(
        asked: &[PassedVariable],
        our_database: Option<&str>,
        find: impl Fn(&str) -> Option<OsString>,
    ) -> Self {
        let read = asked.iter().filter_map(|asked| {
            let Some(value) = find(&asked.name) else {
                tracing::warn!("TASK_ENV names {}, which is not set", asked.name);
                return None;
            };
            let is_ours = our_database.is_some_and(|url| value.to_string_lossy().contains(url));
            if is_ours || asked.name == OUR_DATABASE {
                tracing::warn!(
                    "TASK_ENV names {}, which opens the scheduler's own database: tasks do not get it",
                    asked.name
                );
                return None;
            }
            Some(Variable {
                task: asked.task.clone(),
                name: asked.name.clone(),
                value,
            })
        });
        Self(read.collect())
    }

    /// The secrets among their values.
    pub(super) fn secrets(&self) -> impl Iterator<Item = Secret> {
        self.0
            .iter()
            .filter_map(|variable| Some((variable.name.as_str(), variable.value.to_str()?)))
            .flat_map(|(name, value)| secrets::inside(name, value))
    }
}

/// Clears the environment and sets what the task may rely on.
pub(super) fn set(
    command: &mut Command,
    variables: &Variables,
    task: &str,
    user: Option<&TaskUser>,
    folder: &Path,
) {
    command.env_clear().env("LANG", "C.UTF-8");
    for name in PASSED_ON {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    for variable in &variables.0 {
        if variable.task.as_deref().is_none_or(|only| only == task) {
            command.env(&variable.name, &variable.value);
        }
    }
    command.env("TMPDIR", folder);
    if let Some(user) = user {
        // Its home may not exist, and ours is none of its business.
        command.env("HOME", folder).env("USER", user.name());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(names: &[(Option<&str>, &str)]) -> Variables {
        let asked: Vec<PassedVariable> = names
            .iter()
            .map(|(task, name)| PassedVariable {
                task: task.map(str::to_owned),
                name: (*name).to_owned(),
            })
            .collect();
        Variables::from_lookup(&asked, Some("sqlite:///our.db"), |name| match name {
            "TASK_DATABASE_URL" | "COPY" => Some("sqlite:///our.db".into()),
            "SHOP_TOKEN" => Some("CANARY-1".into()),
            "SHOP_URL" => Some("https://ann:CANARY-2@shop.example".into()),
            _ => None,
        })
    }

    #[test]
    fn s15_what_opens_our_database_is_not_passed_on_even_if_asked_for() {
        let read = variables(&[
            (None, "TASK_DATABASE_URL"),
            (None, "COPY"),
            (None, "UNSET"),
            (None, "SHOP_URL"),
        ]);
        let names: Vec<&str> = read.0.iter().map(|variable| variable.name.as_str()).collect();
        assert_eq!(names, ["SHOP_URL"]);
    }

    #[test]
    fn s15_a_variable_for_one_task_is_set_for_that_task_alone() {
        let read = variables(&[(Some("shop"), "SHOP_TOKEN"), (None, "SHOP_URL")]);
        let given = |task| {
            let mut command = Command::new("true");
            set(&mut command, &read, task, None, Path::new("/tmp"));
            let set = command.as_std().get_envs();
            set.filter_map(|(name, _)| name.to_str().map(str::to_owned))
                .filter(|name| name.starts_with("SHOP"))
                .collect::<Vec<_>>()
        };
        assert_eq!(given("shop"), ["SHOP_TOKEN", "SHOP_URL"]);
        assert_eq!(given("other"), ["SHOP_URL"]);
    }

    #[test]
    fn s16_the_secrets_among_passed_variables_are_known() {
        let read = variables(&[(None, "SHOP_TOKEN"), (None, "SHOP_URL")]);
        let secrets: Vec<String> = read.secrets().map(|secret| secret.expose().to_owned()).collect();
        assert_eq!(secrets, ["CANARY-1", "CANARY-2"]);
    }
}
