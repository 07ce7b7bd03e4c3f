//! `db copy`: an installation moves between databases and loses nothing.

use std::path::Path;
use std::process::{Command, Stdio};

use domain::schedule::{Plan, Rule};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor, Row};

use crate::common::{job, start};
use crate::database;
use crate::place::{Place, Server, until};

const CHECKS_ITS_PASSWORD: &str =
    "if self.params['key'] != 'hunter2 🦊':\n    raise ValueError('another password')\nreturn {}";

/// An empty database of this kind: `mysql`, `postgresql` or `sqlite`.
fn empty(folder: &Path, kind: &str) -> String {
    let variable = match kind {
        "mysql" => "TEST_MYSQL",
        "postgresql" => "TEST_POSTGRES",
        _ => return format!("sqlite:///{}", folder.join(format!("{}.db", unique())).display()),
    };
    let (server, name) = (std::env::var(variable).unwrap(), unique());
    database::create(&server, &name);
    format!("{server}/{name}")
}

fn unique() -> String {
    format!("c{}", uuid::Uuid::new_v4().simple())
}

fn kind_of(url: &str) -> &str {
    url.split(':').next().unwrap()
}

/// What the command says, and whether it did it.
fn copy(from: &str, to: &str) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_insightmesh-tasks"))
        .args(["db", "copy", "env:FROM", to])
        .env("FROM", from)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.success(), said)
}

async fn connect(url: &str) -> AnyConnection {
    sqlx::any::install_default_drivers();
    AnyConnection::connect(&url.replace("sqlite:///", "sqlite:"))
        .await
        .unwrap()
}

async fn texts(connection: &mut AnyConnection, sql: &str) -> Vec<String> {
    let rows = connection.fetch_all(AssertSqlSafe(sql.to_owned())).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Every row of every table, letter by letter, as databases of this kind write them.
async fn everything(url: &str) -> Vec<String> {
    let mut connection = connect(url).await;
    let (tables, schema) = match kind_of(url) {
        "sqlite" => (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
            "",
        ),
        "mysql" => (
            "SELECT CAST(table_name AS CHAR) FROM information_schema.tables WHERE table_schema = DATABASE()",
            "DATABASE()",
        ),
        _ => (
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'",
            "'public'",
        ),
    };
    let mut all = Vec::new();
    for table in texts(&mut connection, tables).await {
        if table.starts_with("_sqlx") {
            continue;
        }
        let columns = match kind_of(url) {
            "sqlite" => format!("SELECT 'quote(' || name || ')' FROM pragma_table_info('{table}')"),
            "mysql" => format!(
                "SELECT CAST(CONCAT(IF(data_type LIKE '%blob', 'QUOTE(HEX(', 'QUOTE(CAST('), column_name,
                     IF(data_type LIKE '%blob', '))', ' AS CHAR))')) AS CHAR)
                 FROM information_schema.columns WHERE table_schema = {schema} AND table_name = '{table}'"
            ),
            _ => format!(
                "SELECT 'quote_nullable(CAST(' || column_name || ' AS TEXT))' FROM information_schema.columns
                 WHERE table_schema = {schema} AND table_name = '{table}'"
            ),
        };
        for column in texts(&mut connection, &columns).await {
            let values = texts(
                &mut connection,
                &format!("SELECT {column} FROM {table} ORDER BY 1"),
            )
            .await;
            all.extend(
                values
                    .into_iter()
                    .map(|value| format!("{table}.{column} = {value}")),
            );
        }
    }
    connection.close().await.unwrap();
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_copied_through_every_kind_comes_back_with_every_row_and_goes_on() {
    let checks = job(CHECKS_ITS_PASSWORD);
    let test = start(&[("t", &checks)]).await;
    let own = test.folder.path().join("data/insightmesh.db");
    let mut urls =
        vec![database::url_for(test.folder.path()).unwrap_or_else(|| format!("sqlite:///{}", own.display()))];
    let steps: &[&str] = match kind_of(&urls[0]) {
        "mysql" => &["postgresql", "sqlite", "mysql"],
        "postgresql" => &["mysql", "sqlite", "postgresql"],
        _ => &["sqlite"],
    };
    urls.extend(steps.iter().map(|kind| empty(test.folder.path(), kind)));
    let token = test.engine.accounts.set_up_token().expose().to_owned();
    let password = domain::secret::Secret::new("correct horse battery staple");
    test.engine
        .accounts
        .create_first(&token, "Zoë 🦊", &password)
        .await
        .unwrap();
    test.save("t", &[("key", "hunter2 🦊")]).await;
    let bytes: Vec<u8> = (0..3_500_000_u32)
        .map(|number| number.to_le_bytes()[number as usize % 4])
        .collect();
    test.engine
        .uploads
        .store("t", "file", "ä.bin", bytes, "ann")
        .await
        .unwrap();
    test.run("t").await;
    let long = "🦊\n'\\%_\"".repeat(200_000);
    let insert = "INSERT INTO run_log_lines (run, seq, logged_at, stream, level, text)
               SELECT id, 77, queued_at, 'stdout', 'info', ? FROM task_runs";
    database::change(&test, insert, &[&long]).await;
    let plan = Plan::new(Rule::EveryHours(1), chrono_tz::Tz::UTC);
    let schedule = test.engine.schedules.create("t", plan, "ann").await.unwrap();
    let folder = test.stop().await;
    let due = format!("UPDATE schedules SET next_run_at = {}", database::in_seconds(-1));
    database::change_in(folder.path(), &due, &[]).await;
    for pair in urls.windows(2) {
        let (is_done, said) = copy(&pair[0], &pair[1]);
        assert!(is_done, "{} to {}: {said}", pair[0], pair[1]);
        assert!(
            said.contains("1  users") && said.contains("4  upload_parts"),
            "{said}"
        );
    }
    let (first, last) = (&urls[0], &urls[urls.len() - 1]);
    let (before, after) = (everything(first).await, everything(last).await);
    assert!(before.len() > 60, "{}", before.len());
    assert_eq!(before, after);
    let (is_done, said) = copy(first, last);
    assert!(
        !is_done && said.contains("holds an installation already"),
        "{said}"
    );
    if kind_of(first) != "sqlite" {
        a_copy_that_fails_leaves_nothing(&urls[2], &empty(folder.path(), kind_of(first))).await;
    }
    // Where it is goes on as if nothing had happened: its key opens the passwords, and runs are counted on.
    let place = Place::from(folder).await;
    let _server = Server::start(&place, &[("TASK_DATABASE_URL", last)]).await;
    let mut connection = connect(last).await;
    let sql = format!(
        "SELECT status FROM task_runs WHERE schedule_id = '{}' AND id > 1",
        schedule.id
    );
    let status = until("the run is over", async || {
        let statuses = texts(&mut connection, &sql).await;
        statuses
            .into_iter()
            .find(|status| !["queued", "running"].contains(&status.as_str()))
    })
    .await;
    assert_eq!(status, "success");
}

