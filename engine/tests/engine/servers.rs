//! Several servers on one database, and a database that goes away. SQLite is one server's by design, so these run on
//! the others only.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use domain::run::{FailureReason, RunStatus};
use domain::schedule::{Plan, Rule};
use engine::runs::RunFilter;
use engine::{Config, Engine, Role, Running};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::common::{TestEngine, config, job, processes_of, start_in, write_task};
use crate::database;
use crate::proxy::Proxy;

/// A second server beside the first: a data folder of its own, the same database, key and tasks.
pub(crate) struct Second {
    pub(crate) engine: Engine,
    pub(crate) running: Running,
    _folder: TempDir,
}

fn beside(first: &TestEngine, folder: &TempDir) -> Config {
    Config {
        data_dir: folder.path().join("data"),
        key_file: Some(first.folder.path().join("data/secret.key")),
        files_dir: Some(first.folder.path().join("data/artifacts")),
        ..config(&first.folder)
    }
}

pub(crate) async fn second(first: &TestEngine, change: impl FnOnce(&mut Config)) -> Second {
    let folder = tempfile::tempdir().unwrap();
    let mut config = beside(first, &folder);
    change(&mut config);
    let engine = Engine::open(config).await.unwrap();
    let running = engine.start().await.unwrap();
    engine.catalog.rescan().await;
    Second {
        engine,
        running,
        _folder: folder,
    }
}

/// With a task `t`; none on SQLite.
pub(crate) async fn first(code: &str, change: impl FnOnce(&mut Config)) -> Option<TestEngine> {
    database::server()?;
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("tasks")).unwrap();
    write_task(&folder, "t", code);
    let mut config = config(&folder);
    change(&mut config);
    Some(start_in(folder, config).await)
}

pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(90);
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f55_two_servers_turn_each_occurrence_into_one_run_and_share_the_work() {
    let Some(first) = first(&job("return {}"), |_| {}).await else {
        return;
    };
    let second = second(&first, |_| {}).await;
    let mut ids = Vec::new();
    for number in 0..40 {
        let engine = if number % 2 == 0 {
            &first.engine
        } else {
            &second.engine
        };
        let schedule = engine
            .schedules
            .create("t", Plan::new(Rule::EveryHours(1), chrono_tz::Tz::UTC), "ann")
            .await
            .unwrap();
        ids.push(schedule.id);
    }
    let at = database::in_seconds(-1);
    database::change(&first, &format!("UPDATE schedules SET next_run_at = {at}"), &[]).await;
    let runs = until("forty runs", async || {
        let page = first.engine.runs.list(&RunFilter::default(), 200).await.unwrap();
        let is_done = page.runs.len() >= 40 && page.runs.iter().all(|run| run.status.is_final());
        is_done.then_some(page.runs)
    })
    .await;
    assert_eq!(runs.len(), 40);
    assert!(
        runs.iter().all(|run| run.status == RunStatus::Success),
        "{runs:?}"
    );
    let of: HashSet<_> = runs.iter().map(|run| run.schedule_id.clone().unwrap()).collect();
    assert_eq!(of, ids.into_iter().collect());
    let workers = database::read(&first, "SELECT DISTINCT worker_id FROM task_runs").await;
    assert_eq!(workers.len(), 2, "both servers worked");
    second
        .running
        .stop(Duration::from_secs(10), CancellationToken::new())
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_is_stopped_and_followed_at_a_server_that_does_not_run_it() {
    let Some(first) = first(
        &job("print('begun', flush=True)\nawait asyncio.sleep(600)"),
        |_| {},
    )
    .await
    else {
        return;
    };
    let pages = second(&first, |config| config.role = Role::Web).await;
    let form = uuid::Uuid::new_v4().to_string();
    let mut queued = Instant::now();
    let run_id = pages.engine.runs.start_now("t", "ann", &form).await.unwrap();
    let mut news = pages.engine.runs.watch(&run_id);
    loop {
        let log = pages.engine.logs.tail(&run_id, 10).await.unwrap().lines;
        if log.iter().any(|line| line.text == "begun") {
            break;
        }
        tokio::time::timeout(Duration::from_secs(30), news.changed())
            .await
            .expect("news of a run elsewhere")
            .unwrap();
    }
    assert!(
        queued.elapsed() < Duration::from_secs(10),
        "{:?}",
        queued.elapsed()
    );
    queued = Instant::now();
    pages.engine.runs.cancel(&run_id, "bob").await.unwrap();
    let run = first
        .wait_until(&run_id, |run| run.summary.status.is_final())
        .await;
    assert_eq!(run.summary.status, RunStatus::Cancelled);
    assert!(
        queued.elapsed() < Duration::from_secs(5),
        "{:?}",
        queued.elapsed()
    );
    pages.running.stop(Duration::ZERO, CancellationToken::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_does_what_its_role_says_and_no_more() {
    let Some(pages) = first(&job("return {}"), |config| config.role = Role::Web).await else {
        return;
    };
    let schedule = pages
        .engine
        .schedules
        .create("t", Plan::new(Rule::EveryHours(1), chrono_tz::Tz::UTC), "ann")
        .await
        .unwrap();
    let at = database::in_seconds(-1);
    let due = format!("UPDATE schedules SET next_run_at = {at} WHERE id = ?");
    database::change(&pages, &due, &[&schedule.id]).await;
    let clock = second(&pages, |config| config.role = Role::Scheduler).await;
    let waiting = until("a run that waits", async || {
        let page = pages.engine.runs.list(&RunFilter::default(), 10).await.unwrap();
        page.runs.into_iter().next()
    })
    .await;
    assert_eq!(waiting.status, RunStatus::Queued);
    let worker = second(&pages, |config| config.role = Role::Worker).await;
    let run_id = waiting.run_id;
    until("a run that is done", async || {
        let run = pages.engine.runs.find(&run_id).await.unwrap().unwrap();
        (run.summary.status == RunStatus::Success).then_some(())
    })
    .await;
    for server in [clock, worker] {
        server
            .running
            .stop(Duration::from_secs(5), CancellationToken::new())
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f77_two_servers_with_different_keys_on_one_database_are_refused() {
    let Some(first) = first(&job("return {}"), |_| {}).await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let own_key = folder.path().join("data/secret.key");
    let refused = |config| async { Engine::open(config).await.err().unwrap().to_string() };
    let config = Config {
        key_file: Some(own_key.clone()),
        ..beside(&first, &folder)
    };
    let missing = refused(config.clone()).await;
    assert!(missing.contains("SECRET_KEY_FILE"), "{missing}");
    assert!(!own_key.exists(), "no second key is made");
    std::fs::copy(first.folder.path().join("data/secret.key"), &own_key).unwrap();
    assert!(Engine::open(config.clone()).await.is_ok());
    std::fs::write(&own_key, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap();
    let wrong = refused(config).await;
    assert!(
        wrong.contains("not the one this database was made with"),
        "{wrong}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_that_start_at_once_on_an_empty_database_both_come_up() {
    if database::server().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("tasks")).unwrap();
    let key = folder.path().join("secret.key");
    std::fs::write(&key, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n").unwrap();
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let one = Config {
        key_file: Some(key),
        ..config(&folder)
    };
    let two = Config {
        data_dir: other.path().join("data"),
        ..one.clone()
    };
    let (one, two) = tokio::join!(Engine::open(one), Engine::open(two));
    let (one, two) = (one.unwrap(), two.unwrap());
    let token = |engine: &Engine| engine.accounts.set_up_token().expose().to_owned();
    let password = domain::secret::Secret::new("correct horse battery staple");
    let (token_one, token_two) = (token(&one), token(&two));
    let (ann, bob) = tokio::join!(
        one.accounts.create_first(&token_one, "ann", &password),
        two.accounts.create_first(&token_two, "bob", &password)
    );
    assert!(ann.is_ok() != bob.is_ok(), "one administrator");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f31_f32_the_end_of_a_run_waits_for_the_database_and_schedules_go_on() {
    if database::server().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("tasks")).unwrap();
    let gate = folder.path().join("gate");
    let body = format!(
        "print('begun', flush=True)\nwhile not os.path.exists({gate:?}):\n    await asyncio.sleep(0.05)\n\
         return {{'records_processed': 7}}"
    );
    write_task(&folder, "t", &job(&body));
    write_task(&folder, "quick", &job("return {}"));
    let proxy = Proxy::before(&folder).await;
    let config = Config {
        database_url: Some(proxy.url.clone()),
        ..config(&folder)
    };
    let test = start_in(folder, config).await;
    let run_id = test.begin("t").await;
    test.wait_for_log(&run_id, "begun").await;
    let schedule = test
        .engine
        .schedules
        .create("quick", Plan::new(Rule::EveryHours(1), chrono_tz::Tz::UTC), "ann")
        .await
        .unwrap();
    proxy.cut();
    // It ends, and comes due, while nobody can write that down.
    std::fs::write(&gate, "").unwrap();
    let due = format!(
        "UPDATE schedules SET next_run_at = {} WHERE id = ?",
        database::in_seconds(-1)
    );
    database::change(&test, &due, &[&schedule.id]).await;
    let spooled = test.folder.path().join(format!("data/ends/{run_id}.json"));
    until("an ending on the disk", async || spooled.exists().then_some(())).await;
    let error = test.engine.runs.find(&run_id).await.unwrap_err();
    assert!(error.is_away(), "{error}");
    assert_eq!(processes_of(&run_id), 0);
    proxy.mend();
    let back = Instant::now();
    let run = until("the end of the run", async || {
        let run = test.engine.runs.find(&run_id).await.ok()??;
        run.summary.status.is_final().then_some(run.summary)
    })
    .await;
    assert_eq!((run.status, run.records.processed), (RunStatus::Success, Some(7)));
    until("the schedule's run", async || {
        let page = test.engine.runs.list(&RunFilter::default(), 10).await.ok()?;
        let mut runs = page.runs.into_iter().filter(|run| run.task_name == "quick");
        runs.next().filter(|run| run.status == RunStatus::Success)
    })
    .await;
    assert!(back.elapsed() < Duration::from_secs(20), "{:?}", back.elapsed());
    until("no ending on the disk", async || {
        (!spooled.exists()).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f32_an_ending_that_the_last_server_could_not_write_is_written_by_the_next() {
    let Some(test) = first(&job("return {'records_processed': 3}"), |_| {}).await else {
        return;
    };
    let run_id = test.run("t").await.summary.run_id;
    let folder = test.stop().await;
    // As the server would have left it, had the database gone at the last moment.
    let test = {
        let config = config(&folder);
        start_in(folder, config).await
    };
    let rows = database::read(&test, "SELECT id, worker_id FROM task_runs").await;
    let (id, worker): (i64, String) = (sqlx::Row::get(&rows[0], 0), sqlx::Row::get(&rows[0], 1));
    let undo = "UPDATE task_runs SET status = 'running', completed_at = NULL, records_processed = NULL WHERE run_id = ?";
    database::change(&test, undo, &[&run_id]).await;
    let end = serde_json::json!({
        "run": id, "run_id": run_id, "task_name": "t", "schedule_id": null, "attempt": 1, "worker_id": worker, "status": "success", "reason": null,
        "message": null, "traceback": null, "records": {"processed": 3, "success": null, "failed": null},
        "result": "{\"records_processed\":3}", "warning": null, "code_hash": null,
        "completed_at": "2026-11-26T10:00:00.000",
    });
    let folder = test.stop().await;
    let ends = folder.path().join("data/ends");
    std::fs::create_dir_all(&ends).unwrap();
    std::fs::write(ends.join(format!("{run_id}.json")), end.to_string()).unwrap();
    let config = config(&folder);
    let test = start_in(folder, config).await;
    let run = test.engine.runs.find(&run_id).await.unwrap().unwrap();
    assert_eq!(
        (run.summary.status, run.summary.records.processed),
        (RunStatus::Success, Some(3))
    );
    assert!(std::fs::read_dir(ends).unwrap().next().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f33_a_server_cut_off_from_its_database_stops_its_run_before_another_takes_it_for_dead() {
    if database::server().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("tasks")).unwrap();
    let marks = folder.path().join("alive");
    let body = format!(
        "print('begun', flush=True)\nwhile True:\n    open({marks:?}, 'w').write(str(time.time()))\n    time.sleep(0.1)"
    );
    write_task(&folder, "t", &crate::common::plain_job(&body));
    let proxy = Proxy::before(&folder).await;
    let cut_off = Config {
        database_url: Some(proxy.url.clone()),
        ..config(&folder)
    };
    let cut_off = start_in(folder, cut_off).await;
    let run_id = cut_off.begin("t").await;
    cut_off.wait_for_log(&run_id, "begun").await;
    let other = second(&cut_off, |config| config.concurrency = 1).await;
    proxy.cut();
    let run = until("the run taken for dead", async || {
        let run = other.engine.runs.find(&run_id).await.unwrap().unwrap();
        run.summary.status.is_final().then_some(run.summary)
    })
    .await;
    assert_eq!(
        (run.status, run.failure_reason),
        (RunStatus::Failed, Some(FailureReason::Interrupted))
    );
    let alive: f64 = std::fs::read_to_string(&marks).unwrap().parse().unwrap();
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this century")]
    let declared = run.completed_at.unwrap().timestamp_millis() as f64 / 1000.0;
    assert!(
        alive < declared,
        "alive until {alive}, taken for dead at {declared}"
    );
    assert_eq!(processes_of(&run_id), 0);
    proxy.mend();
    // What it has to say about the run comes too late and changes nothing.
    let spooled = cut_off.folder.path().join(format!("data/ends/{run_id}.json"));
    until("nothing left on the disk", async || {
        (!spooled.exists()).then_some(())
    })
    .await;
    let after = other.engine.runs.find(&run_id).await.unwrap().unwrap().summary;
    assert_eq!(after.completed_at, run.completed_at);
}
