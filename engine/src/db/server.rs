//! What database servers have in common: how many connections, and which versions will do.

use std::time::Duration;

use crate::Error;

/// Connections of one of our servers at most.
pub(super) const CONNECTIONS: u32 = 10;
/// Connections set aside for renewing leases: pages must not starve them (fault case F35).
pub(super) const RESERVED: u32 = 2;
/// For a connection a page waits so long.
pub(super) const ACQUIRE: Duration = Duration::from_secs(10);

/// `FOR UPDATE SKIP LOCKED`, without which two servers would wait for each other, came with these versions.
pub(super) fn check_mysql(version: &str) -> Result<(), Error> {
    let is_mariadb = version.contains("MariaDB");
    // Old clients made MariaDB 10 and later call itself 5.5.5-10.x.
    let number = version.strip_prefix("5.5.5-").filter(|_| is_mariadb);
    let found = numbers(number.unwrap_or(version));
    let (name, least) = if is_mariadb {
        ("MariaDB", (10, 6))
    } else {
        ("MySQL", (8, 0))
    };
    refuse_older(name, found, least)
}

/// `version` is `server_version_num`, such as `150004` for 15.4.
pub(super) fn check_postgres(version: &str) -> Result<(), Error> {
    let number: u32 = version.parse().unwrap_or_default();
    refuse_older("PostgreSQL", (number / 10_000, 0), (12, 0))
}

fn numbers(version: &str) -> (u32, u32) {
    let mut parts = version
        .split(|letter: char| !letter.is_ascii_digit())
        .map(|part| part.parse().unwrap_or_default());
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

fn refuse_older(name: &str, found: (u32, u32), least: (u32, u32)) -> Result<(), Error> {
    if found >= least {
        return Ok(());
    }
    Err(Error::Config(format!(
        "TASK_DATABASE_URL leads to {name} {}.{}. It must be {name} {}.{} or newer, which can hand out runs to several \
         servers without making them wait for each other. Update the database, or use another.",
        found.0, found.1, least.0, least.1
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_that_are_too_old_are_refused_with_both_versions() {
        for fine in [
            "10.6.0-MariaDB",
            "5.5.5-10.11.19-MariaDB-0+deb12u1",
            "11.4.2-MariaDB",
            "8.0.36",
            "9.1.0",
        ] {
            assert!(check_mysql(fine).is_ok(), "{fine}");
        }
        for (old, named) in [
            ("10.5.23-MariaDB-log", "MariaDB 10.5. It must be MariaDB 10.6"),
            ("5.5.5-10.3.39-MariaDB", "MariaDB 10.3."),
            ("5.7.44-log", "MySQL 5.7. It must be MySQL 8.0"),
        ] {
            let error = check_mysql(old).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
        assert!(check_postgres("150004").is_ok());
        assert!(
            check_postgres("110022")
                .unwrap_err()
                .to_string()
                .contains("PostgreSQL 11.0")
        );
    }
}
