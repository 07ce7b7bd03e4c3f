//! Packages of tasks: real uv, real environments. Wheels are made here, so that most of it needs no network.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use crate::common::{TestEngine, config, job, start_in, write_task};
use crate::tasks::wait_for;
use crate::users::start_as_user;
use domain::run::{FailureReason, RunStatus};
use domain::task::{LoadProblem, ProblemKind};
use engine::tasks::{TaskFolder, TaskState};
use engine::{Config, Engine, EnvironmentPolicy};
use tempfile::TempDir;

/// The uv that `scripts/setup` installs.
fn uv() -> PathBuf {
    if let Some(uv) = std::env::var_os("UV") {
        return uv.into();
    }
    let cache = std::env::var_os("INSIGHTMESH_CACHE").map_or_else(
        || Path::new(&std::env::var_os("HOME").unwrap()).join(".cache/insightmesh-tasks"),
        PathBuf::from,
    );
    fs::read_dir(&cache)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin/uv"))
        .find(|uv| uv.display().to_string().contains("/uv-") && uv.is_file())
        .expect("These tests need uv: run scripts/setup once, or set UV to its path.")
}

/// Packages come from the wheels in `wheels` only.
fn offline(folder: &TempDir) -> Config {
    fs::create_dir_all(folder.path().join("wheels")).unwrap();
    Config {
        uv: uv(),
        wheels: Some(folder.path().join("wheels")),
        ..config(folder)
    }
}

/// Makes a wheel of one module that says its version.
fn wheel(folder: &TempDir, name: &str, version: &str) {
    let script = "import sys, zipfile\n\
        folder, name, version = sys.argv[1:]\n\
        info = f'{name}-{version}.dist-info'\n\
        with zipfile.ZipFile(f'{folder}/{name}-{version}-py3-none-any.whl', 'w') as wheel:\n    \
        wheel.writestr(f'{name}.py', f'VERSION = {version!r}\\n')\n    \
        wheel.writestr(f'{info}/METADATA', f'Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n')\n    \
        wheel.writestr(f'{info}/WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n    \
        wheel.writestr(f'{info}/RECORD', f'{name}.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n')\n";
    let made = Command::new("python3")
        .args(["-c", script])
        .arg(folder.path().join("wheels"))
        .args([name, version])
        .status();
    assert!(made.unwrap().success());
}

/// A task that imports a package and says its version.
fn write_user_of(folder: &TempDir, task: &str, package: &str, requirements: &str) {
    let code = job(&format!(
        "import {package}\nprint('it is', {package}.VERSION)\nreturn {{}}"
    ));
    write_task(folder, task, &format!("import {package}\n{code}"));
    fs::write(task_folder(folder, task).join("requirements.txt"), requirements).unwrap();
}

fn task_folder(folder: &TempDir, task: &str) -> PathBuf {
    folder.path().join("tasks").join(task)
}

/// A package, in the folder of a task, whose build waits for the file `go` and then writes its process number to
/// `builder`.
fn write_slow_package(task: &Path) {
    let package = task.join("slow");
    fs::create_dir_all(&package).unwrap();
    let backend = "import os, pathlib, time, zipfile\n\
        here = pathlib.Path(__file__).parent\n\
        def build_wheel(folder, *_):\n    \
            (here / 'draft').write_text(str(os.getpid()))\n    \
            (here / 'draft').rename(here / 'builder')\n    \
            while not (here / 'go').exists():\n        \
                time.sleep(0.02)\n    \
            with zipfile.ZipFile(f'{folder}/slow-1-py3-none-any.whl', 'w') as wheel:\n        \
                wheel.writestr('slow.py', 'VERSION = 1')\n        \
                wheel.writestr('slow-1.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: slow\\nVersion: 1\\n')\n        \
                wheel.writestr('slow-1.dist-info/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n        \
                wheel.writestr('slow-1.dist-info/RECORD', 'slow.py,,\\n')\n    \
            return 'slow-1-py3-none-any.whl'\n";
    fs::write(package.join("backend.py"), backend).unwrap();
    let project = "[project]\nname = 'slow'\nversion = '1'\n\
        [build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n";
    fs::write(package.join("pyproject.toml"), project).unwrap();
}

