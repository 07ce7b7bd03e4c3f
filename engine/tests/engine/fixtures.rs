//! The table: what becomes of every task in `engine/tests/fixtures`, all in one tasks folder of one engine.
//!
//! Each folder there is a task as a developer would drop it, with a `case.json` that says what must come of it
//! ([`case::Case`]). What version control cannot carry (links, odd bytes) is written by [`made`].

mod case;
mod form;
mod made;
mod play;
mod show;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use domain::run::RunStatus;
use domain::secret::Secret;
use futures::{StreamExt, stream};

use self::case::Case;
use crate::common::{TestEngine, config, start_in};

/// An import that takes longer is a problem. Long enough for any other on a busy machine.
const DESCRIBE_LIMIT: Duration = Duration::from_secs(5);
/// Until the last folder must be described.
const ALL_DESCRIBED: Duration = Duration::from_mins(3);
/// Fixtures whose runs go on at the same time, and runs of the engine.
const AT_ONCE: usize = 4;

/// One line of the table of failures: fixture, what was looked at, what was wrong.
type Mismatch = (String, String, String);

#[test]
fn there_are_at_least_sixty_fixtures_and_each_says_what_it_stands_for() {
    let cases = cases();
    assert!(cases.len() >= 60, "{} fixtures", cases.len());
    for (name, case) in &cases {
        assert!(
            case.why.trim().len() > 10,
            "{name}: \"why\" must say what it stands for"
        );
        assert!(
            domain::task::is_task_name(name),
            "{name} cannot be a folder of a task"
        );
        assert_ne!(
            case.loads.is_some(),
            case.problem.is_some(),
            "{name}: either \"loads\" or \"problem\""
        );
    }
    for kind in ["good", "odd", "broken"] {
        let count = folders().filter(|folder| kind_of(folder) == kind).count();
        assert!(count >= 20, "{count} {kind} fixtures");
    }
}

