//! Tasks that run as a user of their own. Without root there is none, and the server says so.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;

use crate::common::{TestEngine, config, job, processes_of, start_in, write_task};
use domain::run::{FailureReason, RunStatus};
use engine::{Config, Engine};
use tempfile::TempDir;

/// Every Linux has this user, and it owns nothing.
const USER: &str = "nobody";

/// An engine that runs these tasks as [`USER`]; none without root, after making sure that it refuses to.
pub(crate) async fn start_as_user(
    tasks: &[(&str, &str)],
    change: impl FnOnce(&mut Config),
) -> Option<TestEngine> {
    let folder = tempfile::tempdir().unwrap();
    for (name, code) in tasks {
        write_task(&folder, name, code);
    }
    let mut config = user_config(&folder);
    change(&mut config);
    if rustix::process::geteuid().is_root() {
        return Some(start_in(folder, config).await);
    }
    let refusal = Engine::open(config).await.err().unwrap().to_string();
    assert!(
        refusal.contains("only a server that is run by root can start tasks as another user"),
        "{refusal}"
    );
    None
}

fn user_config(folder: &TempDir) -> Config {
    // A temporary folder is its owner's only.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    Config {
        task_user: Some(USER.into()),
        // The first python3 of a developer may be below root's home, where others do not get.
        python: PathBuf::from("/usr/bin/python3"),
        ..config(folder)
    }
}

/// What the server keeps in its data folder and nobody else may read.
fn private_files() -> Vec<&'static str> {
    let mut names = vec!["secret.key", "server.lock"];
    if crate::database::server().is_none() {
        names.extend(["insightmesh.db", "insightmesh.db-wal", "insightmesh.db-shm"]);
    }
    names
}

#[tokio::test]
async fn a_task_of_another_user_works_in_its_folder_and_reaches_nothing_of_the_server() {
    let server = std::process::id();
    let names = format!("'{}'", private_files().join("', '"));
    let body = format!(
        "data = os.path.dirname(os.path.dirname(os.getcwd()))\n\
         def attempt(path):\n    \
         try:\n        open(path).read()\n        return 'read'\n    except PermissionError:\n        return 'refused'\n\
         print('user', *os.getresuid(), *os.getresgid(), os.getgroups(), os.environ['USER'])\n\
         print('home', os.environ['HOME'] == os.getcwd() == os.environ['TMPDIR'])\n\
         open('notes.txt', 'w').write('mine')\nprint('notes', os.stat('notes.txt').st_uid, oct(os.stat('.').st_mode))\n\
         for name in ({names}):\n    \
         print(name, attempt(os.path.join(data, name)))\n\
         print('environ', attempt('/proc/{server}/environ'))\n\
         for name in ('.', 'runs', 'artifacts'):\n    \
         try:\n        os.listdir(os.path.join(data, name))\n        print('listed', name)\n    \
         except (PermissionError, FileNotFoundError):\n        pass\n\
         try:\n    os.kill({server}, 0)\n    print('may signal the server')\nexcept PermissionError:\n    pass\n\
         return {{}}"
    );
    let Some(test) = start_as_user(&[("t", &job(&body))], |_| {}).await else {
        return;
    };
    let run = test.run("t").await;
    assert_eq!(run.summary.status, RunStatus::Success, "{run:?}");
    let log = test.log(&run.summary.run_id).await;
    let nobody = nix::unistd::User::from_name(USER).unwrap().unwrap();
    let (user, group) = (nobody.uid, nobody.gid);
    let expected = [
        format!("user {user} {user} {user} {group} {group} {group} [] nobody"),
        "home True".to_owned(),
        format!("notes {user} 0o40700"),
    ];
    let refused = private_files().into_iter().chain(["environ"]);
    let expected: Vec<String> = expected
        .into_iter()
        .chain(refused.map(|name| format!("{name} refused")))
        .collect();
    assert_eq!(log.lines().collect::<Vec<_>>(), expected);
    let left = std::fs::read_dir(test.folder.path().join("data/runs")).unwrap();
    assert_eq!(left.count(), 0);
}