async fn wait_for_file(path: &Path) -> String {
    let found = async {
        loop {
            if let Ok(text) = fs::read_to_string(path) {
                return text;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), found)
        .await
        .expect("the file did not come")
}

async fn wait_until_ready(test: &TestEngine, task: &str) {
    wait_for(&test.engine, task, |task| task.state() == TaskState::Ready).await;
}

async fn wait_for_problem(test: &TestEngine, task: &str, kind: ProblemKind) -> LoadProblem {
    let is_so = |task: &TaskFolder| task.found.as_ref().is_err_and(|problem| problem.kind == kind);
    wait_for(&test.engine, task, is_so)
        .await
        .found
        .clone()
        .unwrap_err()
}

fn environments(test: &TestEngine) -> PathBuf {
    test.folder.path().join("data/environments")
}

#[tokio::test]
async fn tasks_with_equal_requirements_share_one_environment_and_run_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let config = offline(&folder);
    wheel(&folder, "tiny_pkg", "1.0");
    wheel(&folder, "tiny_pkg", "2.0");
    write_user_of(&folder, "one", "tiny_pkg", "tiny-pkg<2\n");
    write_user_of(&folder, "two", "tiny_pkg", "tiny-pkg<2\n");
    write_user_of(&folder, "newer", "tiny_pkg", "-r more.txt");
    fs::write(task_folder(&folder, "newer").join("more.txt"), "tiny_pkg # any").unwrap();
    fs::write(folder.path().join("tasks/single.py"), job("return {}")).unwrap();
    let test = start_in(folder, config).await;
    for (task, version) in [("one", "1.0"), ("two", "1.0"), ("newer", "2.0")] {
        wait_until_ready(&test, task).await;
        let run = test.run(task).await;
        assert_eq!(run.summary.status, RunStatus::Success, "{run:?}");
        let log = test.log(&run.summary.run_id).await;
        assert!(log.contains(&format!("it is {version}")), "{log}");
        assert!(!log.contains("Installing"), "{log}");
    }
    let list = test.engine.environments.list(&test.engine.catalog.list()).await;
    let mut users: Vec<_> = list.iter().map(|each| each.used_by.join(" ")).collect();
    users.sort();
    assert_eq!(users, ["newer", "one two"]);
    assert!(list.iter().all(|each| each.size > 0 && each.last_used.is_some()));
}

#[tokio::test]
async fn an_unknown_package_is_explained_with_its_line_and_mended_without_an_edit() {
    let folder = tempfile::tempdir().unwrap();
    let config = offline(&folder);
    wheel(&folder, "tiny_pkg", "1.0");
    write_user_of(&folder, "t", "no_such_pkg", "tiny-pkg\n# and\nno-such-pkg>=1\n");
    let test = start_in(folder, config).await;
    let problem = wait_for_problem(&test, "t", ProblemKind::PackagesFailed).await;
    assert!(problem.message.contains("no-such-pkg"), "{problem:?}");
    assert_eq!(problem.place().as_deref(), Some("requirements.txt, line 3"));
    assert!(problem.traceback.is_some_and(|output| output.contains("error:")));
    let run = test.run("t").await;
    assert_eq!(
        run.summary.failure_reason,
        Some(FailureReason::LoadError),
        "{run:?}"
    );
    // Half a folder was not left in use.
    assert!(test.engine.environments.list(&[]).await.is_empty());
    wheel(&test.folder, "no_such_pkg", "1.5");
    test.engine.catalog.check_again(Some("t")).await;
    wait_until_ready(&test, "t").await;
    // An edit is enough as well.
    let requirements = task_folder(&test.folder, "t").join("requirements.txt");
    fs::write(&requirements, "six=2\n").unwrap();
    let is_told = |task: &TaskFolder| {
        let newer = task.newer.as_ref().map(|newer| &newer.problem);
        newer.is_some_and(|problem| problem.kind == ProblemKind::PackagesFailed)
    };
    let kept = wait_for(&test.engine, "t", is_told).await;
    assert_eq!(kept.state(), TaskState::ReadyButNewerBroken);
    assert_eq!(test.run("t").await.summary.status, RunStatus::Success);
    fs::write(&requirements, "no-such-pkg\n").unwrap();
    wait_until_ready(&test, "t").await;
}

