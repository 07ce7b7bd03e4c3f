//! Clocks that are wrong, jump, or stand still while the computer sleeps.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use domain::run::RunStatus;
use engine::runs::RunSummary;

use crate::database;
use crate::place::{Place, Server, until};

fn that_ran(runs: &[RunSummary]) -> usize {
    let ran = |run: &&RunSummary| run.status != RunStatus::Skipped;
    runs.iter().filter(ran).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f47_f48_a_clock_that_jumps_ahead_makes_up_once_and_one_that_goes_back_repeats_nothing() {
    let place = Place::new().await;
    place.be_quick();
    let schedule = place.schedule(-1).await;
    let mut ran = 0;
    for offset in ["0", "7200", "93600"] {
        let server = Server::start(&place, &[("CLOCK_OFFSET_SECONDS", offset)]).await;
        ran += 1;
        until("one more run", async || {
            let runs = place.runs(&schedule).await;
            let is_over = runs.iter().all(|run| run.status.is_final());
            (is_over && that_ran(&runs) >= ran).then_some(())
        })
        .await;
        server.kill().await;
        assert_eq!(that_ran(&place.runs(&schedule).await), ran, "after {offset} s");
    }
    let before = place.runs(&schedule).await;
    // The clock is right again. A schedule that is due shows that all were looked at.
    let due = place.schedule(-1).await;
    let _server = Server::start(&place, &[]).await;
    let run = place.until_over(&due, 1).await;
    assert_eq!(run.status, RunStatus::Success);
    assert_eq!(place.runs(&schedule).await, before, "nothing happens again");
    let next = place
        .engine
        .schedules
        .find(&schedule)
        .await
        .unwrap()
        .unwrap()
        .next_run_at;
    let longest = TimeDelta::seconds(93_600 + 3600);
    assert!(
        next.unwrap() < Utc::now() + longest,
        "no longer than the jump and a period"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f49_a_computer_that_slept_through_an_occurrence_runs_it_when_it_wakes() {
    let place = Place::new().await;
    place.be_quick();
    let schedule = place.schedule(3600).await;
    let server = Server::start(&place, &[]).await;
    place.set_due(&schedule, 2).await;
    server.signal("STOP");
    let due = Utc::now() + TimeDelta::seconds(3);
    until("it is due", async || (Utc::now() > due).then_some(())).await;
    server.signal("CONT");
    let run = tokio::time::timeout(Duration::from_secs(30), place.until_over(&schedule, 1)).await;
    assert_eq!(run.expect("within a nap").status, RunStatus::Success);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f50_two_servers_whose_clocks_differ_make_one_run_of_each_occurrence() {
    if database::server().is_none() {
        return;
    }
    let place = Place::new().await;
    place.be_quick();
    let fast = place.folder.path().join("fast");
    let fast = [
        ("DATA_DIR", fast.to_str().unwrap()),
        ("CLOCK_OFFSET_SECONDS", "5"),
    ];
    let mut schedules = Vec::new();
    for _ in 0..10 {
        schedules.push(place.schedule(3600).await);
    }
    let _right = Server::start(&place, &[]).await;
    let _fast = Server::start(&place, &fast).await;
    for (round, in_seconds) in [(1, -1), (2, 3), (3, 6)] {
        for schedule in &schedules {
            place.set_due(schedule, in_seconds).await;
        }
        for schedule in &schedules {
            let run = place.until_over(schedule, round).await;
            assert_eq!(run.status, RunStatus::Success);
        }
    }
    assert_eq!(place.count("1 = 1").await, 30);
}
