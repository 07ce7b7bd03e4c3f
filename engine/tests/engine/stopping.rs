//! Runs that are stopped, and what runs leave behind: nothing.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::common::{TestEngine, job, processes_of, start, start_with};
use domain::run::{FailureReason, RunStatus};

/// Neither running nor a zombie.
fn is_gone(pid: &str) -> bool {
    pid.parse::<u32>().is_ok() && !Path::new("/proc").join(pid).exists()
}

#[tokio::test]
async fn f10_cancel_asks_first_and_kills_a_task_that_ignores_it() {
    let stubborn = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up')\nwhile True:\n    time.sleep(1)";
    let tidy = "print('up')\ntry:\n    await asyncio.sleep(600)\nfinally:\n    print('tidied up')";
    let test = start(&[("stubborn", &job(stubborn)), ("tidy", &job(tidy))]).await;
    for (task, trace) in [("stubborn", "so it was killed"), ("tidy", "tidied up")] {
        let run_id = test.begin(task).await;
        test.wait_for_log(&run_id, "up").await;
        let asked = Instant::now();
        let run = test.cancel(&run_id).await;
        // The grace is 2 s in these tests.
        assert!(
            asked.elapsed() < Duration::from_secs(4),
            "{task}: {:?}",
            asked.elapsed()
        );
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
    assert!(is_gone(&pid));
}

#[tokio::test]
async fn f13_a_run_over_its_time_limit_is_stopped() {
    let test = start_with(&[("t", &job("await asyncio.sleep(600)"))], |config| {
        config.time_limit = Duration::from_secs(1);
    })
    .await;
    let run = test.run("t").await;
    assert_eq!(run.summary.failure_reason, Some(FailureReason::TimedOut));
    assert_eq!(
        run.summary.error_message.as_deref(),
        Some("Stopped after its time limit of 1.0 s.")
    );
}

/// Starts what usually outlives its parent, each kind with its number in the file `pids`, then does what `end` says.
const SCATTER: &str = r#"
import subprocess
notes = os.path.join(os.environ['EXTERNAL_TASKS_PATH'], '..', 'pids')
def note(pid):
    with open(notes, 'a') as file:
        file.write(f'{pid}\n')
note(subprocess.Popen(['sleep', '600']).pid)
note(subprocess.Popen(['sleep', '600'], env={}, start_new_session=True).pid)
note(subprocess.Popen(['sh', '-c', 'trap "" TERM; sleep 600; sleep 600'], start_new_session=True).pid)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        nothing = os.open('/dev/null', os.O_RDWR)
        for number in range(3):
            os.dup2(nothing, number)
        note(os.getpid())
        time.sleep(600)
    os._exit(0)
while len(open(notes).readlines()) < 4:
    time.sleep(0.01)
print('all up', flush=True)
"#;

fn scatter(end: &str) -> String {
    job(&format!("{SCATTER}{end}"))
}

fn scattered(test: &TestEngine) -> Vec<String> {
    let notes = std::fs::read_to_string(test.folder.path().join("pids")).unwrap();
    notes.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn f11_no_process_survives_a_run_that_ends_by_itself() {
    for end in ["return {}", "os._exit(3)", "os.kill(os.getpid(), 9)"] {
        let test = start(&[("t", &scatter(end))]).await;
        test.run("t").await;
        let pids = scattered(&test);
        assert_eq!(pids.len(), 4);
        assert!(pids.iter().all(|pid| is_gone(pid)), "{end}: {pids:?}");
    }
}

#[tokio::test]
async fn f11_no_process_survives_a_cancelled_run() {
    let stubborn = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(600)";
    for end in ["await asyncio.sleep(600)", stubborn] {
        let test = start(&[("t", &scatter(end))]).await;
        let run_id = test.begin("t").await;
        test.wait_for_log(&run_id, "all up").await;
        assert_eq!(test.cancel(&run_id).await.summary.status, RunStatus::Cancelled);
        let pids = scattered(&test);
        assert!(pids.iter().all(|pid| is_gone(pid)), "{end}: {pids:?}");
    }
}

#[tokio::test]
async fn f11_a_run_that_ends_leaves_the_processes_of_others_alone() {
    let other = scatter("await asyncio.sleep(600)");
    let test = start(&[("other", &other), ("t", &job("return {}"))]).await;
    let run_id = test.begin("other").await;
    test.wait_for_log(&run_id, "all up").await;
    test.run("t").await;
    let pids = scattered(&test);
    assert!(pids.iter().all(|pid| !is_gone(pid)), "{pids:?}");
    test.cancel(&run_id).await;
    assert!(pids.iter().all(|pid| is_gone(pid)), "{pids:?}");
}

#[tokio::test]
async fn f11_a_task_that_forks_while_it_is_described_leaves_nothing_behind() {
    let forks = r"
import subprocess
if 'INSIGHTMESH_RUN_ID' not in os.environ:
    pid = subprocess.Popen(['sleep', '600'], start_new_session=True).pid
    with open(os.path.join(os.environ['EXTERNAL_TASKS_PATH'], '..', 'pids'), 'w') as file:
        file.write(str(pid))
class TestJob";
    let code = job("return {}").replacen("class TestJob", forks, 1);
    let test = start(&[("t", &code)]).await;
    assert!(test.engine.catalog.find("t").unwrap().found.is_ok());
    assert!(is_gone(&scattered(&test)[0]));
}

#[tokio::test]
async fn f19_many_processes_end_with_their_run_without_a_limit_or_a_user_of_their_own() {
    // 200, half of which leave the group. RLIMIT_NPROC would count all processes of the server's user, so there is none.
    let body = r"
for number in range(200):
    if os.fork() == 0:
        if number % 2:
            os.setsid()
        time.sleep(600)
        os._exit(0)
print('all up', flush=True)
await asyncio.sleep(600)";
    let test = start(&[("t", &job(body))]).await;
    let run_id = test.begin("t").await;
    test.wait_for_log(&run_id, "all up").await;
    assert_eq!(processes_of(&run_id), 201);
    assert_eq!(test.cancel(&run_id).await.summary.status, RunStatus::Cancelled);
    assert_eq!(processes_of(&run_id), 0);
}