#[tokio::test]
async fn while_packages_are_installed_other_tasks_load_and_a_run_waits_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let config = offline(&folder);
    write_user_of(&folder, "slow", "slow", "./slow\n");
    write_slow_package(&task_folder(&folder, "slow"));
    write_task(&folder, "other", &job("return {}"));
    let test = start_in(folder, config).await;
    wait_for_file(&task_folder(&test.folder, "slow").join("slow/builder")).await;
    wait_until_ready(&test, "other").await;
    let preparing = test.engine.catalog.find("slow").unwrap();
    assert_eq!(preparing.state(), TaskState::Preparing);
    let run_id = test.engine.runs.start_now("slow", "ann", "key").await.unwrap();
    test.wait_for_log(&run_id, "Installing packages: Building slow")
        .await;
    let message = test
        .engine
        .catalog
        .find("slow")
        .unwrap()
        .found
        .clone()
        .unwrap_err()
        .message;
    assert!(
        message.starts_with("Installing packages: Building slow"),
        "{message}"
    );
    // A run that waits can be stopped, and the others still get their packages.
    let stopped = test.engine.runs.start_now("slow", "ann", "key 2").await.unwrap();
    test.wait_for_log(&stopped, "Installing packages").await;
    test.engine.runs.cancel(&stopped, "ann").await.unwrap();
    let run = test
        .wait_until(&stopped, |run| run.summary.status.is_final())
        .await;
    assert_eq!(run.summary.status, RunStatus::Cancelled);
    fs::write(task_folder(&test.folder, "slow").join("slow/go"), "").unwrap();
    let run = test
        .wait_until(&run_id, |run| run.summary.status.is_final())
        .await;
    assert_eq!(run.summary.status, RunStatus::Success, "{run:?}");
    let log = test.log(&run_id).await;
    assert!(log.contains("it is 1"), "{log}");
}

#[tokio::test]
async fn a_build_that_was_broken_off_leaves_nothing_and_is_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let config = offline(&folder);
    write_user_of(&folder, "slow", "slow", "./slow\n");
    let package = task_folder(&folder, "slow").join("slow");
    write_slow_package(&task_folder(&folder, "slow"));
    let test = start_in(folder, config.clone()).await;
    let builder = wait_for_file(&package.join("builder")).await;
    let folder = test.stop().await;
    let process = PathBuf::from(format!("/proc/{builder}"));
    let gone = async {
        // A process that ended but was not waited for has no command line any more.
        while fs::read(process.join("cmdline")).is_ok_and(|line| !line.is_empty()) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone)
        .await
        .expect("the build goes on without its server");
    fs::write(package.join("go"), "").unwrap();
    let config = Config {
        data_dir: folder.path().join("data"),
        ..config
    };
    let test = start_in(folder, config).await;
    wait_until_ready(&test, "slow").await;
    assert_eq!(test.run("slow").await.summary.status, RunStatus::Success);
}

