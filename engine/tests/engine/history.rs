//! The history: what its filters find, how its pages follow each other, and runs side by side.

use domain::run::RunStatus;
use domain::secret::Secret;
use engine::runs::{Attempt, Code, ComparedParam, ParamShown, RunFilter, StartedBy};
use serde_json::{Map, Value, json};

use crate::common::{TestEngine, assert_nowhere, job, start, start_with};
use crate::database;
use crate::values::task;

/// Twelve runs, an hour apart: task `a` by its schedule `s` and task `b` by ann, in turns; every third failed.
async fn twelve() -> TestEngine {
    let test = start_with(&[("a", &job("return {}"))], |config| {
        config.role = engine::Role::Web;
    })
    .await;
    let rows: Vec<String> = (0..12)
        .map(|hour| {
            let (task, by, user, schedule) = if hour % 2 == 0 {
                ("a", "scheduler", "NULL", "'s'")
            } else {
                ("b", "manual", "'ann'", "NULL")
            };
            let (status, reason, message) = match hour {
                3 => ("failed", "'timed_out'", "NULL"),
                _ if hour % 3 == 0 => ("failed", "'error'", "'ValueError: 100% of Month_1 is WRONG!'"),
                _ => ("success", "NULL", "NULL"),
            };
            format!(
                "('r{hour}', '{task}', '{status}', {reason}, {message}, '{by}', {user}, {schedule},
                  '2026-03-01 {hour:02}:00:00.000', '2026-03-01 {hour:02}:00:00.000', '2026-03-01 {hour:02}:00:01.000',
                  '2026-03-01 {hour:02}:00:{hour:02}.500', {hour}.5, '{{\"params\":{{}}}}', '2026-03-01 12:00:00.000')"
            )
        })
        .collect();
    let sql = format!(
        "INSERT INTO task_runs (run_id, task_name, status, failure_reason, error_message, triggered_by,
             triggered_by_user, schedule_id, scheduled_for, queued_at, started_at, completed_at, duration_seconds,
             task_config_snapshot, updated_at) VALUES {}",
        rows.join(", ")
    );
    database::change(&test, &sql, &[]).await;
    test
}

fn at(hour: u32) -> Option<chrono::DateTime<chrono::Utc>> {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 1)?;
    Some(day.and_hms_opt(hour, 0, 0)?.and_utc())
}

async fn found(test: &TestEngine, filter: RunFilter) -> String {
    let page = test.engine.runs.list(&filter, 50).await.unwrap();
    let count = test.engine.runs.count(&filter).await.unwrap();
    let counted = filter.status.map_or(count.all(), |status| count.of(status));
    assert_eq!(
        counted,
        (i64::try_from(page.runs.len()).unwrap(), false),
        "{filter:?}"
    );
    let names: Vec<&str> = page.runs.iter().map(|run| &run.run_id[1..]).collect();
    names.join(" ")
}

#[tokio::test]
async fn every_filter_finds_its_runs_and_they_can_be_put_together() {
    let test = twelve().await;
    let all = RunFilter::default;
    let person = || Some(StartedBy::Person("ann".into()));
    assert_eq!(found(&test, all()).await, "11 10 9 8 7 6 5 4 3 2 1 0");
    for (filter, wanted) in [
        (
            RunFilter {
                from: at(4),
                until: at(8),
                ..all()
            },
            "7 6 5 4",
        ),
        (
            RunFilter {
                schedule: Some("s".into()),
                ..all()
            },
            "10 8 6 4 2 0",
        ),
        (
            RunFilter {
                by: person(),
                from: at(5),
                ..all()
            },
            "11 9 7 5",
        ),
        (
            RunFilter {
                by: Some(StartedBy::Schedules),
                status: Some(RunStatus::Failed),
                ..all()
            },
            "6 0",
        ),
        (
            RunFilter {
                by: person(),
                status: Some(RunStatus::Failed),
                task: Some("b".into()),
                ..all()
            },
            "9 3",
        ),
        (
            RunFilter {
                schedule: Some("s".into()),
                status: Some(RunStatus::Success),
                task: Some("b".into()),
                ..all()
            },
            "",
        ),
        (
            RunFilter {
                task: Some("a".into()),
                until: at(3),
                ..all()
            },
            "2 0",
        ),
        (
            RunFilter {
                from: at(12),
                ..all()
            },
            "",
        ),
        (
            RunFilter {
                until: at(0),
                ..all()
            },
            "",
        ),
    ] {
        assert_eq!(found(&test, filter.clone()).await, wanted, "{filter:?}");
    }
    assert_eq!(test.engine.runs.people().await.unwrap(), ["ann"]);
}

