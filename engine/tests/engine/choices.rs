//! What a task is asked outside of its runs: choices for its form, and whether its settings work.

use std::time::Duration;

use crate::common::{TestEngine, start, start_with};
use crate::values::task;
use domain::params::{Choice, Choices, Typed, validate};
use domain::secret::Secret;
use engine::settings::CheckOutcome;
use serde_json::json;

/// The choices of a parameter as the form would get them.
async fn choices(test: &TestEngine, param: &str) -> Choices {
    let folder = test.engine.catalog.find("t").unwrap();
    let saved = test.engine.settings.find("t").await.unwrap();
    // In a task of its own, as a page's handler is.
    let lists = test.engine.choices.clone();
    let specs = tokio::spawn(async move { lists.resolve(&folder, saved.as_ref()).await })
        .await
        .unwrap();
    let spec = specs.into_iter().find(|spec| spec.name == param).unwrap();
    spec.choices().unwrap().clone()
}

fn choice(value: impl Into<serde_json::Value>, label: &str) -> Choice {
    Choice {
        value: value.into(),
        label: label.to_owned(),
    }
}

/// A task with a list from a function that has this body.
fn listing(body: &str) -> String {
    let body = body.replace('\n', "\n        ");
    let function =
        format!("@staticmethod\n    def folders(settings, params):\n        {body}\n    async def execute");
    let params = "{'name': 'key', 'type': 'password'}, {'name': 'shop', 'type': 'text'},
        {'name': 'folder', 'type': 'select', 'options_from': 'folders'}";
    task(params, "return {'details': self.params['folder']}").replace("async def execute", &function)
}

#[tokio::test]
async fn choices_come_from_the_task_with_its_settings_and_are_validated_against() {
    let body = "return [1, ('b', 'Bee'), {'value': params.get('shop'), 'label': params.get('key') == 'CANARY-1' and 'opened'}]\
        if params else ['empty']";
    let test = start(&[("t", &listing(body))]).await;
    assert_eq!(choices(&test, "folder").await.list, [choice("empty", "empty")]);
    test.save(
        "t",
        &[("key", "CANARY-1"), ("shop", "north"), ("folder", "empty")],
    )
    .await;
    let found = choices(&test, "folder").await;
    assert_eq!(
        found.list,
        [choice(1, "1"), choice("b", "Bee"), choice("north", "opened")]
    );
    assert_eq!((found.problem, found.from.as_deref()), (None, Some("folders")));
    let mut form = Typed::default();
    form.set("folder", "mars");
    let refused = test.save_form("t", &form).await.unwrap_err();
    assert_eq!(
        refused[0].message,
        "Folder must be one of the choices in the list"
    );
    test.save("t", &[("shop", "north"), ("folder", "1")]).await;
    assert_eq!(test.run("t").await.result.unwrap()["details"], json!(1));
}

#[tokio::test]
async fn an_answer_is_kept_until_it_is_refreshed_or_the_settings_change() {
    let counted = "path = os.path.join(os.path.dirname(__file__), 'asked')\nwith open(path, 'a') as file:\n    file.write('x')\n\
        return [os.path.getsize(path)]";
    let test = start(&[("t", &listing(counted))]).await;
    let (first, second) = tokio::join!(choices(&test, "folder"), choices(&test, "folder"));
    assert_eq!(
        (&first.list, &second.list),
        (&vec![choice(1, "1")], &vec![choice(1, "1")])
    );
    test.engine.choices.refresh("another");
    assert_eq!(choices(&test, "folder").await.list, [choice(1, "1")]);
    test.engine.choices.refresh("t");
    assert_eq!(choices(&test, "folder").await.list, [choice(2, "2")]);
    let folder = test.engine.catalog.find("t").unwrap();
    let accepted = validate(
        folder.params(),
        &[],
        &Typed::default(),
        &[].into(),
        test.engine.zone,
    );
    let accepted = accepted.ok().unwrap();
    test.engine.settings.save("t", accepted, "ann").await.unwrap();
    assert_eq!(choices(&test, "folder").await.list, [choice(3, "3")]);
}

#[tokio::test]
async fn f66_a_failing_function_leaves_a_sentence_without_secrets_and_a_field_for_any_text() {
    for (body, problem) in [
        (
            "raise ConnectionError(f'refused for {params.get(\"key\")}')",
            "The list of choices could not be loaded: ConnectionError: refused for [secret]",
        ),
        ("sys.exit(3)", "The list of choices could not be loaded: "),
        (
            "os._exit(3)",
            "The list of choices could not be loaded: Python ended with exit status: 3.",
        ),
        ("return 7", "The list of choices could not be loaded: "),
        ("return None", "The list of choices could not be loaded: "),
    ] {
        let test = start(&[("t", &listing(body))]).await;
        test.save("t", &[("key", "CANARY-4711"), ("folder", "typed by hand")])
            .await;
        let found = choices(&test, "folder").await;
        assert!(found.list.is_empty(), "{body}");
        let said = found.problem.unwrap();
        assert!(
            said.starts_with(problem) && !said.contains("CANARY"),
            "{body}: {said}"
        );
        assert!(said.len() > problem.len() - 1, "{body}: {said}");
        assert_eq!(test.run("t").await.result.unwrap()["details"], "typed by hand");
    }
}

