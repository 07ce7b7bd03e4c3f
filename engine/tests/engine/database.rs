//! Which database an engine under test has: SQLite, or one of its own on the server that `ENGINE_TEST_DATABASE` names
//! (`scripts/test` runs this suite once for each). Also a way to it behind the engine's back.

use std::path::Path;

use sqlx::any::{AnyPoolOptions, AnyRow};
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Connection, Executor};
use tempfile::TempDir;

use crate::common::TestEngine;

/// The server, such as `mysql://tester:tester@127.0.0.1:3306`; none means SQLite.
pub(crate) fn server() -> Option<String> {
    std::env::var("ENGINE_TEST_DATABASE")
        .ok()
        .filter(|url| !url.is_empty())
}

/// The address for `TASK_DATABASE_URL`: one database for each folder, made if it is not there.
pub(crate) fn url_for(folder: &Path) -> Option<String> {
    let server = server()?;
    let name: String = folder
        .file_name()
        .unwrap()
        .to_string_lossy()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let name = format!("t{}", name.to_lowercase());
    create(&server, &name);
    Some(format!("{server}/{name}"))
}

/// A thread of its own: callers are within a runtime, and not async.
pub(crate) fn create(server: &str, name: &str) {
    let root = if server.starts_with("postgresql") {
        format!("{server}/postgres")
    } else {
        format!("{server}/mysql")
    };
    // Another way to write the same folder may differ in case only, and an engine may start twice on one folder.
    let sql = format!("CREATE DATABASE {name}");
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            sqlx::any::install_default_drivers();
            let mut connection = AnyConnection::connect(&root).await.unwrap();
            match connection.execute(AssertSqlSafe(sql)).await {
                Err(error) if error.to_string().contains("exists") => {}
                made => drop(made.unwrap()),
            }
            connection.close().await.unwrap();
        });
    })
    .join()
    .unwrap();
}

/// Behind the engine's back.
pub(crate) async fn connect(test: &TestEngine) -> AnyPool {
    connect_in(test.folder.path()).await
}

/// The same, for the folder of an engine that may be elsewhere.
pub(crate) async fn connect_in(folder: &Path) -> AnyPool {
    sqlx::any::install_default_drivers();
    let url =
        url_for(folder).unwrap_or_else(|| format!("sqlite:{}", folder.join("data/insightmesh.db").display()));
    AnyPoolOptions::new()
        .max_connections(1)
        .connect(&url)
        .await
        .unwrap()
}

/// Changes rows behind the engine's back, for what a test may not wait for. Each `?` gets a text.
pub(crate) async fn change(test: &TestEngine, sql: &str, values: &[&str]) -> u64 {
    change_in(test.folder.path(), sql, values).await
}

/// The same, for the folder of an engine that may be elsewhere.
pub(crate) async fn change_in(folder: &Path, sql: &str, values: &[&str]) -> u64 {
    let pool = connect_in(folder).await;
    let sql = numbered(sql);
    let query = values
        .iter()
        .fold(sqlx::query(AssertSqlSafe(sql)), |query, value| query.bind(*value));
    let changed = query.execute(&pool).await.unwrap().rows_affected();
    pool.close().await;
    changed
}

/// Searches every column of every table, or the file as it is, for texts that must not be there.
pub(crate) async fn assert_not_stored(folder: &TempDir, needles: &[&str]) {
    // SQLite's file is in the data folder, which the caller searches.
    let Some(url) = url_for(folder.path()) else { return };
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(&url).await.unwrap();
    let schema = if url.starts_with("mysql") {
        "DATABASE()"
    } else {
        "'public'"
    };
    let columns = format!(
        "SELECT {}, {} FROM information_schema.columns WHERE table_schema = {schema}",
        as_text("table_name"),
        as_text("column_name")
    );
    let columns: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(columns))
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert!(columns.len() > 50, "{columns:?}");
    for (table, column) in columns {
        let text = if url.starts_with("mysql") {
            format!("CONVERT({column} USING latin1)")
        } else {
            format!("CAST({column} AS TEXT)")
        };
        for needle in needles {
            let sql = format!("SELECT COUNT(*) FROM {table} WHERE {text} LIKE '%{needle}%'");
            let found: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
                .fetch_one(&mut connection)
                .await
                .unwrap();
            assert_eq!(found, 0, "{needle} in {table}.{column}");
        }
    }
    connection.close().await.unwrap();
}

/// Reads rows behind the engine's back.
pub(crate) async fn read(test: &TestEngine, sql: &str) -> Vec<AnyRow> {
    read_in(test.folder.path(), sql).await
}

/// The same, for the folder of an engine that may be elsewhere.
pub(crate) async fn read_in(folder: &Path, sql: &str) -> Vec<AnyRow> {
    let pool = connect_in(folder).await;
    let rows = sqlx::query(AssertSqlSafe(sql.to_owned()))
        .fetch_all(&pool)
        .await
        .unwrap();
    pool.close().await;
    rows
}

fn numbered(sql: &str) -> String {
    if !server().is_some_and(|server| server.starts_with("postgresql")) {
        return sql.to_owned();
    }
    let parts = sql.split('?').enumerate();
    parts
        .map(|(index, part)| match index {
            0 => part.to_owned(),
            index => format!("${index}{part}"),
        })
        .collect()
}

/// A column as text, which is all that the tests' road to a database knows besides numbers.
pub(crate) fn as_text(column: &str) -> String {
    if server().is_some_and(|url| url.starts_with("mysql")) {
        format!("CAST({column} AS CHAR)")
    } else {
        format!("CAST({column} AS TEXT)")
    }
}

/// So many seconds from now, as an expression of this database; negative is the past.
pub(crate) fn in_seconds(seconds: i64) -> String {
    match server().as_deref() {
        None => format!("strftime('%Y-%m-%d %H:%M:%f', 'now', '{seconds} seconds')"),
        Some(url) if url.starts_with("mysql") => {
            format!("TIMESTAMPADD(SECOND, {seconds}, UTC_TIMESTAMP(3))")
        }
        Some(_) => format!("clock_timestamp() AT TIME ZONE 'UTC' + INTERVAL '{seconds} seconds'"),
    }
}