/// A row of this SQLite file does not fit into the other kind.
async fn a_copy_that_fails_leaves_nothing(sqlite: &str, other: &str) {
    let mut connection = connect(sqlite).await;
    let bad = match kind_of(other) {
        "mysql" => "UPDATE task_settings SET updated_by = hex(zeroblob(200))",
        _ => "UPDATE task_settings SET updated_by = 'NUL' || char(0)",
    };
    connection.execute(bad).await.unwrap();
    connection.close().await.unwrap();
    let (is_done, said) = copy(sqlite, other);
    assert!(
        !is_done && said.contains("task_settings could not be copied"),
        "{said}"
    );
    let mut connection = connect(other).await;
    for table in ["users", "task_runs", "secrets"] {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        let count: i64 = connection.fetch_one(AssertSqlSafe(sql)).await.unwrap().get(0);
        assert_eq!(count, 0, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_in_use_or_without_an_installation_is_not_copied() {
    let place = Place::new().await;
    let folder = place.folder.path().to_owned();
    let own = folder.join("data/insightmesh.db");
    let own = database::url_for(&folder).unwrap_or_else(|| format!("sqlite:///{}", own.display()));
    let server = Server::start(&place, &[]).await;
    let Place {
        folder: _kept,
        engine,
    } = place;
    drop(engine);
    let target = empty(&folder, "sqlite");
    let (is_done, said) = copy(&own, &target);
    assert!(!is_done && said.to_lowercase().contains("stop"), "{said}");
    server.kill().await;
    let missing = format!("sqlite:///{}", folder.join("missing.db").display());
    let (is_done, said) = copy(&missing, &target);
    assert!(!is_done && said.contains("There is no database"), "{said}");
    assert!(!folder.join("missing.db").exists());
    std::fs::write(folder.join("missing.db"), "").unwrap();
    let (is_done, said) = copy(&missing, &target);
    assert!(!is_done && said.contains("holds no installation"), "{said}");
    let (is_done, said) = copy("oracle://scott:tiger@db/x", &target);
    assert!(
        !is_done && said.contains("oracle") && !said.contains("tiger"),
        "{said}"
    );
    let (is_done, said) = copy(&own, &target);
    assert!(is_done, "{said}");
}
