//! A database behind connections on which nobody answers any more, and one that is set up oddly.

use std::time::{Duration, Instant};

use domain::run::RunStatus;
use domain::schedule::{Plan, Rule};
use engine::Config;
use engine::runs::RunFilter;
use sqlx::Executor;

use crate::common::{TestEngine, config, job, start, start_in, write_task};
use crate::locks::{schedule_taken, use_up_connections};
use crate::proxy::Proxy;
use crate::schedules::{hourly, set_due};
use crate::servers::until;
use crate::{database, schedules};

/// What a server holds its runs for without a renewal, and a bit.
const LONGER_THAN_HELD: Duration = Duration::from_secs(50);

/// With a task that goes on, and one that is quick.
async fn behind_proxy() -> (Proxy, TestEngine) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("tasks")).unwrap();
    write_task(
        &folder,
        "long",
        &job("print('begun', flush=True)\nawait asyncio.sleep(600)"),
    );
    write_task(&folder, "t", &job("return {}"));
    let proxy = Proxy::before(&folder).await;
    let config = Config {
        database_url: Some(proxy.url.clone()),
        ..config(&folder)
    };
    let test = start_in(folder, config).await;
    (proxy, test)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f39_connections_without_an_answer_are_given_up_and_a_run_keeps_its_server() {
    if database::server().is_none() {
        return;
    }
    let (proxy, test) = behind_proxy().await;
    let run_id = test.begin("long").await;
    test.wait_for_log(&run_id, "begun").await;
    let schedule = hourly(&test).await;
    proxy.stall();
    let stalled = Instant::now();
    set_due(&test, &schedule.id, -1).await;
    until("the schedule's run", async || {
        let page = test.engine.runs.list(&RunFilter::default(), 10).await.ok()?;
        let mut runs = page.runs.into_iter();
        runs.find(|run| run.schedule_id.is_some() && run.status == RunStatus::Success)
    })
    .await;
    let renewed = format!(
        "SELECT COUNT(*) FROM task_runs WHERE status = 'running' AND lease_until > {}",
        database::in_seconds(30)
    );
    until("the lease is still renewed", async || {
        if stalled.elapsed() < LONGER_THAN_HELD {
            return None;
        }
        let rows = database::read(&test, &renewed).await;
        (sqlx::Row::get::<i64, _>(&rows[0], 0) == 1).then_some(())
    })
    .await;
    assert_eq!(test.cancel(&run_id).await.summary.status, RunStatus::Cancelled);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f39_questions_given_up_on_a_connection_without_an_answer_free_its_place() {
    if database::server().is_none() {
        return;
    }
    let (proxy, test) = behind_proxy().await;
    let (schedule, other) = schedule_taken(&test).await;
    let waiting = use_up_connections(&test, &schedule).await;
    proxy.stall();
    for each in waiting {
        each.abort();
    }
    let asked = Instant::now();
    until("a page", async || {
        test.engine.runs.list(&RunFilter::default(), 10).await.ok()
    })
    .await;
    assert!(asked.elapsed() < Duration::from_secs(25), "{:?}", asked.elapsed());
    other.execute("ROLLBACK").await.unwrap();
}

/// Sets the database up as somebody else might have, for connections that say nothing of their own.
async fn set_up_oddly(test: &TestEngine) {
    let pool = database::connect(test).await;
    if database::server().unwrap().starts_with("mysql") {
        for odd in [
            "SET GLOBAL time_zone = '-05:00'",
            "SET GLOBAL sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES'",
        ] {
            pool.execute(odd).await.unwrap();
        }
    } else {
        let name: String = sqlx::query_scalar("SELECT CAST(current_database() AS TEXT)")
            .fetch_one(&pool)
            .await
            .unwrap();
        for odd in [
            "timezone = 'America/New_York'",
            "datestyle = 'SQL, DMY'",
            "default_transaction_isolation = 'serializable'",
        ] {
            let sql = format!("ALTER DATABASE {name} SET {odd}");
            pool.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
        }
    }
    pool.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f40_times_are_the_same_however_the_database_is_set_up() {
    let test = start(&[("t", &job("return {}"))]).await;
    if database::server().is_some() {
        set_up_oddly(&test).await;
    }
    let config = config(&test.folder);
    let test = start_in(test.stop().await, config).await;
    let zone = chrono_tz::America::New_York;
    let rule = Rule::EveryDays {
        days: 1,
        at: chrono::NaiveTime::from_hms_opt(2, 30, 0).unwrap().into(),
    };
    let created = test
        .engine
        .schedules
        .create("t", Plan::new(rule, zone), "ann")
        .await
        .unwrap();
    let read = test.engine.schedules.find(&created.id).await.unwrap().unwrap();
    assert_eq!(read.next_run_at, created.next_run_at);
    let local = read.next_run_at.unwrap().with_timezone(&zone);
    assert!(local.to_string().contains(" 02:30:00 "), "{local}");
    let sql = format!("SELECT {} FROM schedules", database::as_text("next_run_at"));
    let stored: String = sqlx::Row::get(&database::read(&test, &sql).await[0], 0);
    let as_utc = read.next_run_at.unwrap().format("%Y-%m-%d %H:%M:%S").to_string();
    let day_first = read.next_run_at.unwrap().format("%d/%m/%Y %H:%M:%S").to_string();
    assert!(
        stored.contains(&as_utc) || stored.contains(&day_first),
        "{stored} for {as_utc}"
    );
    let before = chrono::Utc::now();
    let run = test.run("t").await.summary;
    for at in [run.queued_at, run.started_at.unwrap(), run.completed_at.unwrap()] {
        assert!((at - before).num_seconds().abs() < 60, "{at} beside {before}");
    }
    let hourly = hourly(&test).await;
    set_due(&test, &hourly.id, -1).await;
    schedules::nudge(&test).await;
    assert_eq!(schedules::wait_for_runs(&test, 2).await.len(), 2);
}
