//! Files that change while the server runs: what is noticed, what goes on running.

use std::fs;
use std::time::{Duration, Instant};

use crate::common::{config, job, start, start_in, write_task};
use crate::tasks::{counting, has_title, problem, tasks_dir, wait_for};
use domain::run::RunStatus;
use domain::task::ProblemKind;
use engine::tasks::TaskState;

#[tokio::test]
async fn a_new_folder_and_a_changed_file_are_seen_without_a_restart() {
    let test = start(&[]).await;
    assert!(test.engine.catalog.list().is_empty());
    write_task(&test.folder, "t", &counting(1));
    test.engine.catalog.rescan().await;
    assert_eq!(test.run("t").await.summary.records.processed, Some(1));
    write_task(&test.folder, "t", &counting(22));
    test.engine.catalog.rescan().await;
    let run = test.run("t").await;
    assert_eq!(run.summary.records.processed, Some(22));
    assert_eq!(
        run.code_hash,
        Some(test.engine.catalog.find("t").unwrap().code_hash.clone())
    );
}

#[tokio::test]
async fn the_system_tells_of_changes_long_before_the_next_look() {
    let test = start(&[("t", &counting(1))]).await;
    let seen = async {
        // New, changed, replaced as editors do it, below a folder that is new itself, and gone.
        write_task(&test.folder, "new", &counting(2));
        wait_for(&test.engine, "new", has_title("Number 2")).await;
        write_task(&test.folder, "t", &counting(33));
        wait_for(&test.engine, "t", has_title("Number 33")).await;
        let task = tasks_dir(&test.folder).join("t");
        fs::write(task.join("job.py.new"), counting(444)).unwrap();
        fs::rename(task.join("job.py.new"), task.join("job.py")).unwrap();
        wait_for(&test.engine, "t", has_title("Number 444")).await;
        fs::create_dir(task.join("lib")).unwrap();
        let code = counting(5).replace("'Number 5'", "lib.names.TITLE");
        write_task(&test.folder, "t", &format!("import lib.names\n{code}"));
        fs::write(task.join("lib/names.py"), "TITLE = 'From lib'").unwrap();
        wait_for(&test.engine, "t", has_title("From lib")).await;
        fs::write(task.join("lib/names.py"), "TITLE = 'From lib, edited'").unwrap();
        wait_for(&test.engine, "t", has_title("From lib, edited")).await;
        let mut changes = test.engine.catalog.changes();
        fs::remove_dir_all(&task).unwrap();
        while test.engine.catalog.find("t").is_some() {
            changes.changed().await.unwrap();
        }
    };
    // Looks without being told come every ten seconds.
    tokio::time::timeout(Duration::from_secs(30), seen)
        .await
        .expect("six changes took as long as looking by the clock");
}

#[tokio::test]
async fn f73_a_running_task_keeps_its_code_even_what_it_imports_late_and_the_next_run_has_the_new() {
    let waits = "go = os.path.join(os.path.dirname(__file__), 'go')\nprint('started')\nwhile not os.path.exists(go): await asyncio.sleep(0.02)\n\
                 import late\nreturn {'records_processed': late.NUMBER}";
    let folder = tempfile::tempdir().unwrap();
    write_task(&folder, "t", &job(waits));
    let task = tasks_dir(&folder).join("t");
    fs::write(task.join("late.py"), "NUMBER = 1").unwrap();
    let config = config(&folder);
    let test = start_in(folder, config).await;
    let old = test.engine.catalog.find("t").unwrap();
    let copy = old.code.folder().unwrap().to_path_buf();
    let run_id = test.engine.runs.start_now("t", "ann", "key").await.unwrap();
    test.wait_for_log(&run_id, "started").await;
    fs::write(task.join("late.py"), "NUMBER = 22").unwrap();
    write_task(&test.folder, "t", &job(waits).replace("'Test'", "'New'"));
    let new = wait_for(&test.engine, "t", has_title("New")).await;
    assert_ne!(new.code_hash, old.code_hash);
    let old_hash = old.code_hash.clone();
    drop(old);
    assert!(copy.exists(), "the run still needs it");
    fs::write(task.join("go"), "").unwrap();
    let first = test
        .wait_until(&run_id, |run| run.summary.status.is_final())
        .await;
    assert_eq!(first.summary.records.processed, Some(1), "{first:?}");
    assert_eq!(first.code_hash, Some(old_hash));
    let second = test.run("t").await;
    assert_eq!(second.summary.records.processed, Some(22), "{second:?}");
    assert_eq!(second.code_hash, Some(new.code_hash.clone()));
    let data = test.folder.path().join("data");
    let copies = || fs::read_dir(data.join("code/t")).unwrap().count();
    assert_eq!(copies(), 1, "the old copy went with the run");
    drop(new);
    let folder = test.stop().await;
    // A server that was killed leaves copies, which the next one removes.
    fs::create_dir_all(folder.path().join("data/code/t/77")).unwrap();
    let config = crate::common::config(&folder);
    let test = start_in(folder, config).await;
    let left = fs::read_dir(test.folder.path().join("data/code/t"))
        .unwrap()
        .count();
    assert_eq!(left, 1);
}

