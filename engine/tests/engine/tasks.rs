//! The tasks folder: what loads, what does not, what changes.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::common::{TestEngine, config, job, start, start_in, write_task};
use domain::run::RunStatus;
use domain::task::{LoadProblem, ProblemKind};
use engine::Engine;
use engine::tasks::TaskFolder;
use tempfile::TempDir;

/// Waits until a task is as described; fails after a minute.
pub(crate) async fn wait_for(
    engine: &Engine,
    name: &str,
    is_so: impl Fn(&TaskFolder) -> bool,
) -> Arc<TaskFolder> {
    let mut changes = engine.catalog.changes();
    let waiting = async {
        loop {
            changes.borrow_and_update();
            if let Some(task) = engine.catalog.find(name).filter(|task| is_so(task)) {
                return task;
            }
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_mins(1), waiting)
        .await
        .unwrap_or_else(|_| panic!("{name} did not get there: {:?}", engine.catalog.find(name)))
}

pub(crate) fn problem(test: &TestEngine, name: &str) -> LoadProblem {
    test.engine.catalog.find(name).unwrap().found.clone().unwrap_err()
}

pub(crate) fn tasks_dir(folder: &TempDir) -> PathBuf {
    folder.path().join("tasks")
}

/// A task that returns this number of records, with a title of its own.
pub(crate) fn counting(number: u32) -> String {
    let code = job(&format!("return {{'records_processed': {number}}}"));
    code.replace("'Test'", &format!("'Number {number}'"))
}

pub(crate) fn has_title(title: &str) -> impl Fn(&TaskFolder) -> bool {
    move |task| task.newer.is_none() && task.title() == title
}

#[tokio::test]
async fn f64_f65_each_broken_folder_is_a_problem_with_place_and_advice_and_the_others_load() {
    let hang = "import time\ntime.sleep(600)";
    let broken = [
        (
            "syntax",
            "x = 1\ndef broken(:\n",
            ProblemKind::SyntaxError,
            Some("job.py, line 2"),
        ),
        (
            "missing",
            "\nimport no_such_package_here\n",
            ProblemKind::MissingModule,
            Some("job.py, line 2"),
        ),
        ("nojob", "x = 1\n", ProblemKind::NoJobClass, None),
        (
            "raises",
            "\n\n1 / 0\n",
            ProblemKind::Error,
            Some("job.py, line 3"),
        ),
        (
            "exits",
            "import sys\nsys.exit(0)\n",
            ProblemKind::Error,
            Some("job.py, line 2"),
        ),
        (
            "crashes",
            "import ctypes\nctypes.string_at(0)\n",
            ProblemKind::Crashed,
            None,
        ),
        ("hangs", hang, ProblemKind::TookTooLong, None),
        (
            "params",
            &job("return {}").replace("[{", "[7, {"),
            ProblemKind::BadParamsDeclaration,
            None,
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, code, ..) in &broken {
        write_task(&folder, name, code);
    }
    write_task(&folder, "good", &job("return {}"));
    let forks = "import os, time\nif os.fork() == 0:\n    time.sleep(600)\n";
    write_task(&folder, "forks", &format!("{forks}{}", job("return {}")));
    fs::create_dir(folder.path().join("tasks/empty")).unwrap();
    fs::create_dir(folder.path().join("tasks/bad name")).unwrap();
    let config = engine::Config {
        describe_limit: Duration::from_secs(5),
        ..config(&folder)
    };
    let test = start_in(folder, config).await;
    test.engine.catalog.rescan().await;
    assert!(test.engine.catalog.find("good").unwrap().found.is_ok());
    for (name, _, kind, place) in &broken {
        let problem = problem(&test, name);
        assert_eq!(problem.kind, *kind, "{name}: {problem:?}");
        if place.is_some() {
            assert_eq!(problem.place().as_deref(), *place, "{name}");
        }
        assert!(!problem.advice().is_empty());
    }
    assert_eq!(problem(&test, "empty").kind, ProblemKind::NoJobFile);
    assert_eq!(problem(&test, "bad name").kind, ProblemKind::BadName);
    // What forks while it is read is a task like any other, and its children do not stay.
    assert_eq!(test.run("forks").await.summary.status, RunStatus::Success);
}

#[tokio::test]
async fn a_config_map_of_single_files_is_a_folder_of_tasks_and_its_swap_is_an_edit() {
    let folder = tempfile::tempdir().unwrap();
    let root = tasks_dir(&folder);
    // As the kubelet lays it out: names lead through ..data, which is moved over in one step.
    let lay_out = |version: &str, number: u32| {
        let data = root.join(version);
        fs::create_dir_all(&data).unwrap();
        let code = counting(number).replace("import asyncio", "import tools, asyncio");
        fs::write(data.join("my_task.py"), code).unwrap();
        fs::write(data.join("tools.py"), "def helper(): pass").unwrap();
        symlink(version, root.join("..data_tmp")).unwrap();
        fs::rename(root.join("..data_tmp"), root.join("..data")).unwrap();
    };
    lay_out("..2026_01_01", 1);
    for name in ["my_task.py", "tools.py"] {
        symlink(Path::new("..data").join(name), root.join(name)).unwrap();
    }
    let config = config(&folder);
    let test = start_in(folder, config).await;
    assert_eq!(test.engine.catalog.helpers(), ["tools.py"]);
    let names: Vec<_> = test
        .engine
        .catalog
        .list()
        .iter()
        .map(|task| task.name.clone())
        .collect();
    assert_eq!(names, ["my_task"]);
    let run = test.run("my_task").await;
    assert_eq!(run.summary.records.processed, Some(1), "{run:?}");
    let root = tasks_dir(&test.folder);
    let data = root.join("..2026_02_02");
    fs::create_dir(&data).unwrap();
    let code = counting(22).replace("import asyncio", "import tools, asyncio");
    fs::write(data.join("my_task.py"), code).unwrap();
    fs::write(data.join("tools.py"), "def helper(): pass").unwrap();
    symlink("..2026_02_02", root.join("..data_tmp")).unwrap();
    fs::rename(root.join("..data_tmp"), root.join("..data")).unwrap();
    fs::remove_dir_all(root.join("..2026_01_01")).unwrap();
    wait_for(&test.engine, "my_task", has_title("Number 22")).await;
    assert_eq!(test.run("my_task").await.summary.records.processed, Some(22));
}

#[tokio::test]
async fn f66_identity_is_the_folder_and_two_of_one_name_are_flagged() {
    let same_id = |number: u32| counting(number) + "TestJob.get_job_id = lambda self: 'same'\n";
    let odd_id = counting(3) + "TestJob.get_job_id = lambda self: 1 / 0\n";
    let test = start(&[("one", &same_id(1)), ("two", &same_id(2)), ("odd", &odd_id)]).await;
    for (name, number) in [("one", 1), ("two", 2), ("odd", 3)] {
        let run = test.run(name).await;
        assert_eq!(run.summary.records.processed, Some(number), "{run:?}");
    }
    write_task(&test.folder, "both", &counting(1));
    fs::write(tasks_dir(&test.folder).join("both.py"), counting(2)).unwrap();
    test.engine.catalog.rescan().await;
    let problem = problem(&test, "both");
    assert_eq!(problem.kind, ProblemKind::NameTaken);
    assert!(problem.message.contains("both.py"), "{problem:?}");
    assert_eq!(test.run("both").await.summary.status, RunStatus::Failed);
}

#[tokio::test]
async fn f67_ten_thousand_parameters_and_the_like_are_a_problem_that_names_itself() {
    let with = |required: &str| {
        counting(1).replace(
            "OPTIONAL_PARAMS = [",
            &format!("REQUIRED_PARAMS = {required}\n    OPTIONAL_PARAMS = ["),
        )
    };
    let tasks = [
        ("many", with("[{'name': f'p{n}'} for n in range(10_000)]"), "10"),
        (
            "huge",
            with("[{'name': 'p', 'description': 'x' * 10_000_000}]"),
            "",
        ),
        ("no_list", with("7"), "REQUIRED_PARAMS"),
        ("no_name", with("[{'label': 'x'}]"), "entry 1"),
        ("twice", with("['key']"), "key"),
        ("bad_name", with("[{'name': 'a b'}]"), "a b"),
    ];
    let written: Vec<_> = tasks
        .iter()
        .map(|(name, code, _)| (*name, code.as_str()))
        .collect();
    let test = start(&written).await;
    test.engine.catalog.rescan().await;
    for (name, _, word) in &tasks {
        let found = test.engine.catalog.find(name).unwrap().found.clone();
        if *name == "huge" {
            // Cut or refused, but never carried around.
            let size = format!("{found:?}").len();
            assert!(size < 100_000, "{size}");
            continue;
        }
        let problem = found.unwrap_err();
        assert_eq!(
            problem.kind,
            ProblemKind::BadParamsDeclaration,
            "{name}: {problem:?}"
        );
        assert!(problem.message.contains(word), "{name}: {problem:?}");
    }
}

#[tokio::test]
async fn f68_names_and_links_that_lead_astray_are_shown_and_never_run() {
    let folder = tempfile::tempdir().unwrap();
    let root = tasks_dir(&folder);
    for name in [".git", "__pycache__", "-rf", "a\nb", "good"] {
        write_task(&folder, name, &counting(1));
    }
    let outside = folder.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("job.py"), counting(2)).unwrap();
    fs::write(outside.join("secret.txt"), "the secret").unwrap();
    symlink(&outside, root.join("folder_out")).unwrap();
    symlink(outside.join("job.py"), root.join("file_out.py")).unwrap();
    fs::create_dir(root.join("job_out")).unwrap();
    symlink("/etc/passwd", root.join("job_out/job.py")).unwrap();
    symlink(outside.join("secret.txt"), root.join("good/README.md")).unwrap();
    let real = folder.path().join("real");
    fs::rename(&root, &real).unwrap();
    symlink("real", &root).unwrap();
    let config = config(&folder);
    let test = start_in(folder, config).await;
    let shown: Vec<_> = test
        .engine
        .catalog
        .list()
        .iter()
        .map(|task| task.name.clone())
        .collect();
    assert_eq!(
        shown,
        ["-rf", "a\nb", "file_out", "folder_out", "good", "job_out"]
    );
    for name in ["-rf", "a\nb"] {
        assert_eq!(problem(&test, name).kind, ProblemKind::BadName);
    }
    for name in ["file_out", "folder_out", "job_out"] {
        assert_eq!(problem(&test, name).kind, ProblemKind::LeadsOutside);
        assert_eq!(test.run(name).await.summary.status, RunStatus::Failed);
    }
    assert_eq!(test.run("good").await.summary.status, RunStatus::Success);
    assert_eq!(test.engine.catalog.find("good").unwrap().readme, None);
}

#[tokio::test]
async fn f69_a_huge_or_garbled_readme_is_cut_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    for (name, readme) in [
        ("huge", "# Title\n".repeat(2_500_000).into_bytes()),
        ("garbled", b"caf\xe9".to_vec()),
    ] {
        write_task(&folder, name, &counting(1));
        fs::write(tasks_dir(&folder).join(name).join("README.md"), readme).unwrap();
    }
    let config = config(&folder);
    let test = start_in(folder, config).await;
    let readme = |name| test.engine.catalog.find(name).unwrap().readme.clone().unwrap();
    assert_eq!(readme("huge").len(), 256 * 1024);
    assert_eq!(readme("garbled"), "caf\u{fffd}");
}

