//! What a run tells while it goes, and what it remembers until the next.

use crate::common::{TestEngine, job, start, start_with};
use crate::schedules::{hourly, nudge, set_due, wait_for_runs};
use domain::run::{LogLevel, RunStatus};
use engine::runs::Progress;

/// Waits until the test has written the file `go`.
const WAIT_FOR_GO: &str = r"
go = os.path.join(os.environ['EXTERNAL_TASKS_PATH'], '..', 'go')
while not os.path.exists(go):
    await asyncio.sleep(0.01)
";

fn say_go(test: &TestEngine) {
    std::fs::write(test.folder.path().join("go"), "").unwrap();
}

#[tokio::test]
async fn progress_is_seen_while_a_run_goes_and_its_last_state_stays() {
    let body = format!(
        "self.progress(1, 4, 'Reading')\n{WAIT_FOR_GO}\n\
         for row in range(1000):\n    self.progress(row, 1000, f'Row {{row}}')\n\
         self.progress(1000, 1000, 'Done with ' + self.params['key'])\nraise ValueError('all the same')"
    );
    let test = start(&[("t", &job(&body))]).await;
    test.save("t", &[("key", "CANARY-51")]).await;
    let run_id = test.begin("t").await;
    let reading = Progress {
        done: 1.0,
        total: Some(4.0),
        text: Some("Reading".into()),
    };
    test.wait_until(&run_id, |run| run.summary.progress == Some(reading.clone()))
        .await;
    say_go(&test);
    let run = test
        .wait_until(&run_id, |run| run.summary.status.is_final())
        .await;
    assert_eq!(run.summary.status, RunStatus::Failed);
    assert_eq!(
        run.summary.progress,
        Some(Progress {
            done: 1000.0,
            total: Some(1000.0),
            text: Some("Done with [secret]".into()),
        })
    );
}

#[tokio::test]
async fn a_checkpoint_is_kept_whatever_the_end_and_is_there_in_the_next_run() {
    let body = "count = self.checkpoint.get('count', 0)\nself.checkpoint['count'] = count + 1\n\
                print('up', flush=True)\n\
                if count == 1:\n    raise ValueError()\nif count == 2:\n    await asyncio.sleep(600)\n\
                return {'records_success': count}";
    let test = start(&[("t", &job(body)), ("other", &job(body))]).await;
    assert_eq!(test.run("t").await.summary.records.success, Some(0));
    assert_eq!(test.run("t").await.summary.status, RunStatus::Failed);
    let run_id = test.begin("t").await;
    test.wait_for_log(&run_id, "up").await;
    assert_eq!(test.cancel(&run_id).await.summary.status, RunStatus::Cancelled);
    assert_eq!(test.run("t").await.summary.records.success, Some(3));
    assert_eq!(test.run("other").await.summary.records.success, Some(0));
}

#[tokio::test]
async fn each_schedule_has_a_checkpoint_of_its_own_and_so_have_runs_by_hand() {
    let body = "self.checkpoint['count'] = self.checkpoint.get('count', 0) + 1\nreturn {'records_success': self.checkpoint['count']}";
    let test = start(&[("t", &job(body))]).await;
    assert_eq!(test.run("t").await.summary.records.success, Some(1));
    let (first, second) = (hourly(&test).await, hourly(&test).await);
    for (runs, schedule) in [(2, &first), (3, &first), (4, &second)] {
        set_due(&test, &schedule.id, -1).await;
        nudge(&test).await;
        wait_for_runs(&test, runs).await;
    }
    let runs = wait_for_runs(&test, 4).await;
    let counts: Vec<Option<i64>> = runs.iter().rev().map(|run| run.records.success).collect();
    assert_eq!(counts, [Some(1), Some(1), Some(2), Some(1)]);
}

#[tokio::test]
async fn a_checkpoint_that_holds_a_password_is_not_kept_and_the_log_says_so() {
    let body = "before = dict(self.checkpoint)\nprint(before)\n\
                self.checkpoint['at'] = self.params['key'] if before else 'the start'\nreturn {}";
    let test = start(&[("t", &job(body))]).await;
    test.save("t", &[("key", "CANARY-52-key")]).await;
    test.run("t").await;
    let refused = test.run("t").await;
    let lines = test
        .engine
        .logs
        .tail(&refused.summary.run_id, 10)
        .await
        .unwrap()
        .lines;
    let last = lines.last().unwrap();
    assert_eq!(
        (last.level, last.text.as_str()),
        (
            LogLevel::Warning,
            "The checkpoint was not kept: it holds a password."
        )
    );
    let run = test.run("t").await;
    let log = test.log(&run.summary.run_id).await;
    assert!(log.contains("{'at': 'the start'}"), "{log}");
    let folder = test.stop().await;
    crate::common::assert_nowhere(&folder, &["CANARY-52-key"]).await;
}

