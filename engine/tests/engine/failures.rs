//! Runs that end badly, and what is said of them.

use crate::common::{job, plain_job, start, start_all, start_with};
use domain::run::{FailureReason, RunStatus};

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
async fn f15_a_constructor_that_refuses_its_parameters_names_them() {
    let with = |constructor: &str| {
        job("return {}").replace("    async def", &format!("    {constructor}\n    async def"))
    };
    let raises =
        with("def __init__(self, settings, **params):\n        raise KeyError('no access to the shop')");
    let wrong = with("def __init__(self, settings, shop_number):\n        pass");
    let test = start(&[("raises", &raises), ("wrong", &wrong)]).await;
    for (task, text) in [("raises", "no access to the shop"), ("wrong", "shop_number")] {
        let run = test.run(task).await;
        assert_eq!(
            run.summary.failure_reason,
            Some(FailureReason::BadParams),
            "{task}"
        );
        let message = run.summary.error_message.unwrap();
        assert!(message.contains(text), "{message}");
    }
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
    let test = start_all(cases.iter().map(|(body, ..)| job(body))).await;
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
async fn f18_a_task_that_allocates_without_end_runs_out_of_memory_and_nothing_else_does() {
    let hungry = "blocks = []\nwhile True:\n    blocks.append(bytearray(8 * 1024 * 1024))";
    let (hungry, killed, good) = (job(hungry), job("os.kill(os.getpid(), 9)"), job("return {}"));
    let tasks = [("hungry", hungry.as_str()), ("killed", &killed), ("good", &good)];
    let test = start_with(&tasks, |config| config.limits.memory_mb = Some(256)).await;
    for (task, reason, text) in [
        ("hungry", FailureReason::OutOfMemory, "MemoryError"),
        (
            "killed",
            FailureReason::Killed,
            "The process was killed by the system (signal 9), often for lack of memory.",
        ),
    ] {
        let run = test.run(task).await;
        assert_eq!(run.summary.failure_reason, Some(reason), "{task}: {run:?}");
        assert_eq!(run.summary.error_message.as_deref(), Some(text));
    }
    assert_eq!(test.run("good").await.summary.status, RunStatus::Success);
}

#[tokio::test]
async fn f20_whatever_is_raised_fails_the_run_and_a_plain_execute_is_accepted() {
    let own = "class Stop(BaseException):\n    pass\nraise Stop('of my own')";
    let coroutine = "async def work():\n    return {'records_processed': 4}\nreturn work()";
    let cases = [
        (job("raise KeyboardInterrupt()"), Some("KeyboardInterrupt")),
        (job("raise asyncio.CancelledError()"), Some("CancelledError")),
        (job(own), Some("Stop: of my own")),
        (plain_job("raise ValueError('plain')"), Some("ValueError: plain")),
        (plain_job("return {'records_processed': 4}"), None),
        (job(coroutine).replacen("async def", "def", 1), None),
    ];
    let test = start_all(cases.iter().map(|(code, _)| code.clone())).await;
    for (index, (code, message)) in cases.iter().enumerate() {
        let run = test.run(&format!("t{index}")).await;
        match message {
            Some(sentence) => {
                assert_eq!(run.summary.failure_reason, Some(FailureReason::Error), "{code}");
                let message = run.summary.error_message.unwrap();
                assert!(message.contains(sentence), "{message}");
            }
            None => assert_eq!(
                run.summary.records.processed,
                Some(4),
                "{code}: {:?}",
                run.summary
            ),
        }
    }
}

#[tokio::test]
async fn f21_a_thread_that_goes_on_does_not_hold_a_finished_run() {
    let body = "import threading\nthreading.Thread(target=time.sleep, args=(600,)).start()\nreturn {'records_processed': 3}";
    let in_executor =
        "asyncio.get_running_loop().run_in_executor(None, time.sleep, 600)\nreturn {'records_processed': 3}";
    let test = start_all([job(body), plain_job(body), job(in_executor)]).await;
    for task in ["t0", "t1", "t2"] {
        let run = test.run(task).await;
        assert_eq!(run.summary.records.processed, Some(3), "{task}: {run:?}");
        assert!(run.summary.duration_ms.unwrap() < 8000, "{:?}", run.summary);
    }
}

#[tokio::test]
async fn f03_a_task_that_is_killed_from_outside_is_a_failed_run_that_names_the_signal() {
    let body = "print(os.getpid(), flush=True)\nprint('begun', flush=True)\nawait asyncio.sleep(600)";
    let test = start(&[("t", &job(body))]).await;
    let run_id = test.begin("t").await;
    test.wait_for_log(&run_id, "begun").await;
    let pid = test.log(&run_id).await.lines().next().unwrap().to_owned();
    let killed = std::time::Instant::now();
    let kill = std::process::Command::new("kill").args(["-9", &pid]).status();
    assert!(kill.unwrap().success());
    let run = test
        .wait_until(&run_id, |run| run.summary.status.is_final())
        .await;
    assert!(
        killed.elapsed() < std::time::Duration::from_secs(2),
        "{:?}",
        killed.elapsed()
    );
    assert_eq!(
        (run.summary.status, run.summary.failure_reason),
        (RunStatus::Failed, Some(FailureReason::Killed))
    );
    let message = run.summary.error_message.unwrap();
    assert!(message.contains("signal 9"), "{message}");
}
