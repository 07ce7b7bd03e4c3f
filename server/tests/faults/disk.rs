//! A disk that is full, or cannot be written. The tests start themselves again where they may mount one.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use domain::run::RunStatus;
use engine::Engine;
use sqlx::Row;

use crate::common::{config, job, write_task};
use crate::database;
use crate::place::{Place, Server, until};

/// Tells of itself, then waits for word to say a lot, and for word to end.
const TALKS: &str = r"
def path(name):
    return os.path.join(os.environ['EXTERNAL_TASKS_PATH'], '..', name)
print('begun', flush=True)
while not os.path.exists(path('talk')):
    await asyncio.sleep(0.05)
for number in range(3000):
    print('x' * 1000)
open(path('talked'), 'w').close()
while not os.path.exists(path('end')):
    await asyncio.sleep(0.05)
print('the end')
return {'records_processed': 3}";

const AGAIN: &str = "FAULTS_MAY_MOUNT";

/// Runs a test of this file where it can mount. `false`: this is there already, or nowhere.
fn is_done_elsewhere(test: &str) -> bool {
    if std::env::var_os(AGAIN).is_some() {
        return false;
    }
    let program = std::env::current_exe().unwrap();
    let again = |flags: &[&str], words: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(flags).args(words).env(AGAIN, "1").output()
    };
    // Root needs no namespace for users.
    let flags = [["-m", "--"], ["-Urm", "--"]];
    let can = |flags: &&[&str; 2]| {
        again(*flags, &["mount", "-t", "tmpfs", "none", "/mnt"]).is_ok_and(|done| done.status.success())
    };
    let Some(flags) = flags.iter().find(can) else {
        eprintln!("skipped: nothing can be mounted on this computer");
        return true;
    };
    let name = format!("disk::{test}");
    let done = again(
        flags,
        &[program.to_str().unwrap(), "--exact", &name, "--nocapture"],
    )
    .unwrap();
    let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
    true
}

fn mount(options: &str, folder: &Path) {
    let mut command = Command::new("mount");
    let command = command.args(["-t", "tmpfs", "-o", options, "none"]).arg(folder);
    assert!(command.status().unwrap().success());
}

fn fill(file: &Path) {
    let mut filler = File::create(file).unwrap();
    for size in [65_536, 1024, 1] {
        while filler.write_all(&vec![0; size]).is_ok() {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f41_a_full_disk_kills_no_run_and_all_goes_on_when_there_is_space_again() {
    if database::server().is_some()
        || is_done_elsewhere("f41_a_full_disk_kills_no_run_and_all_goes_on_when_there_is_space_again")
    {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    mount("size=32m,mode=700", &data);
    write_task(&folder, "t", &job(TALKS));
    let place = Place::from(folder).await;
    let schedule = place.schedule(-1).await;
    let mut server = Server::start(&place, &[]).await;
    let run = place.until_begun(&schedule).await;
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
    fill(&data.join("filler"));
    let word = |name: &str| std::fs::write(place.folder.path().join(name), "").unwrap();
    word("talk");
    server.until_said("log lines not stored").await;
    until("the task has talked", async || {
        place.folder.path().join("talked").exists().then_some(())
    })
    .await;
    assert!(server.get("/readyz").starts_with("HTTP/1.1 503"));
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200"));
    assert!(server.is_alive());
    let still = place.engine.runs.find(&run.run_id).await.unwrap().unwrap();
    assert_eq!(still.summary.status, RunStatus::Running);
    std::fs::remove_file(data.join("filler")).unwrap();
    word("end");
    let ended = place.until_over(&schedule, 1).await;
    assert_eq!(
        (ended.status, ended.records.processed),
        (RunStatus::Success, Some(3))
    );
    let log = place.engine.logs.tail(&run.run_id, 10_000).await.unwrap().lines;
    assert!(
        log.iter()
            .any(|line| line.text.contains("the database could not store them"))
    );
    assert_eq!(log.last().unwrap().text, "the end");
    let check = database::read_in(place.folder.path(), "PRAGMA integrity_check").await;
    assert_eq!(check[0].get::<String, _>(0), "ok");
    place.set_due(&schedule, -1).await;
    place.until_over(&schedule, 2).await;
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f37_a_data_folder_that_cannot_be_written_is_named_at_the_start() {
    if database::server().is_some()
        || is_done_elsewhere("f37_a_data_folder_that_cannot_be_written_is_named_at_the_start")
    {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir_all(folder.path().join("tasks")).unwrap();
    std::fs::create_dir(&data).unwrap();
    mount("mode=700", &data);
    drop(Engine::open(config(&folder)).await.unwrap());
    mount("remount,ro", &data);
    let refused = Engine::open(config(&folder))
        .await
        .err()
        .expect("refused")
        .to_string();
    assert!(
        refused.contains(data.to_str().unwrap()) && refused.contains("Read-only file system"),
        "{refused}"
    );
}
