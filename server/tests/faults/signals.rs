//! Asking a server to stop, more than once.

use std::time::Duration;

use domain::run::{FailureReason, RunStatus};

use crate::common::processes_of;
use crate::place::{Place, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f07_a_second_signal_cuts_the_waiting_for_runs_short() {
    let place = Place::new().await;
    for (round, signal) in [(1, "TERM"), (2, "INT")] {
        let schedule = place.schedule(-1).await;
        let patient = [("SHUTDOWN_GRACE_SECONDS", "600")];
        let mut server = Server::start(&place, &patient).await;
        let run = place.until_begun(&schedule).await;
        server.signal(signal);
        server.until_said("stopping: no new runs").await;
        let still = place.engine.runs.find(&run.run_id).await.unwrap().unwrap();
        assert_eq!(still.summary.status, RunStatus::Running, "{round}");
        server.signal(signal);
        // A signal right after the first may be taken for the same.
        let ended = tokio::time::timeout(Duration::from_secs(20), server.until_exit()).await;
        assert!(ended.expect("it ends at once").success(), "{signal}");
        let run = place.until_over(&schedule, 1).await;
        assert_eq!(run.failure_reason, Some(FailureReason::Interrupted));
        assert_eq!(processes_of(&run.run_id), 0, "{signal}");
    }
}