#[tokio::test]
async fn a_choice_that_holds_a_secret_is_left_out() {
    let body =
        "return ['a', params.get('key', 'none'), {'value': 2, 'label': 'is ' + params.get('key', 'none')}]";
    let test = start(&[("t", &listing(body))]).await;
    test.save("t", &[("key", "CANARY-4711"), ("folder", "a")]).await;
    assert_eq!(choices(&test, "folder").await.list, [choice("a", "a")]);
}

#[tokio::test]
async fn functions_and_checks_that_hang_are_given_up_and_end_with_their_children() {
    let hang = "import subprocess\nchild = subprocess.Popen(['sleep', '600'])\n\
        open(os.path.join(os.path.dirname(__file__), 'child'), 'w').write(str(child.pid))\ntime.sleep(600)";
    let check = "def check(self):\n        time.sleep(600)\n    @staticmethod";
    let code = listing(hang).replacen("@staticmethod", check, 1);
    let test = start_with(&[("t", &code)], |config| {
        config.describe_limit = Duration::from_secs(3);
        config.time_limit = Duration::from_secs(3);
    })
    .await;
    let said = choices(&test, "folder").await.problem.unwrap();
    assert_eq!(
        said,
        "The list of choices could not be loaded: it took longer than 3.0 s."
    );
    let child = std::fs::read_to_string(test.folder.path().join("tasks/t/child")).unwrap();
    // A process that nobody has waited for yet is a zombie, state Z.
    let is_gone = || {
        let stat = std::fs::read_to_string(format!("/proc/{child}/stat"));
        stat.is_err() || stat.is_ok_and(|stat| stat.contains(") Z"))
    };
    tokio::time::timeout(Duration::from_secs(10), async {
        while !is_gone() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    let outcome = test
        .engine
        .try_settings(&test.engine.catalog.find("t").unwrap())
        .await
        .unwrap();
    let message = "The check gave no answer: it took longer than 3.0 s.".to_owned();
    assert_eq!(outcome, CheckOutcome::Failed { message });
    let left = std::fs::read_dir(test.folder.path().join("data/runs"))
        .unwrap()
        .count();
    assert_eq!(left, 0, "working folders");
}

#[tokio::test]
async fn credentials_are_choices_by_name() {
    let test = start(&[("t", &task("{'name': 'login', 'type': 'credential'}", "return {}"))]).await;
    assert_eq!(choices(&test, "login").await, Choices::default());
    for name in ["b", "A"] {
        let credentials = &test.engine.credentials;
        credentials.create(name, Secret::new("s"), "ann").await.unwrap();
    }
    let found = choices(&test, "login").await;
    let labels: Vec<&str> = found.list.iter().map(|choice| choice.label.as_str()).collect();
    assert_eq!(labels, ["A", "b"]);
    let list = test.engine.credentials.list().await.unwrap();
    assert_eq!(found.list[0].token(), list[0].id);
}

/// A task with a `check` that has this body.
fn checked(body: &str) -> String {
    let body = body.replace('\n', "\n        ");
    let check = format!("async def check(self):\n        {body}\n    async def execute");
    task(
        "{'name': 'key', 'type': 'password'}, {'name': 'login', 'type': 'credential'}",
        "return {}",
    )
    .replace("async def execute", &check)
}

#[tokio::test]
async fn trying_settings_tells_what_the_task_says_of_them_without_secrets() {
    let failed = |message: &str| CheckOutcome::Failed {
        message: message.to_owned(),
    };
    for (body, expected) in [
        ("pass", CheckOutcome::Fine(None)),
        (
            "return 'Signed in with ' + self.params['key']",
            CheckOutcome::Fine(Some("Signed in with [secret]".into())),
        ),
        (
            "raise PermissionError('refused: ' + self.params['login'])",
            failed("PermissionError: refused: [secret]"),
        ),
        (
            "os._exit(7)",
            failed("The check gave no answer: Python ended with exit status: 7."),
        ),
    ] {
        let test = start(&[("t", &checked(body))]).await;
        let id = test
            .engine
            .credentials
            .create("Shop", Secret::new("CANARY-2"), "ann")
            .await
            .unwrap();
        test.save("t", &[("key", "CANARY-1"), ("login", &id)]).await;
        let folder = test.engine.catalog.find("t").unwrap();
        assert_eq!(
            test.engine.try_settings(&folder).await.unwrap(),
            expected,
            "{body}"
        );
    }
}

#[tokio::test]
async fn trying_is_for_tasks_that_offer_it_and_settings_that_fit() {
    let required = checked("pass").replace("OPTIONAL_PARAMS = [", "REQUIRED_PARAMS = ['region', ");
    let test = start(&[("without", &task("", "return {}")), ("required", &required)]).await;
    let outcome = async |name: &str| {
        let folder = test.engine.catalog.find(name).unwrap();
        test.engine.try_settings(&folder).await.unwrap()
    };
    assert_eq!(outcome("without").await, CheckOutcome::NotOffered);
    assert!(matches!(outcome("required").await, CheckOutcome::NeedsAttention(fields) if fields.len() == 3));
}
