//! Tasks that write more than can be kept. In a process of its own, because its memory is measured.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "../engine/common.rs"]
#[expect(
    dead_code,
    reason = "shared with the tests of the engine, which need all of it"
)]
mod common;
#[path = "../engine/database.rs"]
#[expect(dead_code, reason = "as above")]
mod database;

use std::time::{Duration, Instant};

use common::{TestEngine, job, start};
use domain::run::RunStatus;
use engine::runs::RunDetail;

/// What the server may take for a run, however much the run writes: a log of 5 MiB, buffers, a database.
const MOST_MEMORY: u64 = 50 * 1024 * 1024;
/// A log holds 5 MiB and its lines some overhead.
const MOST_STORED: u64 = 12 * 1024 * 1024;

/// Memory of this process that no file backs, in bytes.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap();
    let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes * 1024
}

/// Runs a task and says by how much the memory of this process grew meanwhile, at most.
async fn run_measured(test: &TestEngine, task: &str) -> (RunDetail, u64) {
    let before = memory();
    let mut most = before;
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    let run = test.run(task);
    tokio::pin!(run);
    loop {
        tokio::select! {
            run = &mut run => return (run, most.max(memory()).saturating_sub(before)),
            _ = ticks.tick() => most = most.max(memory()),
        }
    }
}

// One test, so that nothing else is in the measured memory.
#[tokio::test(flavor = "multi_thread")]
async fn f24_f25_floods_of_lines_and_a_line_without_end_take_bounded_memory_and_storage() {
    let lines = "line = 'x' * 99 + '\\n'\nblock = line * 10_000\nfor number in range(200):\n    sys.stdout.write(block)\n\
                 print('the end')\nreturn {}";
    let endless = "for number in range(100):\n    sys.stdout.write('x' * 1_000_000)\nreturn {}";
    let test = start(&[
        ("warm_up", &job("print('x')\nreturn {}")),
        ("lines", &job(lines)),
        ("endless", &job(endless)),
    ])
    .await;
    test.run("warm_up").await;
    for task in ["lines", "endless"] {
        let started = Instant::now();
        let (run, grown) = run_measured(&test, task).await;
        println!("{task}: {:?}, {} KiB of memory", started.elapsed(), grown / 1024);
        assert_eq!(run.summary.status, RunStatus::Success, "{task}: {run:?}");
        assert!(grown < MOST_MEMORY, "{task}: {grown}");
        assert!(started.elapsed() < Duration::from_secs(30), "{task}");
        let tail = test.engine.logs.tail(&run.summary.run_id, 100_000).await.unwrap();
        let bytes: usize = tail.lines.iter().map(|line| line.text.len()).sum();
        assert!(
            (3 * 1024 * 1024..=5 * 1024 * 1024 + 1024).contains(&bytes),
            "{task}: {bytes}"
        );
        assert!(tail.lines.iter().all(|line| line.text.len() <= 16 * 1024));
        assert!(tail.lines.iter().any(|line| line.text.contains("lines not kept")));
    }
    let database = test.folder.path().join("data/insightmesh.db");
    let stored = std::fs::metadata(database).unwrap().len();
    assert!(stored < 2 * MOST_STORED, "{stored}");
}
