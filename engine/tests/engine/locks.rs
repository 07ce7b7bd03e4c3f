//! Transactions of others that are in the way.

use std::time::{Duration, Instant};

use engine::Engine;
use sqlx::{AnyPool, AssertSqlSafe, Executor};
use tokio::task::JoinHandle;

use crate::common::{TestEngine, job, start};
use crate::database;
use crate::schedules::hourly;
use crate::servers::until;

/// How many statements wait for a lock in this test's database.
async fn waiting(test: &TestEngine) -> i64 {
    let sql = if database::server().unwrap().starts_with("mysql") {
        // Not from innodb_trx, which shows the past to those who ask more than ten times a second.
        "SELECT COUNT(*) FROM information_schema.processlist
             WHERE db = DATABASE() AND id <> CONNECTION_ID() AND state IN ('Update', 'Updating', 'Statistics')"
    } else {
        "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    };
    sqlx::Row::get(&database::read(test, sql).await[0], 0)
}

/// With saved settings, and somebody who has them in his hands.
async fn taken() -> Option<(TestEngine, AnyPool)> {
    database::server()?;
    let test = start(&[("t", &job("return {}"))]).await;
    test.save("t", &[("key", "one")]).await;
    let other = database::connect(&test).await;
    other.execute("BEGIN").await.unwrap();
    let take = "UPDATE task_settings SET updated_by = 'other' WHERE task_name = 't'";
    other.execute(take).await.unwrap();
    Some((test, other))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f38_a_lock_wait_is_tried_again_and_the_user_sees_no_error() {
    let Some((test, other)) = taken().await else {
        return;
    };
    let begun = Instant::now();
    let let_go = async {
        // Longer than the database lets a statement wait.
        until("the first try is over", async || {
            (begun.elapsed() > Duration::from_secs(11)).then_some(())
        })
        .await;
        other.execute("COMMIT").await.unwrap();
    };
    tokio::join!(test.save("t", &[("key", "two")]), let_go);
    let saved = test.engine.settings.find("t").await.unwrap().unwrap();
    assert_eq!(saved.updated_by, "ann");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f38_a_deadlock_is_tried_again_and_the_user_sees_no_error() {
    let Some((test, other)) = taken().await else {
        return;
    };
    if database::server().unwrap().starts_with("mysql") {
        // Who changed more is spared.
        for number in 0..50 {
            let row = format!(
                "INSERT INTO checkpoints (task_name, scope, data, updated_at) VALUES ('t', 's{number}', '', NOW())"
            );
            other.execute(AssertSqlSafe(row)).await.unwrap();
        }
    } else {
        other.execute("SET LOCAL deadlock_timeout = '1h'").await.unwrap();
    }
    let cross = async {
        until("the form waits", async || {
            (waiting(&test).await > 0).then_some(())
        })
        .await;
        // The form has the password's row, and waits for what this has.
        let changed = other.execute("UPDATE secrets SET updated_by = 'other'").await;
        assert_eq!(changed.unwrap().rows_affected(), 1);
        other.execute("ROLLBACK").await.unwrap();
    };
    tokio::join!(test.save("t", &[("key", "two")]), cross);
    let saved = test.engine.settings.find("t").await.unwrap().unwrap();
    assert_eq!(saved.updated_by, "ann");
}

/// Uses up every connection of the pool, which has ten, one of which may be hearing news: each waits for a row that
/// somebody has, again and again.
pub(crate) async fn use_up_connections(test: &TestEngine, schedule: &str) -> Vec<JoinHandle<()>> {
    let wait = |(engine, schedule): (Engine, String)| async move {
        loop {
            drop(engine.schedules.pause(&schedule).await);
        }
    };
    let each = (0..40).map(|_| tokio::spawn(wait((test.engine.clone(), schedule.to_owned()))));
    let each = each.collect();
    until("no connection is left", async || {
        (waiting(test).await >= 9).then_some(())
    })
    .await;
    each
}

/// A schedule whose row somebody has.
pub(crate) async fn schedule_taken(test: &TestEngine) -> (String, AnyPool) {
    let schedule = hourly(test).await.id;
    let other = database::connect(test).await;
    other.execute("BEGIN").await.unwrap();
    other
        .execute("UPDATE schedules SET created_by = 'other'")
        .await
        .unwrap();
    (schedule, other)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f35_a_pool_that_pages_use_up_costs_no_lease_and_no_page_hangs() {
    if database::server().is_none() {
        return;
    }
    let body = "print('begun', flush=True)\nawait asyncio.sleep(600)";
    let test = start(&[("t", &job(body))]).await;
    let run_id = test.begin("t").await;
    test.wait_for_log(&run_id, "begun").await;
    let lease = async || {
        let sql = format!("SELECT {} FROM task_runs", database::as_text("lease_until"));
        sqlx::Row::get::<String, _>(&database::read(&test, &sql).await[0], 0)
    };
    let (schedule, other) = schedule_taken(&test).await;
    let waiting = use_up_connections(&test, &schedule).await;
    let asked = Instant::now();
    drop(test.engine.runs.find(&run_id).await);
    assert!(asked.elapsed() < Duration::from_secs(12), "a page hangs");
    let before = lease().await;
    let renewed = until("the lease is renewed", async || {
        (lease().await != before).then_some(())
    });
    tokio::time::timeout(Duration::from_secs(25), renewed)
        .await
        .expect("at its pace");
    for each in waiting {
        each.abort();
    }
    other.execute("ROLLBACK").await.unwrap();
    until("the run is stopped", async || {
        test.engine.runs.cancel(&run_id, "bob").await.ok()
    })
    .await;
}