#[tokio::test]
async fn two_servers_at_once_build_an_environment_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = offline(&folder);
    let calls = folder.path().join("calls");
    let script = format!(
        "#!/bin/sh\necho \"$1\" >> {}\nexec {} \"$@\"\n",
        calls.display(),
        uv().display()
    );
    config.uv = folder.path().join("uv");
    fs::write(&config.uv, script).unwrap();
    fs::set_permissions(&config.uv, fs::Permissions::from_mode(0o755)).unwrap();
    wheel(&folder, "tiny_pkg", "1.0");
    write_user_of(&folder, "t", "tiny_pkg", "tiny-pkg");
    // Not started: only one server may run on a data folder. A command line uses it beside the server like this.
    let (one, other) = (
        Engine::open(config.clone()).await.unwrap(),
        Engine::open(config).await.unwrap(),
    );
    tokio::join!(one.catalog.rescan(), other.catalog.rescan());
    for engine in [&one, &other] {
        let requirements = engine.catalog.find("t").unwrap().requirements.clone().unwrap();
        engine
            .environments
            .python_for(&requirements, |_| ())
            .await
            .unwrap();
        engine.catalog.rescan().await;
        assert_eq!(engine.catalog.find("t").unwrap().state(), TaskState::Ready);
    }
    assert_eq!(fs::read_to_string(calls).unwrap(), "venv\npip\n");
}

#[tokio::test]
async fn an_environment_that_somebody_removed_is_built_again_by_the_run_that_needs_it() {
    let folder = tempfile::tempdir().unwrap();
    let config = offline(&folder);
    wheel(&folder, "tiny_pkg", "1.0");
    write_user_of(&folder, "t", "tiny_pkg", "tiny-pkg");
    let test = start_in(folder, config).await;
    wait_until_ready(&test, "t").await;
    let key = test.engine.environments.list(&[]).await[0].key.clone();
    fs::remove_dir_all(environments(&test).join(key)).unwrap();
    let run = test.run("t").await;
    assert_eq!(run.summary.status, RunStatus::Success, "{run:?}");
    let log = test.log(&run.summary.run_id).await;
    assert!(log.contains("Installing packages: Resolved 1 package"), "{log}");
    assert!(log.contains("it is 1.0"), "{log}");
}

#[tokio::test]
async fn environments_that_no_task_uses_go_after_a_week() {
    let folder = tempfile::tempdir().unwrap();
    let config = offline(&folder);
    for version in ["1.0", "2.0", "3.0"] {
        wheel(&folder, "tiny_pkg", version);
        write_user_of(
            &folder,
            &format!("t{}", &version[..1]),
            "tiny_pkg",
            &format!("tiny-pkg=={version}"),
        );
    }
    let test = start_in(folder, config).await;
    for task in ["t1", "t2", "t3"] {
        wait_until_ready(&test, task).await;
    }
    let key_of = |task: &str| {
        let task = test.engine.catalog.find(task).unwrap();
        task.requirements.as_ref().unwrap().key().to_owned()
    };
    let (used, old, young) = (key_of("t1"), key_of("t2"), key_of("t3"));
    let days_ago = |days: u64| SystemTime::now() - Duration::from_hours(days * 24);
    for (key, days) in [(&used, 9), (&old, 8), (&young, 6)] {
        let mark = fs::File::options()
            .write(true)
            .open(environments(&test).join(key).join("complete"))
            .unwrap();
        mark.set_modified(days_ago(days)).unwrap();
    }
    let in_use = [test.engine.catalog.find("t1").unwrap()];
    assert_eq!(test.engine.environments.remove_unused(&in_use).await, 1);
    let left = test.engine.environments.list(&in_use).await;
    let keys: Vec<_> = left.iter().map(|each| &each.key).collect();
    assert_eq!(keys, [&used, &young], "the one in use counts as used now");
    // It still works: what is shared with uv's cache was not taken from it.
    assert_eq!(test.run("t1").await.summary.status, RunStatus::Success);
}

