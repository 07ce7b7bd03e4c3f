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

/// Cases of a document's table, all of whose tests exist.
fn cases_in(document: &str) -> BTreeSet<u32> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut functions = BTreeSet::new();
    for folder in [
        "domain/src",
        "engine/src",
        "engine/tests",
        "server/src",
        "server/tests",
    ] {
        functions_in(&workspace.join(folder), &mut functions);
    }
    let mut cases = BTreeSet::new();
    for row in document.lines().filter(|line| line.starts_with("| F")) {
        let columns: Vec<&str> = row.split('|').map(str::trim).collect();
        let numbers = |text: &str| -> Vec<u32> {
            let parts = text.split(|letter: char| !letter.is_ascii_digit());
            parts.filter_map(|number| number.parse().ok()).collect()
        };
        match (columns[1].contains(" to "), numbers(columns[1]).as_slice()) {
            (true, [first, last]) => cases.extend(*first..=*last),
            (_, each) => cases.extend(each),
        }
        for test in columns[3].split(", ").map(|name| name.trim_matches('`')) {
            assert!(functions.contains(test), "{test} of {row}");
        }
    }
    cases
}

#[test]
fn each_fault_case_from_f10_to_f30_has_tests_and_they_exist() {
    let document = include_str!("../../../docs/isolation.md");
    assert_eq!(cases_in(document), (10..=30).collect());
}

#[test]
fn the_fault_cases_of_servers_databases_and_clocks_have_tests_and_they_exist() {
    let cases = cases_in(include_str!("../../../docs/reliability.md"));
    let wanted = (1..=9).chain(31..=63).chain(76..=77);
    let missing: Vec<u32> = wanted.filter(|case| !cases.contains(case)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