#[tokio::test]
async fn a_task_of_another_user_is_described_as_that_user_and_its_files_become_the_servers() {
    let code = job("self.artifact_text('who.txt', str(os.getuid()))\nreturn {}").replacen(
        "    JOB_NAME = 'Test'",
        "    JOB_NAME = f'Described by {os.getuid()} in {oct(os.stat(\".\").st_mode)}'",
        1,
    );
    let Some(test) = start_as_user(&[("t", &code)], |_| {}).await else {
        return;
    };
    let nobody = nix::unistd::User::from_name(USER).unwrap().unwrap().uid;
    assert_eq!(
        test.engine.catalog.find("t").unwrap().title(),
        format!("Described by {nobody} in 0o40700")
    );
    let run_id = test.run("t").await.summary.run_id;
    let listed = test.engine.artifacts.list(&run_id).await.unwrap();
    assert_eq!(listed[0].name, "who.txt");
    let path = test.folder.path().join("data/artifacts").join(&run_id).join("1");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), nobody.to_string());
    let about = std::fs::metadata(path).unwrap();
    assert_eq!((about.uid(), about.permissions().mode() & 0o777), (0, 0o600));
}

#[tokio::test]
async fn f19_a_fork_bomb_of_another_user_is_bounded_and_ends_with_its_run() {
    // 200 at most, whatever the limit does.
    let body = "count = 0\nfor number in range(200):\n    \
                try:\n        child = os.fork()\n    except BlockingIOError:\n        break\n    \
                if child == 0:\n        if number % 2:\n            os.setsid()\n        time.sleep(600)\n        os._exit(0)\n    \
                count += 1\nprint('forked', count, flush=True)\nawait asyncio.sleep(600)";
    let limit = 40;
    let Some(test) = start_as_user(&[("t", &job(body))], |config| {
        // Not the user of the other tests: its processes count together.
        config.task_user = Some("daemon".into());
        config.limits.processes = Some(limit);
    })
    .await
    else {
        return;
    };
    let run_id = test.begin("t").await;
    test.wait_for_log(&run_id, "forked").await;
    let log = test.log(&run_id).await;
    let forked: u64 = log.trim().strip_prefix("forked ").unwrap().parse().unwrap();
    assert!((1..limit).contains(&forked), "{forked}");
    assert_eq!(test.cancel(&run_id).await.summary.status, RunStatus::Cancelled);
    assert_eq!(processes_of(&run_id), 0);
}

#[tokio::test]
async fn a_task_of_another_user_is_killed_when_it_ignores_its_time_limit() {
    let body = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(600)";
    let Some(test) = start_as_user(&[("t", &job(body))], |config| {
        config.time_limit = std::time::Duration::from_secs(1);
        config.stop_grace = std::time::Duration::from_millis(200);
    })
    .await
    else {
        return;
    };
    let run = test.run("t").await;
    assert_eq!(run.summary.failure_reason, Some(FailureReason::TimedOut));
}

#[tokio::test]
async fn a_user_that_cannot_run_tasks_is_refused_when_the_server_starts() {
    let refusal = async |change: fn(&mut Config)| {
        let folder = tempfile::tempdir().unwrap();
        let mut config = user_config(&folder);
        change(&mut config);
        Engine::open(config).await.err().unwrap().to_string()
    };
    let unknown = refusal(|config| config.task_user = Some("no-such-user".into())).await;
    assert!(
        unknown.contains("has no user of that name") && unknown.contains("useradd"),
        "{unknown}"
    );
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let root = refusal(|config| config.task_user = Some("root".into())).await;
    assert!(root.contains("which is root"), "{root}");
    let unreachable = refusal(|config| {
        let above = config.data_dir.parent().unwrap();
        std::fs::set_permissions(above, std::fs::Permissions::from_mode(0o700)).unwrap();
    })
    .await;
    assert!(unreachable.contains("It needs to reach"), "{unreachable}");
    assert!(unreachable.contains("Permission denied"), "{unreachable}");
}

#[tokio::test]
async fn the_servers_own_files_are_private_whatever_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    let database = data.join("insightmesh.db");
    std::fs::write(&database, "").unwrap();
    std::fs::set_permissions(&database, std::fs::Permissions::from_mode(0o644)).unwrap();
    std::fs::create_dir(folder.path().join("tasks")).unwrap();
    let config = config(&folder);
    let test = start_in(folder, config).await;
    for name in private_files() {
        let mode = std::fs::metadata(test.folder.path().join("data").join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}
