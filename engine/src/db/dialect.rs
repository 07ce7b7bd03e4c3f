//! What the three databases write differently.
//!
//! Statements are written once: `?` for values, and these words in braces where the databases have no common one.

use std::borrow::Cow;

use sqlx::error::BoxDynError;

use super::value::Value;

/// One kind of database.
pub(crate) trait Dialect: sqlx::Database {
    /// Words in braces and what this database has for them.
    const WORDS: &'static [(&'static str, &'static str)];
    /// Whether values are numbered, `$1`, instead of `?`.
    const NUMBERED: bool = false;

    /// What an INSERT says that brings numbers along which the database otherwise counts itself.
    const WITH_OWN_NUMBERS: &'static str = "";

    /// What follows an INSERT that shall change nothing if the row is there.
    fn or_nothing() -> &'static str {
        " ON CONFLICT DO NOTHING"
    }

    /// What follows an INSERT that shall change `columns` if a row with this `key` is there.
    fn or_update(key: &str, columns: &[&str]) -> String {
        let set: Vec<String> = columns
            .iter()
            .map(|column| format!("{column} = excluded.{column}"))
            .collect();
        format!(" ON CONFLICT ({key}) DO UPDATE SET {}", set.join(", "))
    }

    /// Adds a value.
    fn add(arguments: &mut Self::Arguments, value: Value) -> Result<(), BoxDynError>;
}

/// The body of [`Dialect::add`], which is the same for all and yet cannot be written for any.
macro_rules! add_value {
    () => {
        fn add(
            arguments: &mut Self::Arguments,
            value: $crate::db::value::Value,
        ) -> Result<(), sqlx::error::BoxDynError> {
            use sqlx::Arguments;
            use $crate::db::value::Value;

            match value {
                Value::Text(value) => arguments.add(value),
                Value::Whole(value) => arguments.add(value),
                Value::Decimal(value) => arguments.add(value),
                Value::Truth(value) => arguments.add(value),
                Value::Instant(value) => arguments.add(value),
                Value::Bytes(value) => arguments.add(value),
            }
        }
    };
}
pub(super) use add_value;

/// A statement as `D` understands it.
pub(super) fn translate<D: Dialect>(sql: &str) -> String {
    let mut text = Cow::Borrowed(sql);
    if text.contains('{') {
        for (word, own) in D::WORDS {
            if text.contains(word) {
                text = Cow::Owned(text.replace(word, own));
            }
        }
    }
    if !D::NUMBERED {
        return text.into_owned();
    }
    let mut numbered = String::with_capacity(text.len() + 16);
    for (index, part) in text.split('?').enumerate() {
        if index > 0 {
            numbered.push('$');
            numbered.push_str(&index.to_string());
        }
        numbered.push_str(part);
    }
    numbered
}

#[cfg(test)]
mod tests {
    use sqlx::{MySql, Postgres, Sqlite};

    use super::*;

    #[test]
    fn values_are_numbered_for_postgres_only() {
        let sql = "SELECT a FROM t WHERE b = ? AND c = ?";
        assert_eq!(translate::<Sqlite>(sql), sql);
        assert_eq!(translate::<MySql>(sql), sql);
        assert_eq!(
            translate::<Postgres>(sql),
            "SELECT a FROM t WHERE b = $1 AND c = $2"
        );
    }

    #[test]
    fn every_database_has_the_same_words() {
        fn words<D: Dialect>() -> Vec<&'static str> {
            D::WORDS.iter().map(|(word, _)| *word).collect()
        }
        assert_eq!(words::<Sqlite>(), words::<MySql>());
        assert_eq!(words::<Sqlite>(), words::<Postgres>());
        for (word, own) in [Sqlite::WORDS, MySql::WORDS, Postgres::WORDS].concat() {
            assert_eq!(word.matches('?').count(), own.matches('?').count(), "{own}");
            assert!(!own.contains('{'), "{own}");
        }
    }
}
