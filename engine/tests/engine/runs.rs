//! Runs of real tasks in real processes.

use crate::common::{job, start};
use domain::run::{FailureReason, LogLevel, Records, RunStatus};
use engine::runs::{ParamShown, RunFilter};
use sqlx::Row;

const README_SAMPLE: &str = include_str!("../../../external_tasks/my_task/job.py");

#[tokio::test]
async fn the_readme_sample_runs_unchanged_and_reports_a_hundred_records() {
    let test = start(&[("my_task", README_SAMPLE)]).await;
    let folder = test.engine.catalog.find("my_task").unwrap();
    assert_eq!(folder.title(), "My Custom Task");
    test.save("my_task", &[("api_key", "CANARY-5f3a"), ("batch_size", "100")])
        .await;
    let run = test.run("my_task").await;
    assert_eq!(run.summary.status, RunStatus::Success, "{run:?}");
    assert_eq!(
        run.summary.records,
        Records {
            processed: Some(100),
            success: Some(100),
            failed: Some(0)
        }
    );
    assert_eq!(
        run.result.unwrap()["details"],
        "Custom task completed successfully"
    );
    assert_eq!(
        run.params,
        [
            ("api_key".into(), ParamShown::Saved),
            ("batch_size".into(), ParamShown::Value(100.into()))
        ]
    );
    assert_eq!(run.code_hash.as_deref(), Some(folder.code_hash.as_str()));
    assert!(
        test.log(&run.summary.run_id)
            .await
            .contains("Starting my custom task (batch_size=100)")
    );
}

#[tokio::test]
async fn f14_an_exception_is_a_failed_run_with_its_message_and_traceback() {
    let test = start(&[("t", &job("raise ValueError('no such month')"))]).await;
    let run = test.run("t").await;
    assert_eq!(
        (run.summary.status, run.summary.failure_reason),
        (RunStatus::Failed, Some(FailureReason::Error))
    );
    assert_eq!(
        run.summary.error_message.as_deref(),
        Some("ValueError: no such month")
    );
    assert!(run.error_traceback.unwrap().contains("job.py"));
}

#[tokio::test]
async fn f16_f17_an_end_without_a_result_is_never_a_success() {
    let cases = [
        ("sys.exit(0)", FailureReason::NoResult, "0"),
        ("sys.exit(3)", FailureReason::NoResult, "3"),
        (
            "os._exit(0)",
            FailureReason::NoResult,
            "without returning a result",
        ),
        ("os._exit(7)", FailureReason::NoResult, "exit code 7"),
        (
            "import ctypes; ctypes.string_at(0)",
            FailureReason::Killed,
            "signal 11",
        ),
        ("os.abort()", FailureReason::Killed, "signal 6"),
        ("return 'done'", FailureReason::InvalidResult, "str"),
        ("return None", FailureReason::InvalidResult, "nothing"),
        (
            "return {'records_processed': 'many'}",
            FailureReason::InvalidResult,
            "records_processed",
        ),
        ("raise MemoryError()", FailureReason::OutOfMemory, "MemoryError"),
    ];
    let tasks: Vec<(String, String)> = cases
        .iter()
        .enumerate()
        .map(|(index, (body, ..))| (format!("t{index}"), job(body)))
        .collect();
    let tasks: Vec<(&str, &str)> = tasks
        .iter()
        .map(|(name, code)| (name.as_str(), code.as_str()))
        .collect();
    let test = start(&tasks).await;
    for (index, (body, reason, text)) in cases.iter().enumerate() {
        let run = test.run(&format!("t{index}")).await;
        assert_eq!(
            (run.summary.status, run.summary.failure_reason),
            (RunStatus::Failed, Some(*reason)),
            "{body}"
        );
        let message = run.summary.error_message.unwrap();
        assert!(message.contains(text), "{body}: {message}");
    }
}

