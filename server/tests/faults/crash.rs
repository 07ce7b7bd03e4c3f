//! The same run with a server that dies at each point of it, and a server with a mistake in it.

use domain::run::{FailureReason, RunStatus};
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;

use crate::place::{Place, Server};

const SIGABRT: i32 = 6;

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
    let mut connection = std::net::TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    connection
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
