//! What reaches a task: each type as documented, texts unchanged, nothing that is not asked for.

use crate::common::{job, start};
use crate::uploads::upload;
use domain::params::Typed;
use domain::run::RunStatus;
use domain::secret::Secret;
use engine::runs::ParamShown;
use serde_json::{Value, json};

/// A task that asks for these parameters and whose `execute` has this body.
pub(crate) fn task(optional_params: &str, body: &str) -> String {
    job(body).replace(
        "OPTIONAL_PARAMS = [{'name': 'key', 'type': 'password'}]",
        &format!("OPTIONAL_PARAMS = [{optional_params}]"),
    )
}

const ALL_TYPES: &str = "
    {'name': 'text', 'type': 'text'}, {'name': 'textarea', 'type': 'textarea'},
    {'name': 'password', 'type': 'password'}, {'name': 'whole', 'type': 'number', 'default': 1},
    {'name': 'decimal', 'type': 'number'}, {'name': 'ticked', 'type': 'checkbox'}, {'name': 'unticked', 'type': 'checkbox'},
    {'name': 'select', 'type': 'select', 'options': [{'value': 7, 'label': 'Weekly'}]},
    {'name': 'radio', 'type': 'radio', 'options': ['a', 'b']},
    {'name': 'multiselect', 'type': 'multiselect', 'options': ['mon', 'tue', 'wed']},
    {'name': 'date', 'type': 'date'}, {'name': 'time', 'type': 'time'}, {'name': 'datetime', 'type': 'datetime'},
    {'name': 'duration', 'type': 'duration'}, {'name': 'email', 'type': 'email'}, {'name': 'url', 'type': 'url'},
    {'name': 'json', 'type': 'json'}, {'name': 'list', 'type': 'list'}, {'name': 'file', 'type': 'file'},
    {'name': 'credential', 'type': 'credential'}, {'name': 'empty', 'type': 'text', 'default': 'x'},
    {'name': 'hidden', 'type': 'text', 'depends_on': {'param': 'radio', 'value': 'a'}}";

#[tokio::test]
async fn every_type_arrives_in_python_as_documented() {
    // Secrets are blanked out of results, so the task compares those itself.
    let body = "from datetime import datetime\nassert datetime.fromisoformat(self.params['datetime']).utcoffset().seconds == 7200\n\
        return {'details': {name: [type(value).__name__, value] for name, value in self.params.items()},\n\
        'opened': [self.params['password'] == 'CANARY-pw', self.params['credential'] == 'CANARY-cred']}";
    let test = start(&[("t", &task(ALL_TYPES, body))]).await;
    let credential = test
        .engine
        .credentials
        .create("Shop", Secret::new("CANARY-cred"), "ann")
        .await
        .unwrap();
    let mut form = Typed::default();
    for (name, text) in [
        ("text", "a b"),
        ("textarea", "a\r\nb"),
        ("password", "CANARY-pw"),
        ("whole", "25"),
        ("decimal", "0.5"),
        ("ticked", "on"),
        ("select", "7"),
        ("radio", "b"),
        ("date", "2026-03-29"),
        ("time", "09:30"),
        ("datetime", "2026-03-29T09:30"),
        ("duration", "1 h 30 min"),
        ("email", "ann@example.org"),
        ("url", "https://example.org/a?b=c"),
        ("json", r#"{"a": [1, null, 2.5]}"#),
        ("list", "one\r\ntwo\r\n"),
        ("credential", &credential),
        ("empty", ""),
        ("hidden", "not asked for"),
    ] {
        form.set(name, text);
    }
    form.set_all("multiselect", ["wed", "mon"]);
    form.set_zone("datetime", "Europe/Paris");
    upload(&test, &mut form, "file", ("in.csv", "a;b")).await;
    test.save_form("t", &form).await.unwrap();
    let run = test.run("t").await;
    assert_eq!(run.summary.status, RunStatus::Success, "{run:?}");
    let result = Value::Object(run.result.unwrap());
    assert_eq!(result["opened"], json!([true, true]));
    let path = result["details"]["file"][1].as_str().unwrap().to_owned();
    assert!(path.ends_with("/inputs/in.csv"), "{path}");
    assert_eq!(
        result["details"],
        json!({
            "text": ["str", "a b"],
            "textarea": ["str", "a\nb"],
            "password": ["str", "[secret]"],
            "whole": ["int", 25],
            "decimal": ["float", 0.5],
            "ticked": ["bool", true],
            "unticked": ["bool", false],
            "select": ["int", 7],
            "radio": ["str", "b"],
            "multiselect": ["list", ["mon", "wed"]],
            "date": ["str", "2026-03-29"],
            "time": ["str", "09:30"],
            "datetime": ["str", "2026-03-29T09:30:00+02:00"],
            "duration": ["int", 5400],
            "email": ["str", "ann@example.org"],
            "url": ["str", "https://example.org/a?b=c"],
            "json": ["dict", {"a": [1, null, 2.5]}],
            "list": ["list", ["one", "two"]],
            "file": ["str", path],
            "credential": ["str", "[secret]"],
        })
    );
    let shown = |name: &str| {
        run.params
            .iter()
            .find(|(param, _)| param == name)
            .unwrap()
            .1
            .clone()
    };
    assert_eq!(shown("password"), ParamShown::Saved);
    assert_eq!(shown("credential"), ParamShown::Credential("Shop".into()));
    assert!(matches!(shown("file"), ParamShown::File(file) if file.name == "in.csv" && file.size == 3));
}

#[tokio::test]
async fn f70_texts_arrive_in_the_child_as_they_were_typed() {
    let body = "return {'details': self.params['note'], 'length': len(self.params['note'])}";
    let test = start(&[("t", &task("{'name': 'note', 'type': 'textarea'}", body))]).await;
    for text in [
        "--flag",
        "-rf /",
        "$(id) `id` ${HOME} %PATH%",
        "; rm -rf ~ | cat && true",
        "'quoted' \"twice\" \\ \\n",
        "line one\nline two\n\ttab",
        " spaces around ",
        "emoji 🙂👩‍👩‍👧 e\u{301} \u{202e}rtl\u{202c} \u{feff}",
        r#"{"__class__": "os.system"}"#,
        r#"{"$secret": "x"}"#,
        "1e309",
        "0x10",
        "007",
        "true",
        "None",
        "\u{1b}[31m\u{7f}\u{85}\u{2028}",
    ] {
        test.save("t", &[("note", text)]).await;
        let result = test.run("t").await.result.unwrap();
        assert_eq!(result["details"], json!(text));
        assert_eq!(result["length"], json!(text.chars().count()), "{text:?}");
    }
    let most = "x".repeat(64 * 1024);
    test.save("t", &[("note", &most)]).await;
    assert_eq!(test.run("t").await.result.unwrap()["length"], json!(most.len()));
}
