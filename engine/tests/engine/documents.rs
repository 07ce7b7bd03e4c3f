//! What the documents promise is there.

use std::collections::BTreeSet;
use std::path::Path;

/// Names of all Rust functions below a folder.
fn functions_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions_in(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            let names = source
                .split("fn ")
                .skip(1)
                .filter_map(|rest| rest.split('(').next());
            found.extend(names.map(str::to_owned));
        }
    }
}

#[test]
fn each_fault_case_from_f10_to_f30_has_tests_and_they_exist() {
    let document = include_str!("../../../docs/isolation.md");
    let engine = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut functions = BTreeSet::new();
    for folder in ["src", "tests"] {
        functions_in(&engine.join(folder), &mut functions);
    }
    let mut cases = BTreeSet::new();
    for row in document.lines().filter(|line| line.starts_with("| F")) {
        let columns: Vec<&str> = row.split('|').map(str::trim).collect();
        cases.extend(columns[1].split(", "));
        let tests: Vec<&str> = columns[3]
            .split(", ")
            .map(|name| name.trim_matches('`'))
            .collect();
        for test in tests {
            assert!(functions.contains(test), "{test} of {row}");
        }
    }
    let all: BTreeSet<String> = (10..=30).map(|number| format!("F{number}")).collect();
    assert_eq!(cases, all.iter().map(String::as_str).collect());
}
