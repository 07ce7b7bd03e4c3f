//! Databases of older versions, of newer ones, and those whose update was cut off.

use std::borrow::Cow;

use domain::run::RunStatus;
use engine::{Config, Engine};
use sqlx::migrate::{Migrate, Migrator};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use tempfile::TempDir;

use crate::common::config;
use crate::database;

static SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite");
static MYSQL: Migrator = sqlx::migrate!("../migrations/mysql");
static POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres");

/// A person, a task's settings, a schedule and a run with its log, as every version has stored them.
const ROWS: [&str; 5] = [
    "INSERT INTO users (id, name, password_hash, role, created_at)
         VALUES ('u1', 'Zoë 🦊', 'none', 'admin', '2026-01-02 03:04:05.678')",
    r#"INSERT INTO task_settings (task_name, params, updated_at, updated_by)
         VALUES ('t', '{"size": 7, "note": "🦊"}', '2026-01-02 03:04:05.678', 'ann')"#,
    r#"INSERT INTO task_runs (run_id, task_name, status, triggered_by, schedule_id, scheduled_for, queued_at,
             started_at, completed_at, duration_seconds, records_processed, task_config_snapshot, updated_at)
         VALUES ('r1', 't', 'success', 'scheduler', 's1', '2026-01-02 03:04:00.000', '2026-01-02 03:04:00.100',
             '2026-01-02 03:04:00.200', '2026-01-02 03:04:01.700', 1.5, 12, '{"params":{}}',
             '2026-01-02 03:04:01.700')"#,
    "INSERT INTO run_log_lines (run, seq, logged_at, stream, level, text)
         SELECT id, 1, '2026-01-02 03:04:01.000', 'stdout', 'info', 'Grüße 🦊' FROM task_runs",
    r#"INSERT INTO schedules (id, task_name, rule, zone, anchor, paused, next_run_at, created_by, created_at)
         VALUES ('s1', 't', '{"every_hours":1}', 'Europe/Berlin', '2026-01-02 03:04:00.000', TRUE, NULL, 'ann',
             '2026-01-02 03:04:05.678')"#,
];

fn migrator() -> &'static Migrator {
    match database::server().as_deref() {
        None => &SQLITE,
        Some(url) if url.starts_with("mysql") => &MYSQL,
        Some(_) => &POSTGRES,
    }
}

fn versions() -> Vec<i64> {
    migrator().iter().map(|migration| migration.version).collect()
}

async fn connect(folder: &TempDir) -> AnyConnection {
    sqlx::any::install_default_drivers();
    std::fs::create_dir_all(folder.path().join("data")).unwrap();
    let file = folder.path().join("data/insightmesh.db");
    let url =
        database::url_for(folder.path()).unwrap_or_else(|| format!("sqlite:{}?mode=rwc", file.display()));
    AnyConnection::connect(&url).await.unwrap()
}

/// A database as a version of this program left it that knew these migrations: made by the first version, and brought
/// up to date ever since.
async fn made_by_version(version: i64) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("tasks")).unwrap();
    let mut connection = connect(&folder).await;
    bring_to(&mut connection, versions()[0]).await;
    for row in ROWS {
        // The first of the other databases had a column without a default that SQLite got later.
        let row = if database::server().is_some() && row.contains("INTO schedules") {
            row.replace("paused,", "policy, paused,")
                .replace("TRUE,", "'{}', TRUE,")
        } else {
            row.to_owned()
        };
        connection.execute(AssertSqlSafe(row)).await.unwrap();
    }
    bring_to(&mut connection, version).await;
    connection.close().await.unwrap();
    folder
}

async fn bring_to(connection: &mut AnyConnection, version: i64) {
    let known = migrator().iter().filter(|migration| migration.version <= version);
    let old = Migrator {
        migrations: Cow::Owned(known.cloned().collect()),
        locking: false,
        ..Migrator::DEFAULT
    };
    old.run_direct(None, connection, false).await.unwrap();
}