#[tokio::test]
async fn a_text_is_found_in_messages_and_reasons_and_means_nothing_to_the_database() {
    let test = twelve().await;
    for (text, wanted) in [
        ("month_1 is wrong", "9 6 0"),
        ("TIME LIMIT", "3"),
        ("100%", "9 6 0"),
        ("wrong!", "9 6 0"),
        ("1_0", ""),
        ("%", "9 6 0"),
        ("month_", "9 6 0"),
        ("monthx1", ""),
        ("' OR 1=1 --", ""),
    ] {
        let filter = RunFilter {
            text: Some(text.into()),
            ..RunFilter::default()
        };
        assert_eq!(found(&test, filter).await, wanted, "{text}");
    }
}

#[tokio::test]
async fn pages_lead_to_older_and_newer_ones_and_stay_what_they_are_while_runs_arrive() {
    let test = twelve().await;
    let page = async |before, after| {
        let filter = RunFilter {
            before,
            after,
            ..RunFilter::default()
        };
        let page = test.engine.runs.list(&filter, 5).await.unwrap();
        let names: Vec<String> = page.runs.iter().map(|run| run.run_id.clone()).collect();
        (names.join(" "), page.older, page.newer)
    };
    let (first, older, newer) = page(None, None).await;
    assert_eq!((first.as_str(), newer), ("r11 r10 r9 r8 r7", None));
    let (second, oldest, newer) = page(older, None).await;
    assert_eq!(second, "r6 r5 r4 r3 r2");
    let (last, none, before_last) = page(oldest, None).await;
    assert_eq!((last.as_str(), none), ("r1 r0", None));
    assert_eq!(page(None, before_last).await.0, second);
    assert_eq!(page(None, newer).await.0, first);
    // Another came: the newest page is a whole one all the same, and the second has not moved.
    test.begin("a").await;
    let (again, _, newer) = page(older, None).await;
    assert_eq!(again, second);
    assert_eq!(page(None, newer).await.0, first, "with a newer one behind it");
    let (_, _, newest) = page(None, newer).await;
    assert!(page(None, newest).await.0.ends_with("r11 r10 r9 r8"));
}

