//! Servers that are killed or stopped in the middle of a run.

use domain::run::{FailureReason, RunStatus};
use std::process::{Child, Command};

use crate::common::processes_of;
use crate::database;
use crate::place::{Place, Server, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f01_a_server_killed_in_the_middle_of_a_run_closes_it_at_its_next_start_and_goes_on() {
    let place = Place::new().await;
    let schedule = place.schedule(-2).await;
    let server = Server::start(&place, &[]).await;
    let run = place.until_begun(&schedule).await;
    server.kill().await;
    place.be_quick();
    place.set_due(&schedule, -1).await;
    let _server = Server::start(&place, &[]).await;
    let next = place.until_over(&schedule, 2).await;
    assert_eq!(next.status, RunStatus::Success);
    let old = place
        .engine
        .runs
        .find(&run.run_id)
        .await
        .unwrap()
        .unwrap()
        .summary;
    assert_eq!(
        (old.status, old.failure_reason),
        (RunStatus::Failed, Some(FailureReason::Interrupted))
    );
    assert_eq!(place.notes("starts").len(), 2, "nothing is run again");
    assert_eq!(place.notes("pids").len(), 2);
    // Not by their numbers, which others may have by now.
    until("no process is left", async || {
        (processes_of(&run.run_id) == 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f02_a_start_long_after_the_death_leaves_no_run_of_the_dead_server_running() {
    let place = Place::new().await;
    let schedule = place.schedule(-1).await;
    let server = Server::start(&place, &[]).await;
    place.until_begun(&schedule).await;
    server.kill().await;
    let dead = std::fs::read_to_string(place.folder.path().join("data/boot")).unwrap();
    let (then, lease) = (database::in_seconds(-180), database::in_seconds(-120));
    place
        .change(&format!(
            "UPDATE task_runs SET started_at = {then}, lease_until = {lease}"
        ))
        .await;
    if database::server().is_some() {
        // Nothing of its data folder is known to the next, as with a container: the lease alone tells.
        std::fs::remove_file(place.folder.path().join("data/boot")).unwrap();
    }
    let _server = Server::start(&place, &[]).await;
    let run = place.until_over(&schedule, 1).await;
    assert_eq!(run.failure_reason, Some(FailureReason::Interrupted));
    let stuck = place
        .count(&format!("status = 'running' AND worker_id = '{dead}'"))
        .await;
    assert_eq!(stuck, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f05_a_server_that_slept_through_its_lease_stops_its_run_and_changes_nothing() {
    if database::server().is_none() {
        return;
    }
    let place = Place::new().await;
    let other = place.folder.path().join("other");
    let other = [("DATA_DIR", other.to_str().unwrap()), ("ROLE", "scheduler")];
    let _other = Server::start(&place, &other).await;
    let schedule = place.schedule(-1).await;
    let mut server = Server::start(&place, &[("ROLE", "worker")]).await;
    let run = place.until_begun(&schedule).await;
    server.signal("STOP");
    let past = database::in_seconds(-1);
    place
        .change(&format!("UPDATE task_runs SET lease_until = {past}"))
        .await;
    let closed = place.until_over(&schedule, 1).await;
    assert_eq!(closed.failure_reason, Some(FailureReason::Interrupted));
    assert!(
        processes_of(&run.run_id) > 0,
        "still there while its server sleeps"
    );
    server.signal("CONT");
    until("its process is gone", async || {
        (processes_of(&run.run_id) == 0).then_some(())
    })
    .await;
    server.signal("TERM");
    assert!(server.until_exit().await.success());
    let after = place
        .engine
        .runs
        .find(&run.run_id)
        .await
        .unwrap()
        .unwrap()
        .summary;
    assert_eq!(after, closed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f08_a_process_that_got_the_number_of_a_dead_run_is_left_alone() {
    let place = Place::new().await;
    let schedule = place.schedule(-1).await;
    let server = Server::start(&place, &[]).await;
    let run = place.until_begun(&schedule).await;
    server.kill().await;
    let pid = place.notes("pids").remove(0);
    until("the run's process is gone", async || {
        (processes_of(&run.run_id) == 0).then_some(())
    })
    .await;
    let Some(mut stranger) = take_number(&pid) else {
        eprintln!(
            "skipped: the number was taken, or this computer lets no test choose the number of a process"
        );
        return;
    };
    let _server = Server::start(&place, &[]).await;
    place.until_over(&schedule, 1).await;
    assert!(stranger.try_wait().unwrap().is_none(), "it goes on");
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

/// Starts a process with this number: the system gives out the one after the last.
fn take_number(pid: &str) -> Option<Child> {
    let before = pid.parse::<u32>().unwrap() - 1;
    for _ in 0..500 {
        std::fs::write("/proc/sys/kernel/ns_last_pid", before.to_string()).ok()?;
        let mut child = Command::new("sleep").arg("600").spawn().unwrap();
        if child.id().to_string() == pid {
            return Some(child);
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    None
}
