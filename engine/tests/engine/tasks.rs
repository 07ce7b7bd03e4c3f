//! The tasks folder: what loads, what does not, what changes.

use crate::common::{job, start, write_task};
use domain::run::RunStatus;
use domain::task::ProblemKind;

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
    std::fs::create_dir(folder.path().join("tasks/empty")).unwrap();
    std::fs::create_dir(folder.path().join("tasks/bad name")).unwrap();
    let config = engine::Config {
        describe_limit: std::time::Duration::from_secs(5),
        ..crate::common::config(&folder)
    };
    let test = crate::common::start_in(folder, config).await;
    test.engine.catalog.rescan().await;
    assert!(test.engine.catalog.find("good").unwrap().found.is_ok());
    for (name, _, kind, place) in &broken {
        let problem = test.engine.catalog.find(name).unwrap().found.clone().unwrap_err();
        assert_eq!(problem.kind, *kind, "{name}: {problem:?}");
        if place.is_some() {
            assert_eq!(problem.place().as_deref(), *place, "{name}");
        }
        assert!(!problem.advice().is_empty());
    }
    assert_eq!(
        test.engine
            .catalog
            .find("empty")
            .unwrap()
            .found
            .clone()
            .unwrap_err()
            .kind,
        ProblemKind::NoJobFile
    );
    assert_eq!(
        test.engine
            .catalog
            .find("bad name")
            .unwrap()
            .found
            .clone()
            .unwrap_err()
            .kind,
        ProblemKind::BadName
    );
}

#[tokio::test]
async fn a_new_folder_and_a_changed_file_are_seen_without_a_restart() {
    let test = start(&[]).await;
    assert!(test.engine.catalog.list().is_empty());
    write_task(&test.folder, "t", &job("return {'records_processed': 1}"));
    test.engine.catalog.rescan().await;
    assert_eq!(test.run("t").await.summary.records.processed, Some(1));
    write_task(&test.folder, "t", &job("return {'records_processed': 22}"));
    test.engine.catalog.rescan().await;
    let run = test.run("t").await;
    assert_eq!(run.summary.records.processed, Some(22));
    assert_eq!(
        run.code_hash,
        Some(test.engine.catalog.find("t").unwrap().code_hash.clone())
    );
}

#[tokio::test]
async fn f75_an_unmounted_folder_forgets_no_task() {
    let test = start(&[("t", &job("return {}"))]).await;
    std::fs::rename(test.folder.path().join("tasks"), test.folder.path().join("away")).unwrap();
    test.engine.catalog.rescan().await;
    assert!(test.engine.catalog.find("t").is_some());
}

#[tokio::test]
async fn reload_external_task_answers_from_inside_a_task_as_the_readme_writes_it() {
    let reload = "from services.external_task_loader import reload_external_task\n\
                  print(reload_external_task('other'), reload_external_task('absent'))\nreturn {}";
    let test = start(&[("t", &job(reload)), ("other", &job("return {}"))]).await;
    let run = test.run("t").await;
    assert_eq!(run.summary.status, RunStatus::Success, "{run:?}");
    assert!(test.log(&run.summary.run_id).await.contains("True False"));
}
