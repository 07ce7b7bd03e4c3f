//! Settings for a run by hand: from the command line, and what is missing from the terminal.

use std::collections::BTreeSet;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

use chrono_tz::Tz;
use domain::params::{Accepted, FieldError, FileRef, ParamKind, ParamSpec, Typed, initial_values, validate};
use domain::task::TaskInfo;

use super::{CliError, say};

/// How often a person is asked for the same field.
const TRIES: usize = 3;

/// `--set NAME=TEXT`.
pub(super) fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=TEXT")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}

/// Puts together what the form would have sent. None if it does not pass; by then the person knows why.
pub(super) fn fill(
    info: &TaskInfo,
    given: &[(String, String)],
    zone: Tz,
) -> Result<Option<Accepted>, CliError> {
    let specs = without_lists(&info.params);
    let mut typed = initial_values(&specs, None, chrono::Utc::now().with_timezone(&zone));
    for (name, text) in given {
        let Some(spec) = specs.iter().find(|spec| spec.name == *name) else {
            let names: Vec<&str> = specs.iter().map(|spec| spec.name.as_str()).collect();
            say(&format!(
                "The task has no setting \"{name}\". It has: {}.",
                names.join(", ")
            ));
            return Ok(None);
        };
        let all: Vec<&str> = given
            .iter()
            .filter(|(other, _)| other == name)
            .map(|(_, text)| text.as_str())
            .collect();
        put(&mut typed, spec, text, &all)?;
    }
    let may_ask = io::stdin().is_terminal();
    for _ in 0..TRIES {
        match validate(&specs, &info.groups, &typed, &BTreeSet::new(), zone) {
            Ok(accepted) => return Ok(Some(accepted)),
            Err(errors) => {
                for error in &errors {
                    say(&format!(
                        "{} ({}).",
                        error.message.trim_end_matches('.'),
                        error.name
                    ));
                }
                if !may_ask {
                    say("Give settings as --set NAME=TEXT.");
                    return Ok(None);
                }
                ask(&specs, &errors, &mut typed)?;
            }
        }
    }
    Ok(None)
}

/// No server is asked here for lists of choices or saved credentials: any text does.
fn without_lists(specs: &[ParamSpec]) -> Vec<ParamSpec> {
    let mut specs = specs.to_vec();
    for spec in &mut specs {
        if matches!(spec.kind, ParamKind::Credential(_)) {
            // What the task gets is the secret itself.
            spec.kind = ParamKind::Password;
        } else if let Some(choices) = spec.choices_mut()
            && choices.from.is_some()
        {
            choices.problem = Some("Not asked for in a terminal.".to_owned());
        }
    }
    specs
}

fn put(typed: &mut Typed, spec: &ParamSpec, text: &str, all: &[&str]) -> Result<(), CliError> {
    match &spec.kind {
        ParamKind::Checkbox => {
            let is_no = matches!(
                text.trim().to_ascii_lowercase().as_str(),
                "" | "0" | "no" | "false" | "off"
            );
            let ticked = (!is_no).then_some("on");
            typed.set_all(&spec.name, ticked);
        }
        ParamKind::MultiSelect(_) => typed.set_all(&spec.name, all.iter().copied()),
        ParamKind::List(_) => typed.set(&spec.name, &all.join("\n")),
        ParamKind::File(_) => {
            let path = std::path::absolute(text)?;
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            typed.set_file(
                &spec.name,
                FileRef {
                    // Where the server has the id of an upload, a run by hand has the path itself.
                    id: path.to_string_lossy().into_owned(),
                    name: name.unwrap_or_default(),
                    size: Path::new(&path).metadata()?.len(),
                },
            );
        }
        _ => typed.set(&spec.name, text),
    }
    Ok(())
}

fn ask(specs: &[ParamSpec], errors: &[FieldError], typed: &mut Typed) -> Result<(), CliError> {
    for error in errors {
        let Some(spec) = specs.iter().find(|spec| spec.name == error.name) else {
            continue;
        };
        let text = if spec.is_secret() {
            rpassword::prompt_password(format!("{}: ", spec.label))?
        } else {
            let mut out = io::stderr().lock();
            write!(out, "{}: ", spec.label)?;
            out.flush()?;
            let mut line = String::new();
            io::stdin().lock().read_line(&mut line)?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        };
        let all: Vec<&str> = text.split(',').map(str::trim).collect();
        put(typed, spec, &text, &all)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::params::{SecretChange, declare};
    use serde_json::{Value, json};

    use super::*;

    fn info(required: &[Value], optional: &[Value]) -> TaskInfo {
        TaskInfo {
            title: "T".to_owned(),
            description: String::new(),
            params: declare(required, optional).unwrap().specs,
            groups: Vec::new(),
            limits: domain::task::TaskLimits::default(),
            tags: Vec::new(),
            needs: Vec::new(),
            has_check: false,
            warnings: Vec::new(),
        }
    }

    #[test]
    fn settings_from_the_command_line_pass_the_same_rules_as_the_form() {
        let info = info(
            &[json!({"name": "key", "type": "password"}), json!("who")],
            &[
                json!({"name": "size", "type": "number", "default": 100}),
                json!({"name": "dry", "type": "checkbox", "default": true}),
                json!({"name": "days", "type": "multiselect", "options": ["mo", "tu", "we"]}),
                json!({"name": "cred", "type": "credential"}),
            ],
        );
        let given: Vec<_> = ["key=a=b", "who=ann", "dry=no", "days=mo", "days=we", "cred=token"]
            .iter()
            .map(|text| setting(text).unwrap())
            .collect();
        let accepted = fill(&info, &given, Tz::UTC).unwrap().unwrap();
        assert_eq!(
            Value::Object(accepted.values),
            json!({"who": "ann", "size": 100, "dry": false, "days": ["mo", "we"]})
        );
        assert!(
            matches!(&accepted.secrets["cred"], SecretChange::Replace(token) if token.expose() == "token")
        );
        assert!(matches!(&accepted.secrets["key"], SecretChange::Replace(key) if key.expose() == "a=b"));
    }

    #[test]
    fn an_unknown_name_and_a_wrong_value_do_not_pass() {
        let info = info(&[], &[json!({"name": "size", "type": "number", "default": 100})]);
        for text in ["sise=1", "size=ten"] {
            assert!(fill(&info, &[setting(text).unwrap()], Tz::UTC).unwrap().is_none());
        }
    }
}
