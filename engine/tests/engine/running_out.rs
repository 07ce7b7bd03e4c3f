//! Credentials whose secret stops working on a day that people know, and their tests by the tasks that use them.

use crate::common::{TestEngine, assert_nowhere, start};
use crate::values::task;
use chrono::{NaiveDate, TimeDelta, Utc};
use domain::params::CREDENTIAL_MARK;
use domain::run::{FailureReason, RunStatus};
use domain::run_out::day_words;
use domain::schedule::{Plan, Rule};
use domain::secret::Secret;
use engine::credentials::{CredentialError, Fresh, TriedOutcome};
use engine::settings::CheckOutcome;
use serde_json::json;

pub(crate) async fn create(test: &TestEngine, name: &str, runs_out_on: Option<NaiveDate>) -> String {
    let fresh = Fresh {
        secret: Secret::new("CANARY-shop"),
        runs_out_on,
    };
    test.engine.credentials.create(name, fresh, "ann").await.unwrap()
}

fn in_days(days: i64) -> NaiveDate {
    Utc::now().date_naive() + TimeDelta::days(days)
}

#[tokio::test]
async fn a_day_is_kept_listed_when_it_is_near_changed_and_forgotten_with_the_secret() {
    let test = start(&[]).await;
    let credentials = &test.engine.credentials;
    let late = create(&test, "late", Some(in_days(40))).await;
    let soon = create(&test, "soon", Some(in_days(12))).await;
    let over = create(&test, "over", Some(in_days(-1))).await;
    create(&test, "never", None).await;
    let near = async |by| {
        let list = credentials.list_running_out(in_days(by)).await.unwrap();
        list.into_iter().map(|each| each.id).collect::<Vec<_>>()
    };
    assert_eq!(near(30).await, [over.clone(), soon.clone()]);
    let changed_at = credentials.find(&late).await.unwrap().unwrap().updated_at;
    credentials.set_run_out(&late, Some(in_days(30))).await.unwrap();
    credentials.set_run_out(&soon, None).await.unwrap();
    assert_eq!(near(30).await, [over.clone(), late.clone()]);
    let dated = credentials.find(&late).await.unwrap().unwrap();
    assert_eq!(
        (dated.runs_out_on, dated.updated_at),
        (Some(in_days(30)), changed_at),
        "a day is no change of the secret"
    );
    credentials
        .replace(&over, Secret::new("new"), "bob")
        .await
        .unwrap();
    assert_eq!(credentials.find(&over).await.unwrap().unwrap().runs_out_on, None);
    let gone = credentials.set_run_out("none", None).await;
    assert!(matches!(gone, Err(CredentialError::NotFound)));
}

#[tokio::test]
async fn a_task_that_fails_with_a_credential_that_ran_out_names_it_and_one_that_succeeds_does_not() {
    let body = "if self.params['fail']:\n    raise PermissionError('401')\nreturn {}";
    let params = "{'name': 'login', 'type': 'credential'}, {'name': 'fail', 'type': 'checkbox'}";
    let test = start(&[("t", &task(params, body))]).await;
    let id = create(&test, "Shop", Some(in_days(0))).await;
    let shop = id.as_str();
    test.save("t", &[("login", shop), ("fail", "on")]).await;
    let message = test.run("t").await.summary.error_message;
    assert_eq!(
        message.as_deref(),
        Some("PermissionError: 401"),
        "it works until its day is over"
    );
    test.engine
        .credentials
        .set_run_out(&id, Some(in_days(-1)))
        .await
        .unwrap();
    let failed = test.run("t").await.summary;
    assert_eq!(failed.failure_reason, Some(FailureReason::Error));
    let day = day_words(in_days(-1));
    assert_eq!(
        failed.error_message,
        Some(format!(
            "The credential \"Shop\" ran out on {day}: replace it. PermissionError: 401"
        ))
    );
    test.save("t", &[("login", shop)]).await;
    let run = test.run("t").await.summary;
    assert_eq!((run.status, run.error_message), (RunStatus::Success, None));
}

#[tokio::test]
async fn a_credential_is_tried_by_every_task_that_uses_it_and_those_without_a_test_are_named() {
    let without = task("{'name': 'login', 'type': 'credential'}", "return {}");
    let check = "    def check(self):\n        if self.params['login'] != 'CANARY-new':\n            \
        raise PermissionError('not ' + self.params['login'])\n        return 'It answers'\n    async def execute";
    let with_check = without.replace("    async def execute", check);
    let test = start(&[
        ("asks", &with_check),
        ("by_schedule", &with_check),
        ("plain", &without),
    ])
    .await;
    let id = create(&test, "Shop", Some(in_days(-1))).await;
    assert_eq!(test.engine.try_credential(&id).await.unwrap(), []);
    for name in ["asks", "plain"] {
        test.save(name, &[("login", &id)]).await;
    }
    test.save("by_schedule", &[]).await;
    let mut plan = Plan::new(Rule::EveryHours(1), chrono_tz::Tz::UTC);
    let own = json!({ CREDENTIAL_MARK: { "id": id, "name": "Shop" } });
    plan.params.insert("login".into(), own);
    test.engine
        .schedules
        .create("by_schedule", plan, "ann")
        .await
        .unwrap();
    let outcomes = async || {
        let tried = test.engine.try_credential(&id).await.unwrap();
        tried
            .into_iter()
            .map(|tried| (tried.task, tried.outcome))
            .collect::<Vec<_>>()
    };
    let day = day_words(in_days(-1));
    let message =
        format!("The credential \"Shop\" ran out on {day}: replace it. PermissionError: not [secret]");
    let others = [
        ("by_schedule".to_owned(), TriedOutcome::SchedulesOnly),
        ("plain".to_owned(), TriedOutcome::Asked(CheckOutcome::NotOffered)),
    ];
    let failed = TriedOutcome::Asked(CheckOutcome::Failed { message });
    let tried = outcomes().await;
    assert_eq!(
        (&tried[0], &tried[1..]),
        (&("asks".to_owned(), failed), &others[..])
    );
    test.engine
        .credentials
        .replace(&id, Secret::new("CANARY-new"), "ann")
        .await
        .unwrap();
    let fine = TriedOutcome::Asked(CheckOutcome::Fine(Some("It answers".to_owned())));
    assert_eq!(outcomes().await[0], ("asks".to_owned(), fine));
    let folder = test.stop().await;
    assert_nowhere(&folder, &["CANARY"]).await;
}