#[tokio::test]
async fn f74_a_file_that_is_written_slowly_shows_no_problem_and_loses_no_task() {
    let test = start(&[("t", &counting(1))]).await;
    let root = tasks_dir(&test.folder);
    fs::write(root.join("flat.py"), counting(1)).unwrap();
    test.engine.catalog.rescan().await;
    let mut changes = test.engine.catalog.changes();
    let writing = async {
        // Forty pieces, so that there are several looks in between.
        let code = counting(22);
        let mut pace = tokio::time::interval(Duration::from_millis(50));
        let (mut last, mut longest) = (Instant::now(), Duration::ZERO);
        for piece in 0..=40 {
            for path in ["t/job.py", "flat.py"] {
                fs::write(root.join(path), &code[..code.len() * piece / 40]).unwrap();
            }
            longest = longest.max(last.elapsed());
            last = Instant::now();
            pace.tick().await;
        }
        longest
    };
    let looking = async {
        let mut has_problem = false;
        loop {
            changes.borrow_and_update();
            let tasks = ["t", "flat"].map(|name| test.engine.catalog.find(name).expect("the task was lost"));
            assert!(tasks.iter().all(|task| task.found.is_ok()), "{tasks:?}");
            has_problem |= tasks.iter().any(|task| task.newer.is_some());
            if tasks.iter().all(|task| has_title("Number 22")(task)) {
                return has_problem;
            }
            changes.changed().await.unwrap();
        }
    };
    let both = async { tokio::join!(writing, looking) };
    let (longest, has_problem) = tokio::time::timeout(Duration::from_secs(30), both)
        .await
        .expect("the new file was not taken");
    // A machine too busy to write for that long has in truth stopped writing.
    assert!(
        !has_problem || longest > Duration::from_millis(250),
        "{longest:?}"
    );
}

#[tokio::test]
async fn f74_a_broken_edit_is_told_while_the_last_good_version_goes_on_running() {
    let test = start(&[("t", &counting(1))]).await;
    let good = test.engine.catalog.find("t").unwrap();
    write_task(&test.folder, "t", "def broken(:\n");
    fs::write(tasks_dir(&test.folder).join("t/README.md"), "new").unwrap();
    let kept = wait_for(&test.engine, "t", |task| {
        task.state() == TaskState::ReadyButNewerBroken
    })
    .await;
    let newer = kept.newer.clone().unwrap();
    assert_eq!(newer.problem.kind, ProblemKind::SyntaxError);
    assert_eq!(newer.problem.place().as_deref(), Some("job.py, line 1"));
    assert_eq!((&kept.found, &kept.code_hash), (&good.found, &good.code_hash));
    assert_eq!(kept.readme.as_deref(), Some("new"));
    let run = test.run("t").await;
    assert_eq!(run.summary.records.processed, Some(1), "{run:?}");
    assert_eq!(run.code_hash, Some(good.code_hash.clone()));
    // The same problem again keeps its date; mended, it is gone.
    test.engine.catalog.check_again(Some("t")).await;
    assert_eq!(test.engine.catalog.find("t").unwrap().newer, Some(newer));
    write_task(&test.folder, "t", &counting(22));
    wait_for(&test.engine, "t", has_title("Number 22")).await;
    assert_eq!(test.run("t").await.summary.records.processed, Some(22));
    // Without its file it is no task any more.
    fs::remove_file(tasks_dir(&test.folder).join("t/job.py")).unwrap();
    wait_for(&test.engine, "t", |task| task.state() == TaskState::Problem).await;
    assert_eq!(problem(&test, "t").kind, ProblemKind::NoJobFile);
}

#[tokio::test]
async fn a_data_file_that_grows_all_the_time_does_not_hold_back_an_edit() {
    let test = start(&[("t", &counting(1))]).await;
    let data = tasks_dir(&test.folder).join("t/history.csv");
    let growing = async {
        let mut pace = tokio::time::interval(Duration::from_millis(20));
        for number in 0.. {
            fs::write(&data, "x".repeat(number)).unwrap();
            pace.tick().await;
        }
    };
    let edited = async {
        write_task(&test.folder, "t", &counting(22));
        wait_for(&test.engine, "t", has_title("Number 22")).await;
    };
    tokio::select! {
        () = growing => {}
        () = edited => {}
    }
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
