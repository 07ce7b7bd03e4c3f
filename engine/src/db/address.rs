//! Where the database is: `TASK_DATABASE_URL` as people write it, for SQLAlchemy or otherwise.

use std::path::PathBuf;
use std::str::FromStr;

use sqlx::mysql::MySqlConnectOptions;
use sqlx::postgres::PgConnectOptions;

use crate::{Config, Error};

/// The address, understood. Holds the password, so it has no Debug.
pub(super) enum Address {
    Sqlite(PathBuf),
    MySql(Box<MySqlConnectOptions>),
    Postgres(Box<PgConnectOptions>),
}

impl Address {
    pub(super) fn of(config: &Config) -> Result<Self, Error> {
        let Some(url) = &config.database_url else {
            return Ok(Self::Sqlite(config.data_dir.join("insightmesh.db")));
        };
        Self::parse(url)
    }

    pub(super) fn parse(url: &str) -> Result<Self, Error> {
        // "mysql+pymysql": the driver in Python, which is nothing to us.
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        let kind = scheme.split('+').next().unwrap_or_default().to_lowercase();
        match kind.as_str() {
            // SQLAlchemy writes three slashes for a relative path and four for an absolute one.
            "sqlite" => sqlite_path(rest),
            "mysql" | "mariadb" => {
                let url = format!("mysql://{}", rest.replace("unix_socket=", "socket="));
                let options = MySqlConnectOptions::from_str(&url).map_err(|_| unreadable("mysql"))?;
                Ok(Self::MySql(Box::new(options)))
            }
            "postgresql" | "postgres" => {
                let options = PgConnectOptions::from_str(&format!("postgres://{rest}"))
                    .map_err(|_| unreadable("postgresql"))?;
                Ok(Self::Postgres(Box::new(options)))
            }
            // No more of it is repeated: what follows may hold a password.
            kind => Err(Error::Config(format!(
                "TASK_DATABASE_URL starts with \"{kind}\", which is no database this program knows. Write \
                 sqlite:///path/to/file.db, mysql://user:password@host:3306/database or \
                 postgresql://user:password@host:5432/database."
            ))),
        }
    }
}

fn sqlite_path(rest: &str) -> Result<Address, Error> {
    let path = rest.strip_prefix('/').unwrap_or(rest);
    let path = path.split('?').next().unwrap_or_default();
    match path {
        "" | ":memory:" => Err(Error::Config(
            "TASK_DATABASE_URL must name a file, such as sqlite:////var/lib/insightmesh/tasks.db: in memory, schedules \
             and runs would be gone with the next start."
                .into(),
        )),
        path => Ok(Address::Sqlite(PathBuf::from(path))),
    }
}

/// The address itself may hold a password, so it is not repeated.
fn unreadable(kind: &str) -> Error {
    Error::Config(format!(
        "TASK_DATABASE_URL cannot be read. Write {kind}://user:password@host:port/database, with %40 for an @ in the \
         password, %3A for a : and %2F for a /."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str) -> String {
        Address::parse(url).err().unwrap().to_string()
    }

    #[test]
    fn addresses_are_read_as_sqlalchemy_writes_them() {
        for url in [
            "mysql+pymysql://user:pass@mysql:3306/insightmesh_task",
            "mysql://user:p%40ss@mysql/insightmesh_task?charset=utf8mb4",
            "mariadb+mariadbconnector://user@mysql/insightmesh_task",
        ] {
            let Ok(Address::MySql(options)) = Address::parse(url) else {
                panic!("{url}")
            };
            assert_eq!(options.get_host(), "mysql");
            assert_eq!(options.get_database(), Some("insightmesh_task"));
        }
        for url in [
            "postgresql+psycopg2://user:pass@pg/tasks",
            "postgres://user@pg:5432/tasks",
        ] {
            let Ok(Address::Postgres(options)) = Address::parse(url) else {
                panic!("{url}")
            };
            assert_eq!(options.get_host(), "pg");
            assert_eq!(options.get_database(), Some("tasks"));
        }
        for (url, path) in [
            ("sqlite:///data/tasks.db", "data/tasks.db"),
            ("sqlite:////var/lib/tasks.db", "/var/lib/tasks.db"),
            ("sqlite+aiosqlite:///tasks.db?timeout=5", "tasks.db"),
            ("sqlite://tasks.db", "tasks.db"),
        ] {
            let Ok(Address::Sqlite(read)) = Address::parse(url) else {
                panic!("{url}")
            };
            assert_eq!(read, PathBuf::from(path));
        }
    }

    #[test]
    fn what_is_no_address_is_refused_without_repeating_a_password() {
        assert!(refusal("oracle://scott:tiger@db/x").contains("\"oracle\""));
        assert!(refusal("sqlite://").contains("must name a file"));
        assert!(refusal("sqlite:///:memory:").contains("must name a file"));
        for url in [
            "mysql://user:hunter2@host:port/x",
            "postgresql://user:hunter2@:x/y",
            "user:hunter2@host",
        ] {
            let sentence = refusal(url);
            assert!(!sentence.contains("hunter2"), "{sentence}");
        }
    }
}
