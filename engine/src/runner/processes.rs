//! The system's list of processes, and who is below whom in it.

use std::collections::BTreeSet;
use std::fs;

/// One process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) pid: i32,
    pub(super) parent: i32,
    pub(super) group: i32,
}

/// All processes that can be seen. `/proc/<pid>/task/*/children` would be quicker, but not every kernel has it.
pub(super) fn all() -> Vec<Row> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        // A process may end between the two looks.
        .filter_map(|pid: i32| row(pid, &fs::read(format!("/proc/{pid}/stat")).ok()?))
        .collect()
}

/// `pid (name) state parent group …`, where the name may hold anything, brackets and spaces too.
fn row(pid: i32, stat: &[u8]) -> Option<Row> {
    let end = stat.iter().rposition(|byte| *byte == b')')?;
    let mut fields = str::from_utf8(&stat[end + 1..])
        .ok()?
        .split_ascii_whitespace()
        .skip(1);
    Some(Row {
        pid,
        parent: fields.next()?.parse().ok()?,
        group: fields.next()?.parse().ok()?,
    })
}

/// These processes and all that descend from them.
pub(super) fn with_descendants(mut found: BTreeSet<i32>, rows: &[Row]) -> BTreeSet<i32> {
    loop {
        let before = found.len();
        for row in rows {
            if found.contains(&row.parent) {
                found.insert(row.pid);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f11_a_process_is_read_whatever_it_calls_itself() {
        let stat = b"17 (a) S 1 (b) R 5 9 9 0 -1 4194304 113 0";
        assert_eq!(
            row(17, stat),
            Some(Row {
                pid: 17,
                parent: 5,
                group: 9
            })
        );
        assert_eq!(row(17, b"17 (cut"), None);
    }

    #[test]
    fn f11_descendants_are_found_in_any_order_and_others_are_not() {
        let rows = [(4, 3), (3, 2), (2, 1), (9, 1), (5, 2)].map(|(pid, parent)| Row {
            pid,
            parent,
            group: 0,
        });
        assert_eq!(with_descendants([2].into(), &rows), [2, 3, 4, 5].into());
        assert_eq!(with_descendants(BTreeSet::new(), &rows), BTreeSet::new());
    }

    #[test]
    fn f11_this_very_process_is_among_all() {
        let me = i32::try_from(std::process::id()).unwrap();
        let parent = i32::try_from(std::os::unix::process::parent_id()).unwrap();
        assert!(all().iter().any(|row| row.pid == me && row.parent == parent));
    }
}
