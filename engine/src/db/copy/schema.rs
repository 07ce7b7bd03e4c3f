//! Which tables and columns a database has, parents before their children.

use std::collections::{BTreeMap, BTreeSet};

use super::CopyError;

/// A table without the migrations' own.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
}

pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Whether the database itself counts it.
    pub(super) is_counted: bool,
}

/// What a column holds, whatever its database calls that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Whole,
    Decimal,
    Truth,
    Instant,
    Bytes,
}

impl Kind {
    /// From the word of any of the databases.
    fn of(word: &str) -> Option<Self> {
        Some(match word.to_lowercase().as_str() {
            "text" | "varchar" | "char" | "longtext" | "mediumtext" | "character varying" => Self::Text,
            "integer" | "bigint" | "int" | "smallint" => Self::Whole,
            "real" | "double" | "double precision" => Self::Decimal,
            // MySQL's name for BOOLEAN.
            "boolean" | "tinyint" => Self::Truth,
            "datetime" | "timestamp" | "timestamp without time zone" => Self::Instant,
            "blob" | "longblob" | "mediumblob" | "bytea" => Self::Bytes,
            _ => return None,
        })
    }
}

/// What a database tells: table, column, word for its type, and `1` if it counts by itself.
pub(super) type Told = (String, String, String, i64);

/// Puts together what the database tells of its columns and of its references (child, parent).
pub(super) fn understand(
    columns: Vec<Told>,
    references: &[(String, String)],
) -> Result<Vec<Table>, CopyError> {
    let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    for (table, name, word, is_counted) in columns {
        let kind = Kind::of(&word)
            .ok_or_else(|| CopyError::Differ(format!("{table}.{name} is of the unknown type {word}")))?;
        tables.entry(table).or_default().push(Column {
            name,
            kind,
            is_counted: is_counted == 1,
        });
    }
    Ok(in_order(tables, references))
}

/// Parents first.
fn in_order(mut tables: BTreeMap<String, Vec<Column>>, references: &[(String, String)]) -> Vec<Table> {
    let mut ordered = Vec::new();
    let mut done = BTreeSet::new();
    while !tables.is_empty() {
        let waits = |name: &String| {
            let mut parents = references.iter().filter(|(child, _)| child == name);
            parents.any(|(_, parent)| parent != name && !done.contains(parent))
        };
        // A circle would have no first one; the database then says which row it misses.
        let next = tables
            .keys()
            .find(|name| !waits(name))
            .or_else(|| tables.keys().next());
        let Some(name) = next.cloned() else { break };
        let columns = tables.remove(&name).unwrap_or_default();
        done.insert(name.clone());
        ordered.push(Table { name, columns });
    }
    ordered
}

/// Both must have the same columns, of the same kinds.
pub(super) fn compare(from: &[Table], to: &[Table]) -> Result<(), CopyError> {
    let all = |tables: &[Table]| -> BTreeMap<(String, String), Kind> {
        let columns = tables.iter().flat_map(|table| {
            let of = |column: &Column| ((table.name.clone(), column.name.clone()), column.kind);
            table.columns.iter().map(of)
        });
        columns.collect()
    };
    let (from, to) = (all(from), all(to));
    for (key, kind) in from.iter().chain(&to) {
        if from.get(key) != Some(kind) || to.get(key) != Some(kind) {
            return Err(CopyError::Differ(format!(
                "{}.{} is not the same in both",
                key.0, key.1
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(table: &str, column: &str, word: &str) -> Told {
        (table.into(), column.into(), word.into(), 0)
    }

    #[test]
    fn parents_come_before_their_children_and_unknown_types_are_named() {
        let columns = vec![
            told("a_child", "id", "bigint"),
            told("parent", "id", "INTEGER"),
            told("grand_child", "id", "int"),
        ];
        let references = [
            ("grand_child", "a_child"),
            ("a_child", "parent"),
            ("parent", "parent"),
        ];
        let references = references.map(|(child, parent)| (child.to_owned(), parent.to_owned()));
        let tables = understand(columns, &references).unwrap();
        let names: Vec<_> = tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["parent", "a_child", "grand_child"]);
        let error = understand(vec![told("t", "c", "geometry")], &[]).err().unwrap();
        assert!(
            error.to_string().contains("t.c is of the unknown type geometry"),
            "{error}"
        );
    }

    #[test]
    fn a_column_that_one_of_them_lacks_or_has_of_another_kind_is_named() {
        let tables = |words: &[(&str, &str)]| {
            let columns = words.iter().map(|(column, word)| told("t", column, word));
            understand(columns.collect(), &[]).unwrap()
        };
        let (one, two) = (
            tables(&[("a", "TEXT"), ("b", "REAL")]),
            tables(&[("a", "longtext"), ("b", "double")]),
        );
        assert!(compare(&one, &two).is_ok());
        for other in [tables(&[("a", "text")]), tables(&[("a", "text"), ("b", "text")])] {
            assert!(compare(&one, &other).err().unwrap().to_string().contains("t.b"));
            assert!(compare(&other, &one).is_err());
        }
    }
}
