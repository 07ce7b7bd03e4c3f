//! What only SQLite knows: many writers for one file, a file that cannot be written or is gone.

use std::time::{Duration, Instant};

use domain::run::RunStatus;
use domain::schedule::{Plan, Rule};

use crate::common::{config, job, start, start_in};
use crate::database;
use crate::schedules::{hourly, nudge, set_due, wait_for_runs};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f36_fifty_writers_beside_logs_and_a_clean_up_meet_no_locked_database() {
    if database::server().is_some() {
        return;
    }
    let chatty = "for number in range(2000):\n    print('line', number)\n    if number % 100 == 0:\n        \
                  await asyncio.sleep(0.01)\nreturn {}";
    let tasks: Vec<(String, String)> = (0..50)
        .map(|number| (format!("t{number}"), job("return {}")))
        .collect();
    let chatty = job(chatty);
    let mut tasks: Vec<(&str, &str)> = tasks
        .iter()
        .map(|(name, code)| (name.as_str(), code.as_str()))
        .collect();
    tasks.push(("chatty", &chatty));
    let test = start(&tasks).await;
    let mut runs = Vec::new();
    for _ in 0..4 {
        runs.push(test.begin("chatty").await);
    }
    let other = database::connect(&test).await;
    let clean_up = async {
        for rest in 0..40 {
            let sql = format!("DELETE FROM run_log_lines WHERE seq % 40 = {rest}");
            sqlx::query(sqlx::AssertSqlSafe(sql))
                .execute(&other)
                .await
                .unwrap();
            tokio::task::yield_now().await;
        }
    };
    let test = &test;
    let write = async |number: usize| {
        let task = format!("t{number}");
        for _ in 0..5 {
            test.save(&task, &[("key", "secret")]).await;
            let plan = Plan::new(Rule::EveryHours(1), chrono_tz::Tz::UTC);
            let schedule = test.engine.schedules.create(&task, plan, "ann").await.unwrap();
            test.engine.schedules.delete(&schedule.id).await.unwrap();
        }
    };
    let begun = Instant::now();
    tokio::join!(futures::future::join_all((0..50).map(write)), clean_up);
    assert!(begun.elapsed() < Duration::from_mins(1), "{:?}", begun.elapsed());
    for run_id in runs {
        let run = test
            .wait_until(&run_id, |run| run.summary.status.is_final())
            .await;
        assert_eq!(run.summary.status, RunStatus::Success);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f37_a_database_file_that_is_deleted_makes_the_server_say_so() {
    if database::server().is_some() {
        return;
    }
    let test = start(&[("t", &job("return {}"))]).await;
    test.engine.check_database().await.unwrap();
    std::fs::remove_file(test.folder.path().join("data/insightmesh.db")).unwrap();
    let error = test.engine.check_database().await.unwrap_err().to_string();
    assert!(
        error.contains("insightmesh.db") && error.contains("is gone"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f42_a_restored_older_backup_makes_up_once_and_repeats_nothing_else() {
    if database::server().is_some() {
        return;
    }
    let test = start(&[("t", &job("return {}"))]).await;
    let schedule = hourly(&test).await;
    set_due(&test, &schedule.id, -1).await;
    nudge(&test).await;
    wait_for_runs(&test, 1).await;
    // Three days old when it is restored.
    set_due(&test, &schedule.id, -3 * 24 * 3600).await;
    let backup = test.folder.path().join("backup.db");
    let copy = format!("VACUUM INTO '{}'", backup.display());
    database::change(&test, &copy, &[]).await;
    nudge(&test).await;
    wait_for_runs(&test, 2).await;
    let folder = test.stop().await;
    let file = folder.path().join("data/insightmesh.db");
    for suffix in ["-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{}{suffix}", file.display())));
    }
    std::fs::copy(&backup, &file).unwrap();
    let config = config(&folder);
    let test = start_in(folder, config).await;
    let runs = wait_for_runs(&test, 2).await;
    assert!(
        runs.iter()
            .all(|run| run.schedule_id.as_deref() == Some(&*schedule.id))
    );
    let ran = runs.iter().filter(|run| run.status != RunStatus::Skipped).count();
    assert_eq!(
        ran, 2,
        "the one in the backup, and one for all that were missed since: {runs:?}"
    );
    let next = test
        .engine
        .schedules
        .find(&schedule.id)
        .await
        .unwrap()
        .unwrap()
        .next_run_at;
    assert!(next.unwrap() > chrono::Utc::now());
}