#[tokio::test]
async fn what_is_installed_for_the_interpreter_itself_is_found_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("base");
    let made = Command::new("python3")
        .args(["-m", "venv", "--without-pip"])
        .arg(&base)
        .status();
    assert!(made.unwrap().success());
    let site = fs::read_dir(base.join("lib"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    fs::write(
        site.join("site-packages/preinstalled.py"),
        "VERSION = 'of the image'",
    )
    .unwrap();
    fs::write(site.join("site-packages/tiny_pkg.py"), "VERSION = 'of the image'").unwrap();
    let config = Config {
        python: base.join("bin/python"),
        ..offline(&folder)
    };
    wheel(&folder, "tiny_pkg", "1.0");
    write_user_of(&folder, "t", "preinstalled", "tiny-pkg");
    let job_file = task_folder(&folder, "t").join("job.py");
    let code = fs::read_to_string(&job_file).unwrap();
    let code = code.replace(
        "return {}",
        "import tiny_pkg; print('and', tiny_pkg.VERSION); return {}",
    );
    fs::write(&job_file, code).unwrap();
    let test = start_in(folder, config).await;
    wait_until_ready(&test, "t").await;
    let run = test.run("t").await;
    let log = test.log(&run.summary.run_id).await;
    assert!(
        log.contains("it is of the image") && log.contains("and 1.0"),
        "{log}"
    );
}

#[tokio::test]
async fn without_uv_the_task_says_how_to_get_it_and_preinstalled_packages_need_none() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        uv: "no-such-uv".into(),
        ..config(&folder)
    };
    write_task(&folder, "t", &job("return {}"));
    fs::write(task_folder(&folder, "t").join("requirements.txt"), "six").unwrap();
    let test = start_in(folder, config.clone()).await;
    let problem = wait_for_problem(&test, "t", ProblemKind::PackagesFailed).await;
    assert!(problem.message.contains("pip install uv"), "{problem:?}");
    assert_eq!(problem.place(), None);
    let folder = test.stop().await;
    let config = Config {
        environments: EnvironmentPolicy::Preinstalled,
        ..config
    };
    let test = start_in(folder, config).await;
    wait_until_ready(&test, "t").await;
    assert_eq!(test.run("t").await.summary.status, RunStatus::Success);
    let is_built = environments(&test).join(".cache").exists();
    assert!(!is_built);
}

#[tokio::test]
async fn the_tasks_own_user_reads_environments_and_copied_code() {
    let with_wheels = |config: &mut Config| {
        config.uv = uv();
        config.wheels = Some(config.tasks_dir.with_file_name("wheels"));
    };
    let Some(test) = start_as_user(&[], with_wheels).await else {
        return;
    };
    fs::create_dir(test.folder.path().join("wheels")).unwrap();
    wheel(&test.folder, "tiny_pkg", "1.0");
    write_user_of(&test.folder, "t", "tiny_pkg", "tiny-pkg");
    wait_until_ready(&test, "t").await;
    let run = test.run("t").await;
    let log = test.log(&run.summary.run_id).await;
    assert!(log.contains("it is 1.0"), "{log} {run:?}");
    let copy = test
        .engine
        .catalog
        .find("t")
        .unwrap()
        .code
        .folder()
        .unwrap()
        .to_path_buf();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&copy), mode(&copy.join("job.py"))), (0o755, 0o644));
}

#[tokio::test]
async fn packages_come_from_pypi_unless_told_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        uv: uv(),
        ..config(&folder)
    };
    for task in ["one", "two"] {
        write_task(&folder, task, &format!("import humanize\n{}", job("return {}")));
    }
    fs::write(
        task_folder(&folder, "one").join("requirements.txt"),
        "humanize==4.12.3",
    )
    .unwrap();
    let began = Instant::now();
    let test = start_in(folder, config).await;
    wait_until_ready(&test, "one").await;
    println!("first build: {:?}", began.elapsed());
    let began = Instant::now();
    let requirements = "humanize==4.12.3 # in the cache by now";
    fs::write(
        task_folder(&test.folder, "two").join("requirements.txt"),
        requirements,
    )
    .unwrap();
    wait_until_ready(&test, "two").await;
    println!("build from the cache: {:?}", began.elapsed());
    assert_eq!(test.run("one").await.summary.status, RunStatus::Success);
}
