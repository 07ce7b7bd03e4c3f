//! Named secrets: kept, used, protected while used, and never seen again.

use crate::common::{TestEngine, job, start, start_with};
use crate::values::task;
use domain::run::{FailureReason, RunStatus};
use domain::secret::Secret;
use engine::credentials::CredentialError;
use engine::runs::ParamShown;

async fn create(test: &TestEngine, name: &str, secret: &str) -> Result<String, CredentialError> {
    test.engine
        .credentials
        .create(name, Secret::new(secret), "ann")
        .await
}

#[tokio::test]
async fn a_credential_is_made_found_renamed_replaced_and_deleted() {
    let test = start(&[]).await;
    let credentials = &test.engine.credentials;
    let zoo = create(&test, " zoo\n key ", "s1").await.unwrap();
    let api = create(&test, "API", "s2").await.unwrap();
    let list = credentials.list().await.unwrap();
    assert_eq!(
        list.iter().map(|each| each.name.as_str()).collect::<Vec<_>>(),
        ["API", "zoo key"]
    );
    assert_eq!((list[0].created_by.as_str(), list[0].id == api), ("ann", true));
    credentials.rename(&zoo, "Ärger", "bob").await.unwrap();
    let renamed = credentials.find(&zoo).await.unwrap().unwrap();
    assert_eq!(
        (
            renamed.name.as_str(),
            renamed.updated_by.as_str(),
            renamed.created_by.as_str()
        ),
        ("Ärger", "bob", "ann")
    );
    credentials.replace(&api, Secret::new("s3"), "eve").await.unwrap();
    assert_eq!(credentials.find(&api).await.unwrap().unwrap().updated_by, "eve");
    credentials.delete(&api).await.unwrap();
    assert_eq!(credentials.find(&api).await.unwrap(), None);
    for gone in [
        credentials.replace(&api, Secret::new("s"), "ann").await,
        credentials.rename(&api, "x", "ann").await,
    ] {
        assert!(matches!(gone, Err(CredentialError::NotFound)));
    }
}

#[tokio::test]
async fn names_are_unique_in_all_capitals_and_what_is_missing_is_named() {
    let test = start(&[]).await;
    let credentials = &test.engine.credentials;
    let shop = create(&test, "Café Shop", "s").await.unwrap();
    let other = create(&test, "other", "s").await.unwrap();
    for taken in ["Café Shop", "CAFÉ  SHOP", " café shop "] {
        let refused = create(&test, taken, "s").await;
        assert!(matches!(refused, Err(CredentialError::NameTaken)), "{taken}");
        let refused = credentials.rename(&other, taken, "ann").await;
        assert!(matches!(refused, Err(CredentialError::NameTaken)), "{taken}");
    }
    credentials.rename(&shop, "CAFÉ SHOP", "ann").await.unwrap();
    assert!(matches!(
        create(&test, " ", "s").await,
        Err(CredentialError::NameMissing)
    ));
    assert!(matches!(
        create(&test, &"x".repeat(101), "s").await,
        Err(CredentialError::NameTooLong)
    ));
    assert!(matches!(
        create(&test, "new", " ").await,
        Err(CredentialError::SecretMissing)
    ));
    assert!(matches!(
        create(&test, "new", &"x".repeat(65 * 1024)).await,
        Err(CredentialError::SecretTooLong)
    ));
    assert_eq!(credentials.list().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_used_credential_is_renamed_with_its_users_and_deleted_only_when_nobody_uses_it() {
    let code = task("{'name': 'login', 'type': 'credential'}", "return {}");
    let test = start(&[("first", &code), ("second", &code)]).await;
    let credentials = &test.engine.credentials;
    let id = create(&test, "Shop", "s").await.unwrap();
    for name in ["second", "first"] {
        test.save(name, &[("login", &id)]).await;
    }
    assert_eq!(credentials.used_by(&id).await.unwrap(), ["first", "second"]);
    let refused = credentials.delete(&id).await.unwrap_err();
    assert_eq!(refused.to_string(), "It is used by first, second");
    assert!(matches!(refused, CredentialError::InUse { tasks } if tasks == ["first", "second"]));
    credentials.rename(&id, "Shop 2", "ann").await.unwrap();
    let run = test.run("first").await;
    assert_eq!(run.summary.status, RunStatus::Success, "{run:?}");
    assert_eq!(
        run.params,
        [("login".into(), ParamShown::Credential("Shop 2".into()))]
    );
    for name in ["second", "first"] {
        test.save(name, &[]).await;
    }
    credentials.delete(&id).await.unwrap();
}

#[tokio::test]
async fn a_run_whose_credential_was_deleted_meanwhile_says_which() {
    let waiting = task(
        "{'name': 'login', 'label': 'Shop login', 'type': 'credential'}",
        "return {}",
    );
    let long = job("print('up')\nawait asyncio.sleep(600)");
    let test = start_with(&[("t", &waiting), ("long", &long)], |config| {
        config.concurrency = 1;
    })
    .await;
    let id = create(&test, "Shop", "s").await.unwrap();
    let long = test.begin("long").await;
    test.wait_for_log(&long, "up").await;
    test.save("t", &[("login", &id)]).await;
    let waiting = test.begin("t").await;
    test.save("t", &[]).await;
    test.engine.credentials.delete(&id).await.unwrap();
    test.engine.runs.cancel(&long, "ann").await.unwrap();
    let run = test
        .wait_until(&waiting, |run| run.summary.status.is_final())
        .await;
    assert_eq!(run.summary.failure_reason, Some(FailureReason::BadParams));
    assert_eq!(
        run.summary.error_message.as_deref(),
        Some("The credential \"Shop\" of \"Shop login\" was deleted.")
    );
    assert!(!test.folder.path().join("data/runs").join(&waiting).exists());
}

#[tokio::test]
async fn f78_a_credential_that_a_task_shows_everywhere_is_found_nowhere() {
    let secret = r#"{"type": "service_account", "private_key": "CANARY-31f0\nCANARY-77cc"}"#;
    let body = "import base64, json\nkey = json.loads(self.params['login'])['private_key']\n\
        print(self.params['login'])\nprint(key)\nlogging.info('key=%s', key)\n\
        print(base64.b64encode(self.params['login'].encode()).decode(), base64.b64encode(key.encode()).decode())\n\
        if self.params['fail']:\n    raise ValueError(key)\nreturn {'details': {'echo': [self.params['login'], key]}}";
    let params = "{'name': 'login', 'type': 'credential'}, {'name': 'fail', 'type': 'checkbox'}";
    let test = start(&[("t", &task(params, body))]).await;
    let id = create(&test, "Shop", secret).await.unwrap();
    for form in [
        &[("login", id.as_str())][..],
        &[("login", id.as_str()), ("fail", "on")],
    ] {
        test.save("t", form).await;
        let run = test.run("t").await;
        assert!(
            matches!(run.summary.status, RunStatus::Success | RunStatus::Failed),
            "{run:?}"
        );
        assert!(test.log(&run.summary.run_id).await.contains("[secret]"));
    }
    let folder = test.stop().await;
    // The beginnings in base64: of the key, and of the whole.
    crate::common::assert_nowhere(
        &folder,
        &[
            "CANARY-31f0",
            "CANARY-77cc",
            "Q0FOQVJZLTMxZj",
            "eyJ0eXBlIjogInNlcnZpY2VfYW",
        ],
    )
    .await;
}
