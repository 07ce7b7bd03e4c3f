//! The same run with a server that dies at each point of it, and a server with a mistake in it.

use domain::run::{FailureReason, RunStatus};
use std::os::unix::process::ExitStatusExt;

use crate::database;
use crate::place::{Place, Server, until};

const SIGABRT: i32 = 6;
/// Of servers that are killed again and again.
const SCHEDULES: i64 = 20;

/// Where it dies, and what becomes of the occurrence after the next start.
const POINTS: [(&str, Option<FailureReason>); 6] = [
    ("occurrence written", None),
    ("occurrence committed", None),
    ("before the process", Some(FailureReason::Interrupted)),
    ("process started", Some(FailureReason::Interrupted)),
    ("process ended", Some(FailureReason::Interrupted)),
    ("end written", None),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f04_wherever_a_server_dies_an_occurrence_has_one_run_and_the_run_an_end() {
    let place = Place::new().await;
    place.be_quick();
    for (point, reason) in POINTS {
        let schedule = place.schedule(-1).await;
        let mut server = Server::launch(&place, &[("CRASH_AT", point)]);
        let status = server.until_exit().await;
        assert_eq!(status.signal(), Some(SIGABRT), "{point}: {}", server.said());
        let server = Server::start(&place, &[]).await;
        let run = place.until_over(&schedule, 1).await;
        assert_eq!(run.failure_reason, reason, "{point}");
        let expected = match reason {
            None => RunStatus::Success,
            Some(_) => RunStatus::Failed,
        };
        assert_eq!(run.status, expected, "{point}");
        server.kill().await;
    }
    assert_eq!(place.count("1 = 1").await, 6, "one row for each occurrence");
    assert_eq!(place.count("status IN ('queued', 'running')").await, 0);
    let mut starts = place.notes("starts");
    starts.sort_unstable();
    let all = starts.len();
    starts.dedup();
    assert_eq!(starts.len(), all, "no run is started twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f09_a_panic_in_a_tick_ends_that_tick_only() {
    let place = Place::new().await;
    place.be_quick();
    let schedule = place.schedule(-1).await;
    let server = Server::start(&place, &[("PANIC_AT", "tick")]).await;
    let run = place.until_over(&schedule, 1).await;
    assert_eq!(run.status, RunStatus::Success);
    assert!(
        server.said().contains("scheduler: a mistake"),
        "{}",
        server.said()
    );
    let answer = server.get("/healthz");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f56_servers_killed_again_and_again_lose_and_double_no_occurrence() {
    if database::server().is_none() {
        return;
    }
    let place = Place::new().await;
    place.be_quick();
    for _ in 0..SCHEDULES {
        place.schedule(3600).await;
    }
    let folder = place.folder.path().join("other");
    let folders = [("DATA_DIR", "data"), ("DATA_DIR", folder.to_str().unwrap())];
    let mut servers = [
        Server::start(&place, &folders[..1]).await,
        Server::start(&place, &folders[1..]).await,
    ];
    for round in 1..=4 {
        let due = format!("UPDATE schedules SET next_run_at = {}", database::in_seconds(-1));
        place.change(&due).await;
        let victim = usize::from(round % 2 == 0);
        servers[victim].signal("KILL");
        servers[victim].until_exit().await;
        servers[victim] = Server::start(&place, &folders[victim..=victim]).await;
        until("a row for each occurrence", async || {
            (place.count("1 = 1").await >= round * SCHEDULES).then_some(())
        })
        .await;
    }
    until("every run has an end", async || {
        let open = place.count("status IN ('queued', 'running')").await;
        (open == 0).then_some(())
    })
    .await;
    assert_eq!(place.count("1 = 1").await, 4 * SCHEDULES);
    let mut starts = place.notes("starts");
    let all = starts.len();
    starts.sort_unstable();
    starts.dedup();
    assert_eq!(starts.len(), all, "no run is started twice");
}