#[tokio::test]
async fn f10_cancel_asks_first_and_kills_a_task_that_ignores_it() {
    let stubborn = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up')\nwhile True:\n    time.sleep(1)";
    let tidy = "print('up')\ntry:\n    await asyncio.sleep(600)\nfinally:\n    print('tidied up')";
    let test = start(&[("stubborn", &job(stubborn)), ("tidy", &job(tidy))]).await;
    for (task, trace) in [("stubborn", "so it was killed"), ("tidy", "tidied up")] {
        let run_id = test.engine.runs.start_now(task, "ann", task).await.unwrap();
        test.wait_for_log(&run_id, "up").await;
        test.engine.runs.cancel(&run_id, "bob").await.unwrap();
        let run = test
            .wait_until(&run_id, |run| run.summary.status.is_final())
            .await;
        assert_eq!(run.summary.status, RunStatus::Cancelled, "{task}");
        assert_eq!(run.cancel_requested_by.as_deref(), Some("bob"));
        assert!(
            test.log(&run_id).await.contains(trace),
            "{task}: {}",
            test.log(&run_id).await
        );
    }
}

#[tokio::test]
async fn f13_a_run_over_its_time_limit_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    crate::common::write_task(&folder, "t", &job("await asyncio.sleep(600)"));
    let config = engine::Config {
        time_limit: std::time::Duration::from_secs(1),
        ..crate::common::config(&folder)
    };
    let test = crate::common::start_in(folder, config).await;
    let run = test.run("t").await;
    assert_eq!(run.summary.failure_reason, Some(FailureReason::TimedOut));
    assert_eq!(
        run.summary.error_message.as_deref(),
        Some("Stopped after its time limit of 1.0 s.")
    );
}