#[test]
fn the_first_fixture_is_the_sample_of_the_readme_letter_for_letter() {
    let readme = include_str!("../../../docs/contract/external_tasks-README.md");
    let sample = std::fs::read_to_string(root().join("good/readme_sample/job.py")).unwrap();
    assert!(readme.contains(&format!("```python\n{sample}```")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f64_f65_f67_every_fixture_loads_or_is_explained_and_runs_as_its_case_says() {
    let start = Instant::now();
    let folder = tempfile::tempdir().unwrap();
    let tasks = folder.path().join("tasks");
    std::fs::create_dir(&tasks).unwrap();
    let mut cases = cases();
    for from in folders() {
        copy(&from, &tasks.join(name_of(&from)));
    }
    for (name, case) in made::write(&tasks, &folder.path().join("outside")) {
        let taken = cases.insert(name.clone(), case);
        assert!(taken.is_none(), "two fixtures are called {name}");
    }
    let mut settings = config(&folder).task_settings;
    settings.push(("slack_bot_token", Secret::new("xoxb-fixture")));
    let config = engine::Config {
        python: PathBuf::from(ask_python("print(sys.executable)")),
        describe_limit: DESCRIBE_LIMIT,
        concurrency: AT_ONCE,
        task_settings: settings,
        ..config(&folder)
    };
    let test = start_in(folder, config).await;
    all_described(&test, &cases).await;
    let described = Instant::now();

    let mut wrong = look(&test, &cases);
    wrong.extend(still_works(&test, "while nothing else runs").await);
    let played: Vec<Vec<Mismatch>> = stream::iter(&cases)
        .map(|(name, case)| play::play(&test, name, case))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    wrong.extend(played.into_iter().flatten());
    wrong.extend(still_works(&test, "after all runs").await);
    wrong.extend(untouched(&tasks));
    let runs: usize = cases.values().map(|case| case.runs.len()).sum();
    eprintln!(
        "{} fixtures described in {:.1} s, {runs} runs in {:.1} s",
        cases.len(),
        (described - start).as_secs_f32(),
        described.elapsed().as_secs_f32()
    );
    let marker = test.folder.path().display().to_string();
    let folder = test.stop().await;
    wrong.extend(left_behind(&marker));
    drop(folder);
    assert!(wrong.is_empty(), "{}", table(wrong));
}

/// One line from the interpreter behind `python3`, which may be a shim such as pyenv's: it would double the time of
/// hundreds of short processes.
fn ask_python(code: &str) -> String {
    let code = format!("import sys; {code}");
    let output = std::process::Command::new("python3")
        .args(["-c", &code])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Whether this Python is older than the one the case is written for.
fn is_too_old(since: &str) -> bool {
    let needed = since.replace('.', ", ");
    ask_python(&format!("print(sys.version_info < ({needed}))")) == "True"
}

/// Waits until the catalog knows every fixture; that each one is as it should be is looked at afterwards.
async fn all_described(test: &TestEngine, cases: &BTreeMap<String, Case>) {
    let waiting = async {
        while let Some(missing) = cases
            .iter()
            .find(|(name, case)| !case.hidden && test.engine.catalog.find(name).is_none())
        {
            tracing::debug!("waiting for {}", missing.0);
            test.engine.catalog.rescan().await;
        }
    };
    // Too late is no reason to stop here: the table will name what is missing.
    let _ = tokio::time::timeout(ALL_DESCRIBED, waiting).await;
}

fn look(test: &TestEngine, cases: &BTreeMap<String, Case>) -> Vec<Mismatch> {
    let mut wrong = Vec::new();
    for (name, case) in cases {
        let found = test.engine.catalog.find(name);
        let sentences = match (found, case.hidden) {
            (None, true) => Vec::new(),
            (Some(_), true) => vec!["is listed, but should not be".to_owned()],
            (None, false) => vec!["is not in the list of tasks".to_owned()],
            (Some(_), false) if case.since.as_deref().is_some_and(is_too_old) => Vec::new(),
            (Some(folder), false) => show::compare(case, &folder),
        };
        wrong.extend(
            sentences
                .into_iter()
                .map(|sentence| (name.clone(), "loading".to_owned(), sentence)),
        );
    }
    for folder in test.engine.catalog.list() {
        if !cases.contains_key(&folder.name) {
            wrong.push((
                folder.name.clone(),
                "loading".into(),
                "is listed, but is no fixture".into(),
            ));
        }
    }
    wrong
}

/// The server is up for others: a plain task runs.
async fn still_works(test: &TestEngine, when: &str) -> Vec<Mismatch> {
    let run = play::finished(test, "sync_execute").await;
    match run {
        Ok(run) if run.summary.status == RunStatus::Success => Vec::new(),
        other => vec![("sync_execute".into(), when.into(), format!("{other:?}"))],
    }
}

/// Describing and running write nothing into the tasks folder.
fn untouched(tasks: &Path) -> Vec<Mismatch> {
    let mut wrong = Vec::new();
    let mut waiting = vec![tasks.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_name() == "__pycache__" {
                wrong.push((
                    path.display().to_string(),
                    "tasks folder".into(),
                    "was written".into(),
                ));
            } else if path.is_dir() && !path.is_symlink() {
                waiting.push(path);
            }
        }
    }
    wrong
}

/// Processes that carry the folder of this test in their environment, as everything does that the harness started.
fn left_behind(marker: &str) -> Vec<Mismatch> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter(|process| {
            let environ = std::fs::read(process.path().join("environ")).unwrap_or_default();
            String::from_utf8_lossy(&environ).contains(marker)
        })
        .map(|process| {
            let command = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
            let command = String::from_utf8_lossy(&command).replace('\0', " ");
            let pid = process.file_name().to_string_lossy().into_owned();
            (
                format!("process {pid}"),
                "afterwards".into(),
                format!("is still there: {command}"),
            )
        })
        .collect()
}

fn table(mut wrong: Vec<Mismatch>) -> String {
    wrong.sort();
    let indent = format!("\n{:48}", "");
    let mut table = format!("{} things are not as the fixtures say:", wrong.len());
    for (name, what, sentence) in wrong {
        let line = format!("\n  {name:30} {what:14} {}", sentence.replace('\n', &indent));
        table.push_str(&line);
    }
    table
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn folders() -> impl Iterator<Item = PathBuf> {
    ["good", "odd", "broken"].into_iter().flat_map(|kind| {
        std::fs::read_dir(root().join(kind))
            .unwrap()
            .map(|entry| entry.unwrap().path())
    })
}

fn name_of(folder: &Path) -> String {
    folder.file_name().unwrap().to_str().unwrap().to_owned()
}

fn kind_of(folder: &Path) -> String {
    name_of(folder.parent().unwrap())
}

fn cases() -> BTreeMap<String, Case> {
    let mut cases = BTreeMap::new();
    for folder in folders() {
        let text = std::fs::read_to_string(folder.join("case.json")).unwrap();
        let case =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let taken = cases.insert(name_of(&folder), case);
        assert!(taken.is_none(), "two fixtures are called {}", name_of(&folder));
    }
    cases
}

/// The folder as a developer would drop it: all of it but the case.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false if entry.file_name() == "case.json" => {}
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}