#[tokio::test]
async fn f75_an_unmounted_or_emptied_folder_forgets_no_task() {
    let test = start(&[("t", &job("return {}"))]).await;
    let (root, away) = (tasks_dir(&test.folder), test.folder.path().join("away"));
    fs::rename(&root, &away).unwrap();
    test.engine.catalog.rescan().await;
    assert!(test.engine.catalog.find("t").is_some());
    assert!(test.engine.catalog.root_problem().is_some());
    // An empty folder is what is left of a mount.
    fs::create_dir(&root).unwrap();
    test.engine.catalog.rescan().await;
    assert!(test.engine.catalog.find("t").is_some());
    assert_eq!(test.engine.catalog.root_problem(), None);
    assert_eq!(test.run("t").await.summary.status, RunStatus::Success);
    fs::remove_dir(&root).unwrap();
    fs::rename(&away, &root).unwrap();
    write_task(&test.folder, "t", &counting(22));
    wait_for(&test.engine, "t", has_title("Number 22")).await;
    // One of several tasks that goes is gone.
    write_task(&test.folder, "other", &counting(1));
    wait_for(&test.engine, "other", has_title("Number 1")).await;
    fs::remove_dir_all(root.join("t")).unwrap();
    test.engine.catalog.rescan().await;
    assert!(test.engine.catalog.find("t").is_none());
}