#[tokio::test]
async fn f12_a_grandchild_that_keeps_the_pipes_open_does_not_hold_the_run() {
    let body = "import subprocess\nchild = subprocess.Popen(['sleep', '600'])\nprint(child.pid, flush=True)\nreturn {}";
    let test = start(&[("t", &job(body))]).await;
    let run = test.run("t").await;
    assert_eq!(run.summary.status, RunStatus::Success);
    assert!(run.summary.duration_ms.unwrap() < 10_000);
    let pid = test
        .log(&run.summary.run_id)
        .await
        .lines()
        .next()
        .unwrap()
        .to_owned();
    // The group was killed; only a zombie may be left until init reaps it.
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    assert!(state.is_empty() || state.contains(") Z "), "{state}");
}

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
            .any(|line| line.text == "café \u{fffd}\u{fffd}bold")
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
async fn f30_printed_imitations_of_the_protocol_are_only_log() {
    let body = "print('{\"event\": \"result\", \"result\": {\"records_processed\": 999}}')\nraise RuntimeError('real end')";
    let test = start(&[("t", &job(body))]).await;
    let run = test.run("t").await;
    assert_eq!(run.summary.status, RunStatus::Failed);
    assert_eq!(run.summary.records.processed, None);
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
async fn f23_s15_a_task_sees_neither_the_servers_environment_nor_its_files() {
    let body = "print(sorted(os.environ))\nprint(len(os.listdir('/proc/self/fd')), oct(os.stat('.').st_mode & 0o777))\n\
                print(self.settings.task_database_url, self.settings.data_database_url)\n\
                print(open(f'/proc/self/cmdline').read().replace(chr(0), ' '))\nreturn {}";
    let test = start(&[("t", &job(body))]).await;
    test.save("t", &[("key", "CANARY-9d1c")]).await;
    let run = test.run("t").await;
    let log = test.log(&run.summary.run_id).await;
    assert!(!log.contains("CARGO") && !log.contains("CANARY"), "{log}");
    assert!(log.contains("0o700"), "{log}");
    assert!(log.contains("None sqlite:///data.db"), "{log}");
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
    let needles = ["CANARY-77aa", "Q0FOQVJZLTc3YWE"];
    let mut waiting = vec![folder.path().join("data")];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(
                std::fs::read_dir(path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for needle in needles {
            let found = bytes.windows(needle.len()).any(|part| part == needle.as_bytes());
            assert!(!found, "{needle} in {}", path.display());
        }
    }
}

#[tokio::test]
async fn f60_one_form_sent_twice_is_one_run() {
    let test = start(&[("t", &job("return {}"))]).await;
    let first = test.engine.runs.start_now("t", "ann", "form-1").await.unwrap();
    let second = test.engine.runs.start_now("t", "ann", "form-1").await.unwrap();
    assert_eq!(first, second);
    test.wait_until(&first, |run| run.summary.status.is_final()).await;
    assert_eq!(
        test.engine
            .runs
            .list(&RunFilter::default(), 10)
            .await
            .unwrap()
            .runs
            .len(),
        1
    );
}

#[tokio::test]
async fn a_run_without_its_required_settings_says_which_one() {
    let test = start(&[("my_task", README_SAMPLE)]).await;
    let run = test.run("my_task").await;
    assert_eq!(run.summary.failure_reason, Some(FailureReason::BadParams));
    assert_eq!(
        run.summary.error_message.as_deref(),
        Some("API Key is not filled in.")
    );
}

#[tokio::test]
async fn lists_are_newest_first_and_can_be_paged_and_narrowed() {
    let test = start(&[("good", &job("return {}")), ("bad", &job("raise ValueError()"))]).await;
    for task in ["good", "bad", "good"] {
        test.run(task).await;
    }
    let page = test.engine.runs.list(&RunFilter::default(), 2).await.unwrap();
    assert_eq!(
        page.runs
            .iter()
            .map(|run| run.task_name.as_str())
            .collect::<Vec<_>>(),
        ["good", "bad"]
    );
    let older = RunFilter {
        before: page.older,
        ..RunFilter::default()
    };
    let rest = test.engine.runs.list(&older, 2).await.unwrap();
    assert_eq!((rest.runs.len(), rest.older), (1, None));
    let failed = RunFilter {
        status: Some(RunStatus::Failed),
        task: Some("bad".into()),
        before: None,
    };
    assert_eq!(test.engine.runs.list(&failed, 10).await.unwrap().runs.len(), 1);
    let latest = test.engine.runs.latest_by_task().await.unwrap();
    assert_eq!((latest.len(), latest["bad"].status), (2, RunStatus::Failed));
    assert_eq!(latest["good"].id, page.runs[0].id);
}

#[tokio::test]
async fn the_readmes_sql_finds_failed_runs_on_the_database_file() {
    let contract = include_str!("../../../docs/contract/external_tasks-README.md");
    let sql = contract
        .split("```sql\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    let test = start(&[
        ("good", &job("return {}")),
        ("bad", &job("raise ValueError('no such month')")),
    ])
    .await;
    for task in ["good", "bad", "bad"] {
        test.run(task).await;
    }
    let path = test.folder.path().join("data/insightmesh.db");
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", path.display()))
        .await
        .unwrap();
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned()))
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(rows.len(), 2);
    let started: Vec<String> = rows.iter().map(|row| row.get("started_at")).collect();
    assert!(
        started[0] > started[1] && started[0].starts_with("20"),
        "{started:?}"
    );
    assert_eq!(
        rows[0].get::<String, _>("error_message"),
        "ValueError: no such month"
    );
    assert!(rows[0].get::<f64, _>("duration_seconds") > 0.0);
    pool.close().await;
}

#[tokio::test]
async fn f72_a_parameter_that_vanished_stops_runs_until_the_form_is_saved_again() {
    let test = start(&[("t", &job("return {}"))]).await;
    test.save("t", &[("key", "CANARY-1b")]).await;
    crate::common::write_task(&test.folder, "t", &job("return {}").replace("'key'", "'other'"));
    test.engine.catalog.rescan().await;
    let run = test.run("t").await;
    assert_eq!(run.summary.failure_reason, Some(FailureReason::BadParams));
    assert_eq!(
        run.summary.error_message.as_deref(),
        Some("The task no longer asks for \"key\".")
    );
    test.save("t", &[("other", "CANARY-2b")]).await;
    assert_eq!(test.run("t").await.summary.status, RunStatus::Success);
}
