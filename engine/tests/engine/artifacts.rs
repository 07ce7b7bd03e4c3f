//! Files that runs hand over.

use std::os::unix::fs::PermissionsExt;

use crate::common::{TestEngine, job, start};
use domain::run::RunStatus;
use tokio::io::AsyncReadExt;

/// Names and contents of the files of a run.
async fn files(test: &TestEngine, run_id: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for listed in test.engine.artifacts.list(run_id).await.unwrap() {
        let mut open = test
            .engine
            .artifacts
            .open(run_id, listed.seq)
            .await
            .unwrap()
            .unwrap();
        let mut content = String::new();
        open.file.read_to_string(&mut content).await.unwrap();
        assert_eq!(
            (&open.name, open.size, listed.size),
            (
                &listed.name,
                content.len() as u64,
                i64::try_from(content.len()).unwrap()
            )
        );
        files.push((listed.name, content));
    }
    files
}

#[tokio::test]
async fn files_that_a_run_hands_over_are_kept_whatever_its_end() {
    let body = "with open('report.csv', 'w') as file:\n    file.write('a,b\\n')\nself.artifact('report.csv')\n\
                self.artifact_text('../notes \u{1f680}.txt', 'caf\u{e9}')\nraise ValueError('later')";
    let test = start(&[("t", &job(body)), ("other", &job("return {}"))]).await;
    let run = test.run("t").await;
    let run_id = run.summary.run_id;
    assert_eq!(run.summary.status, RunStatus::Failed);
    assert_eq!(
        files(&test, &run_id).await,
        [
            ("report.csv".to_owned(), "a,b\n".to_owned()),
            ("notes \u{1f680}.txt".to_owned(), "caf\u{e9}".to_owned())
        ]
    );
    let data = test.folder.path().join("data");
    let kept = std::fs::metadata(data.join("artifacts").join(&run_id).join("1")).unwrap();
    assert_eq!(kept.permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(data.join("runs")).unwrap().count(), 0);

    let other = test.run("other").await.summary.run_id;
    let artifacts = &test.engine.artifacts;
    assert!(artifacts.open(&other, 1).await.unwrap().is_none());
    assert!(artifacts.open(&run_id, 3).await.unwrap().is_none());
    assert!(artifacts.open("../artifacts", 1).await.unwrap().is_none());
    std::fs::remove_file(data.join("artifacts").join(&run_id).join("1")).unwrap();
    assert!(artifacts.open(&run_id, 1).await.unwrap().is_none());
}

#[tokio::test]
async fn only_plain_files_of_the_task_itself_are_kept_and_nothing_it_prepared_is_followed() {
    let body = r"
self.artifact_text('good.txt', 'good')
self.artifact_text('replaced.txt', 'harmless')
self.artifact_text('linked.txt', 'harmless')
self.artifact_text('piped.txt', 'harmless')
self.artifact_text('folder.txt', 'harmless')
self.artifact_text('gone.txt', 'harmless')
key = os.path.abspath('../../secret.key')
os.chdir('.artifacts')
for number in range(2, 7):
    os.unlink(str(number))
os.symlink(key, '2')
os.link(key, '3')
os.mkfifo('4')
os.mkdir('5')
return {}";
    let test = start(&[("t", &job(body))]).await;
    let run = test.run("t").await;
    assert_eq!(run.summary.status, RunStatus::Success, "{run:?}");
    let run_id = run.summary.run_id;
    assert_eq!(
        files(&test, &run_id).await,
        [("good.txt".to_owned(), "good".to_owned())]
    );
    let log = test.log(&run_id).await;
    for name in ["replaced", "linked", "piped", "folder", "gone"] {
        assert!(
            log.contains(&format!("The file \"{name}.txt\" was not kept: ")),
            "{log}"
        );
    }
    let key = std::fs::metadata(test.folder.path().join("data/secret.key")).unwrap();
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_folder_in_the_place_of_the_files_leads_nowhere_else() {
    let body = r"
self.artifact_text('good.txt', 'good')
os.rename('.artifacts', 'aside')
os.symlink(os.path.abspath('aside'), '.artifacts')
return {}";
    let test = start(&[("t", &job(body))]).await;
    let run = test.run("t").await;
    assert_eq!(files(&test, &run.summary.run_id).await, []);
    let log = test.log(&run.summary.run_id).await;
    assert!(log.contains("The file \"good.txt\" was not kept: "), "{log}");
}