/// A task that speaks to the server itself, past what its base class lets through.
fn speaks(events: &str) -> String {
    job(&format!(
        "import json\nchannel = 500  # where the harness keeps its end of the pipe\n\
         def tell(**event):\n    os.write(channel, json.dumps(event).encode() + b'\\n')\n{events}\nreturn {{}}"
    ))
}

#[tokio::test]
async fn f22_events_that_a_task_forges_do_no_harm() {
    let events = r"
tell(event='checkpoint', values={'kept': 1})
tell(event='checkpoint', values={'much': 'x' * 100_000})
tell(event='progress', done='half', total=None, text=None)
tell(event='progress', done=1, total=2, text='x' * 1000 + '\u0000')
tell(event='progress', done=1e308, total=-1, text='a\nb')
tell(event='artifact', file='../../../secret.key', name='key')
tell(event='unheard of')
os.write(channel, b'{not json\n')";
    let test = start(&[("t", &speaks(events)), ("next", &job("return {}"))]).await;
    let run = test.run("t").await;
    assert_eq!(run.summary.status, RunStatus::Success, "{run:?}");
    let progress = run.summary.progress.unwrap();
    assert_eq!((progress.done, progress.text.as_deref()), (1e308, Some("a b")));
    let log = test.log(&run.summary.run_id).await;
    assert!(
        log.contains("The checkpoint was not kept: it is larger than 64 KiB."),
        "{log}"
    );
    assert!(log.contains("The file \"key\" was not kept"), "{log}");
    assert_eq!(
        log.matches("An unreadable event was passed over.").count(),
        2,
        "{log}"
    );
    let files = test.engine.artifacts.list(&run.summary.run_id).await.unwrap();
    assert_eq!(files, []);
    assert_eq!(test.run("next").await.summary.status, RunStatus::Success);
}

#[tokio::test]
async fn fields_of_a_log_record_are_shown_behind_it_without_secrets() {
    let body = "logging.getLogger('shop').info('sold', extra={'shop': 'north', 'note': 'two words', \
                'key': self.params['key'], 'rows': 3})\nreturn {}";
    let test = start(&[("t", &job(body))]).await;
    test.save("t", &[("key", "CANARY-53")]).await;
    let run = test.run("t").await;
    let log = test.log(&run.summary.run_id).await;
    let line = log.lines().next().unwrap();
    assert!(line.starts_with("shop: sold "), "{line}");
    for field in [" shop=north", " note=\"two words\"", " key=[secret]", " rows=3"] {
        assert!(line.contains(field), "{line}");
    }
}

#[tokio::test]
async fn a_run_that_did_unusually_little_or_contradicts_itself_succeeds_with_a_warning() {
    let body = "log = os.path.join(os.environ['EXTERNAL_TASKS_PATH'], '..', 'count')\n\
                return {'records_processed': int(open(log).read()), 'records_success': 0, 'records_failed': 0}";
    let test = start_with(&[("t", &job(body))], |_| {}).await;
    let run = async |count: &str| {
        std::fs::write(test.folder.path().join("count"), count).unwrap();
        test.run("t").await.summary
    };
    let nothing = run("0").await;
    assert_eq!(
        (nothing.status, nothing.warning.as_deref()),
        (RunStatus::Success, Some("No records were processed."))
    );
    for _ in 0..6 {
        let contradicts = run("400").await.warning.unwrap();
        assert!(contradicts.contains("400"), "{contradicts}");
    }
    let little = run("2").await.warning.unwrap();
    assert!(
        little.contains("2 records were processed; usually it is about 400."),
        "{little}"
    );
    let page = test
        .engine
        .runs
        .list(&engine::runs::RunFilter::default(), 1)
        .await
        .unwrap();
    assert_eq!(page.runs[0].warning.as_deref(), Some(little.as_str()));
}
