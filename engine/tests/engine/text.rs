//! What tasks say: kept as they said it, made readable, without secrets.

use crate::common::{job, start, start_with, write_task};
use domain::run::{FailureReason, LogLevel, RunStatus};
use domain::secret::Secret;
use engine::runs::ParamShown;
use serde_json::json;

#[tokio::test]
async fn f24_f26_whatever_a_task_prints_is_stored_readable_and_bounded() {
    let body = "sys.stdout.buffer.write(b'caf\\xc3\\xa9 \\xff\\x00\\x1b[1mbold\\x1b[0m\\n' + b'x' * 50_000 + b'\\n')\n\
                print('<script>alert(1)</script>', file=sys.stderr)\n\
                for number in range(60_000):\n    print(f'{number:0200}')\n\
                print('the end')\nreturn {}";
    let test = start(&[("t", &job(body))]).await;
    let run = test.run("t").await;
    assert_eq!(run.summary.status, RunStatus::Success, "{run:?}");
    let tail = test.engine.logs.tail(&run.summary.run_id, 100_000).await.unwrap();
    let bytes: usize = tail.lines.iter().map(|line| line.text.len()).sum();
    assert!(bytes < 5 * 1024 * 1024 + 1000, "{bytes}");
    assert_eq!(tail.lines.last().unwrap().text, "the end");
    assert!(
        tail.lines
            .iter()
            .any(|line| line.text == "café \u{fffd}\u{fffd}\u{1b}[1mbold\u{1b}[0m")
    );
    assert!(tail.lines.iter().any(|line| line.text.contains("lines not kept")));
    assert!(
        tail.lines
            .iter()
            .any(|line| line.text == "<script>alert(1)</script>")
    );
    assert!(tail.lines.windows(2).all(|pair| pair[1].seq == pair[0].seq + 1));
}

#[tokio::test]
async fn log_levels_of_python_are_kept() {
    let body = "logging.getLogger('shop').warning('low stock')\nlogging.error('broken')\nreturn {}";
    let test = start(&[("t", &job(body))]).await;
    let run = test.run("t").await;
    let lines = test
        .engine
        .logs
        .tail(&run.summary.run_id, 10)
        .await
        .unwrap()
        .lines;
    assert_eq!(
        (lines[0].level, lines[0].text.as_str()),
        (LogLevel::Warning, "shop: low stock")
    );
    assert_eq!(
        (lines[1].level, lines[1].text.as_str()),
        (LogLevel::Error, "broken")
    );
}

#[tokio::test]
async fn f78_a_secret_that_a_task_shows_everywhere_is_found_nowhere() {
    let body = "import base64\nprint(self.params['key'])\nlogging.info('key=%s', self.params['key'])\n\
                print(base64.b64encode(self.params['key'].encode()).decode())\n\
                if self.params['key'].endswith('1'):\n    raise ValueError(self.params['key'])\n\
                return {'details': {'echo': [self.params['key']]}}";
    let test = start(&[("t", &job(body))]).await;
    for secret in ["CANARY-77aa-1", "CANARY-77aa-2"] {
        test.save("t", &[("key", secret)]).await;
        let run = test.run("t").await;
        assert!(run.summary.status.is_final());
        assert!(test.log(&run.summary.run_id).await.contains("[secret]"));
    }
    let folder = test.stop().await;
    crate::common::assert_nowhere(&folder, &["CANARY-77aa", "Q0FOQVJZLTc3YWE"]).await;
}

#[tokio::test]
async fn s16_a_secret_of_the_server_is_found_nowhere_either() {
    let body = "print(self.settings.slack_bot_token)\nlogging.info(self.settings.data_database_url)\n\
                raise ValueError(self.settings.slack_bot_token)";
    let test = start_with(&[("t", &job(body))], |config| {
        config.task_settings = vec![
            ("slack_bot_token", Secret::new("CANARY-31-token")),
            (
                "data_database_url",
                Secret::new("mysql://ann:CANARY%2D32@db/shop"),
            ),
        ];
    })
    .await;
    let run = test.run("t").await;
    let log = test.log(&run.summary.run_id).await;
    assert!(log.contains("mysql://ann:[secret]@db/shop"), "{log}");
    let all = format!("{log}{run:?}");
    assert!(!all.contains("CANARY"), "{all}");
    // A settings module could be read while the task is described, too.
    let code = "raise ValueError('CANARY-31' + '-token')";
    write_task(&test.folder, "u", code);
    test.engine.catalog.rescan().await;
    let problem = test.engine.catalog.find("u").unwrap().found.clone().unwrap_err();
    assert_eq!(problem.message, "[secret]", "{problem:?}");
    assert!(!format!("{problem:?}").contains("CANARY-31-token"), "{problem:?}");
}

const MARKUP: &str =
    r#"<script>alert("1")</script></title><!-- ]]> {{7*7}} &amp; <img src=x onerror=alert(1)>"#;

#[tokio::test]
async fn f27_markup_is_stored_letter_by_letter_as_the_task_wrote_it() {
    let says = format!("print({MARKUP:?})\nlogging.warning({MARKUP:?})\nreturn {{'details': {MARKUP:?}}}");
    let raises = format!("raise ValueError({MARKUP:?})");
    let test = start(&[("says", &job(&says)), ("raises", &job(&raises))]).await;
    let run = test.run("says").await;
    assert_eq!(run.result.unwrap()["details"], json!(MARKUP));
    let log = test.log(&run.summary.run_id).await;
    assert_eq!(log.lines().collect::<Vec<_>>(), [MARKUP, MARKUP]);
    let run = test.run("raises").await;
    assert_eq!(run.summary.failure_reason, Some(FailureReason::Error));
    assert_eq!(run.summary.error_message, Some(format!("ValueError: {MARKUP}")));
    assert!(run.error_traceback.unwrap().contains(MARKUP));
}

#[tokio::test]
async fn f28_letters_of_four_bytes_come_through_everywhere() {
    let body = "name = self.params['name']\nprint(name)\nlogging.info('%s', name)\n\
                if name.endswith('!'):\n    raise ValueError(name)\nreturn {'details': {name: [name]}}";
    let code = job(body).replace(
        "'name': 'key', 'type': 'password'",
        "'name': 'name', 'type': 'text'",
    );
    let test = start(&[("t", &code)]).await;
    let name = "Zoë \u{1f680}\u{1f469}\u{200d}\u{1f52c} \u{2f81a}";
    test.save("t", &[("name", name)]).await;
    let run = test.run("t").await;
    assert_eq!(run.result.unwrap()["details"], json!({ name: [name] }));
    let log = test.log(&run.summary.run_id).await;
    assert_eq!(log.lines().collect::<Vec<_>>(), [name, name]);
    assert_eq!(run.params, [("name".to_owned(), ParamShown::Value(json!(name)))]);
    let loud = format!("{name}!");
    test.save("t", &[("name", &loud)]).await;
    let run = test.run("t").await;
    assert_eq!(run.summary.error_message, Some(format!("ValueError: {loud}")));
    assert!(run.error_traceback.unwrap().contains(&loud));
}