async fn assert_intact(engine: &Engine) {
    assert!(engine.accounts.is_set_up().await.unwrap());
    let settings = engine.settings.find("t").await.unwrap().unwrap();
    assert_eq!(settings.values["note"], "🦊");
    assert_eq!(settings.updated_at.to_rfc3339(), "2026-01-02T03:04:05.678+00:00");
    let run = engine.runs.find("r1").await.unwrap().unwrap().summary;
    assert_eq!((run.status, run.duration_ms), (RunStatus::Success, Some(1500)));
    assert_eq!(run.records.processed, Some(12));
    let log = engine.logs.tail("r1", 10).await.unwrap().lines;
    assert_eq!(log[0].text, "Grüße 🦊");
    let schedule = engine.schedules.find("s1").await.unwrap().unwrap();
    assert_eq!(schedule.task_name, "t");
    assert!(schedule.paused);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f76_a_database_of_each_older_version_is_brought_up_to_date_with_every_row() {
    for version in versions() {
        let folder = made_by_version(version).await;
        let engine = Engine::open(config(&folder)).await.unwrap();
        assert_intact(&engine).await;
        let backup = folder
            .path()
            .join(format!("data/insightmesh.db.before-{version}"));
        let is_older = versions().last() != Some(&version);
        assert_eq!(
            backup.exists(),
            database::server().is_none() && is_older,
            "{version}"
        );
        if backup.exists() {
            let mut old = AnyConnection::connect(&format!("sqlite:{}", backup.display()))
                .await
                .unwrap();
            let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM run_log_lines")
                .fetch_one(&mut old)
                .await
                .unwrap();
            assert_eq!(count, 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f76_servers_that_bring_one_database_up_to_date_at_once_wait_for_each_other() {
    let folder = made_by_version(versions()[0]).await;
    let all = (0..4).map(|_| open_with_key(&folder));
    for engine in futures::future::join_all(all).await {
        assert_intact(&engine).await;
    }
}

/// With a key that is there already: who makes it is not what this is about.
async fn open_with_key(folder: &TempDir) -> Engine {
    let key = folder.path().join("shared.key");
    if !key.exists() {
        std::fs::write(&key, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n").unwrap();
        std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    }
    let own = Config {
        key_file: Some(key),
        ..config(folder)
    };
    Engine::open(own).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f76_an_update_that_was_cut_off_is_finished_by_the_next_start() {
    let is_mysql = database::server().is_some_and(|url| url.starts_with("mysql"));
    let all = versions();
    let before = if is_mysql { 0 } else { all.len().saturating_sub(2) };
    let folder = made_by_version(all[before]).await;
    let mut connection = connect(&folder).await;
    let newest = migrator().iter().last().unwrap();
    if is_mysql {
        // What the killed server left: the mark of an unfinished step, and half of what the step makes.
        let mark = "UPDATE _sqlx_migrations SET success = FALSE WHERE version = 1";
        connection.execute(mark).await.unwrap();
        connection.execute("DROP TABLE upload_parts").await.unwrap();
    } else if versions().len() > 1 {
        // The others undo what was not finished.
        let mut step = connection.begin().await.unwrap();
        let half = newest
            .sql
            .as_str()
            .split_inclusive(";\n")
            .next()
            .unwrap()
            .to_owned();
        step.execute(AssertSqlSafe(half)).await.unwrap();
        drop(step);
    }
    connection.close().await.unwrap();
    let engine = Engine::open(config(&folder)).await.unwrap();
    assert_intact(&engine).await;
    let mut connection = connect(&folder).await;
    let applied = connection
        .list_applied_migrations("_sqlx_migrations")
        .await
        .unwrap();
    assert_eq!(applied.len(), versions().len());
    assert_eq!(connection.dirty_version("_sqlx_migrations").await.unwrap(), None);
    connection
        .execute("SELECT COUNT(*) FROM upload_parts")
        .await
        .unwrap();
}

async fn refusal(folder: &TempDir, change: &str) -> String {
    let mut connection = connect(folder).await;
    connection
        .execute(AssertSqlSafe(change.to_owned()))
        .await
        .unwrap();
    connection.close().await.unwrap();
    let refused = Engine::open(config(folder)).await.err().expect("it is refused");
    refused.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f76_a_schema_of_another_build_is_refused_with_advice() {
    let folder = made_by_version(*versions().last().unwrap()).await;
    let checksum = match database::server().as_deref() {
        Some(url) if !url.starts_with("mysql") => "'\\x00'",
        _ => "x'00'",
    };
    let change = format!("UPDATE _sqlx_migrations SET checksum = {checksum} WHERE version = 1");
    let words = refusal(&folder, &change).await;
    assert!(
        words.contains("made by another build") && words.contains("Use a released version"),
        "{words}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f63_a_database_of_a_newer_version_is_refused_in_words() {
    let folder = made_by_version(*versions().last().unwrap()).await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 SELECT 9999, 'of the future', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";
    let words = refusal(&folder, newer).await;
    assert!(
        words.contains("newer version of InsightMesh Tasks (its schema is 9999)"),
        "{words}"
    );
}