#[tokio::test]
async fn the_usual_duration_is_that_of_successful_runs() {
    let test = twelve().await;
    let usual = test.engine.runs.usual_durations(["a", "b", "c"]).await.unwrap();
    // Successful runs of a took 2.5, 4.5, 8.5 and 10.5 seconds.
    assert_eq!(
        (usual["a"].median, usual["a"].p95, usual["a"].runs),
        (4500, 10_500, 4)
    );
    assert_eq!(usual["b"].runs, 4);
    assert!(!usual.contains_key("c"));
    assert!(test.engine.runs.usual_durations([]).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_run_takes_values_of_its_own_and_the_saved_settings_stay_as_they_are() {
    let params = "{'name': 'size', 'type': 'number'}, {'name': 'note'}, {'name': 'key', 'type': 'password'}";
    let body = "return {'details': [self.params.get('size'), self.params.get('note')], 'opened': len(self.params['key']) == 10}";
    let test = start(&[("t", &task(params, body))]).await;
    test.save("t", &[("size", "5"), ("note", "as saved"), ("key", "CANARY-own")])
        .await;
    let before = test.engine.settings.find("t").await.unwrap();
    let own = Map::from_iter([("size".to_owned(), json!(9)), ("note".to_owned(), Value::Null)]);
    let runs = &test.engine.runs;
    let run_id = runs.start_with("t", &own, "bob", "form-9").await.unwrap();
    let again = runs.start_with("t", &own, "bob", "form-9").await.unwrap();
    assert_eq!(run_id, again, "one form is one run");
    let run = test
        .wait_until(&run_id, |run| run.summary.status.is_final())
        .await;
    let result = run.result.clone().unwrap();
    assert_eq!(result["details"], json!([9, null]));
    assert_eq!(result["opened"], json!(true));
    assert_eq!(run.summary.triggered_by_user.as_deref(), Some("bob"));
    assert_eq!(test.engine.settings.find("t").await.unwrap(), before);
    let specs = &test
        .engine
        .catalog
        .find("t")
        .unwrap()
        .found
        .clone()
        .unwrap()
        .params;
    let values = runs.plain_values(&run_id, specs).await.unwrap().unwrap();
    assert_eq!(Value::Object(values), json!({"size": 9}));
    let exported = runs.export(&RunFilter::default(), 10).await.unwrap();
    assert_eq!(
        exported[0].params,
        [
            ("key".into(), ParamShown::Saved),
            ("size".into(), ParamShown::Value(json!(9)))
        ]
    );
    assert_nowhere(&test.folder, &["CANARY-own"]).await;
}

#[tokio::test]
async fn two_runs_side_by_side_tell_code_values_passwords_and_credentials_apart() {
    let params = "{'name': 'size', 'type': 'number'}, {'name': 'note'}, {'name': 'key', 'type': 'password'},
        {'name': 'shop', 'type': 'credential'}";
    let test = start(&[("t", &task(params, "return {}"))]).await;
    let credentials = &test.engine.credentials;
    let shop = credentials
        .create("Shop", Secret::new("CANARY-1"), "ann")
        .await
        .unwrap();
    let form =
        |size: &'static str, key: &'static str| [("size", size), ("key", key), ("shop", shop.as_str())];
    test.save("t", &form("5", "CANARY-a")).await;
    let success = test.run("t").await;
    let code = task(params, "raise ValueError('x')");
    crate::common::write_task(&test.folder, "t", &code);
    test.engine.catalog.rescan().await;
    test.save("t", &form("6", "CANARY-b")).await;
    credentials
        .replace(&shop, Secret::new("CANARY-2"), "ann")
        .await
        .unwrap();
    let failed = test.run("t").await;
    assert_eq!(failed.summary.status, RunStatus::Failed);
    let runs = &test.engine.runs;
    let last = runs.last_success_before(&failed).await.unwrap();
    assert_eq!(last.as_deref(), Some(success.summary.run_id.as_str()));
    assert_eq!(runs.last_success_before(&success).await.unwrap(), None);
    let found = runs
        .compare(&failed.summary.run_id, &success.summary.run_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.code, Code::Changed);
    let same: Vec<(&str, bool)> = found
        .params
        .iter()
        .map(|param| (param.name.as_str(), param.is_same))
        .collect();
    assert_eq!(same, [("key", false), ("shop", true), ("size", false)]);
    assert_eq!(
        found.params[2],
        ComparedParam {
            name: "size".into(),
            one: Some(ParamShown::Value(json!(6))),
            other: Some(ParamShown::Value(json!(5))),
            is_same: false
        }
    );
    assert_eq!(found.credentials.len(), 1);
    assert_eq!(found.credentials[0].0, "Shop");
    let next = test.run("t").await;
    let found = runs
        .compare(&next.summary.run_id, &failed.summary.run_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.code, Code::Same);
    assert!(found.params.iter().all(|param| param.is_same) && found.credentials.is_empty());
    assert_eq!(
        runs.compare(&next.summary.run_id, "no-such-run").await.unwrap(),
        None
    );
}

#[tokio::test]
async fn the_tries_of_a_run_are_found_from_each_of_them() {
    let test = twelve().await;
    for (run, of, attempt) in [("r2", "r0", 2), ("r4", "r2", 3)] {
        let sql =
            format!("UPDATE task_runs SET retry_of = '{of}', attempt = {attempt} WHERE run_id = '{run}'");
        database::change(&test, &sql, &[]).await;
    }
    for run_id in ["r0", "r2", "r4"] {
        let run = test.engine.runs.find(run_id).await.unwrap().unwrap();
        let tries: Vec<Attempt> = test.engine.runs.attempts(&run).await.unwrap();
        let told: Vec<(&str, i64, RunStatus)> = tries
            .iter()
            .map(|one| (one.run_id.as_str(), one.attempt, one.status))
            .collect();
        let (failed, success) = (RunStatus::Failed, RunStatus::Success);
        assert_eq!(told, [("r0", 1, failed), ("r2", 2, success), ("r4", 3, success)]);
    }
    let alone = test.engine.runs.find("r6").await.unwrap().unwrap();
    assert_eq!(test.engine.runs.attempts(&alone).await.unwrap(), []);
}
