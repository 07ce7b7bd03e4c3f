//! Files uploaded for parameters: what a run gets of them, and how long they are kept.

use crate::common::{TestEngine, config, job, start, start_in, start_with};
use crate::users::start_as_user;
use crate::values::task;
use domain::params::{FileRef, Typed, validate};
use domain::run::RunStatus;
use engine::runs::ParamShown;
use engine::uploads::{MAX_UPLOAD, UploadError};
use serde_json::json;

/// Uploads a file and puts it into a form.
pub(crate) async fn upload(
    test: &TestEngine,
    form: &mut Typed,
    param: &str,
    (name, content): (&str, &str),
) -> FileRef {
    let file = test
        .engine
        .uploads
        .store("t", param, name, content.as_bytes().to_vec(), "ann")
        .await
        .unwrap();
    form.set_file(param, file.clone());
    file
}

#[tokio::test]
async fn files_arrive_as_private_copies_even_when_two_have_one_name() {
    let body = "import pathlib\nfiles = [pathlib.Path(self.params[name]) for name in ('a', 'b')]\n\
        return {'details': [[str(file), file.read_text(), oct(file.stat().st_mode & 0o777), oct(file.parent.stat().st_mode & 0o777)]\n\
        for file in files], 'cwd': os.getcwd()}";
    let test = start(&[(
        "t",
        &task(
            "{'name': 'a', 'type': 'file'}, {'name': 'b', 'type': 'file'}",
            body,
        ),
    )])
    .await;
    let mut form = Typed::default();
    upload(&test, &mut form, "a", ("Zahlen.csv", "eins")).await;
    upload(&test, &mut form, "b", ("../zahlen.CSV", "zwei")).await;
    test.save_form("t", &form).await.unwrap();
    let result = test.run("t").await.result.unwrap();
    let folder = result["cwd"].as_str().unwrap();
    assert_eq!(
        result["details"],
        json!([
            [format!("{folder}/inputs/Zahlen.csv"), "eins", "0o600", "0o700"],
            [format!("{folder}/inputs-2/zahlen.CSV"), "zwei", "0o600", "0o700"],
        ])
    );
    assert!(!std::path::Path::new(folder).exists());
}

#[tokio::test]
async fn a_task_of_another_user_reads_and_changes_its_copy() {
    let body = "with open(self.params['a'], 'a') as file:\n    file.write('!')\n\
        return {'details': open(self.params['a']).read(), 'user': os.geteuid()}";
    let code = task("{'name': 'a', 'type': 'file'}", body);
    let Some(test) = start_as_user(&[("t", &code)], |_| {}).await else {
        return;
    };
    let mut form = Typed::default();
    upload(&test, &mut form, "a", ("in.csv", "a;b")).await;
    test.save_form("t", &form).await.unwrap();
    for _ in 0..2 {
        let run = test.run("t").await;
        assert_eq!(run.summary.status, RunStatus::Success, "{run:?}");
        let result = run.result.unwrap();
        assert_eq!(result["details"], "a;b!");
        assert_ne!(result["user"], 0);
    }
}

#[tokio::test]
async fn a_file_stays_until_it_is_replaced_or_cleared_and_old_runs_still_name_it() {
    let body = "return {'details': open(self.params['a']).read() if 'a' in self.params else 'none'}";
    let test = start(&[("t", &task("{'name': 'a', 'type': 'file'}, 'note'", body))]).await;
    let mut form = Typed::default();
    let first = upload(&test, &mut form, "a", ("one.csv", "1")).await;
    test.save_form("t", &form).await.unwrap();
    let old_run = test.run("t").await.summary.run_id;

    test.save("t", &[("note", "an empty field keeps the file")]).await;
    let saved = test.engine.settings.find("t").await.unwrap().unwrap();
    assert_eq!(saved.files["a"], first);
    assert!(saved.saved_names().contains("a"));
    assert_eq!(test.run("t").await.result.unwrap()["details"], "1");

    let second = upload(&test, &mut form, "a", ("two.csv", "22")).await;
    test.save_form("t", &form).await.unwrap();
    let uploads = &test.engine.uploads;
    assert_eq!(uploads.find(&first.id).await.unwrap(), None);
    assert_eq!(uploads.find(&second.id).await.unwrap(), Some(second.clone()));
    assert_eq!(test.run("t").await.result.unwrap()["details"], "22");

    let mut form = Typed::default();
    form.clear("a");
    test.save_form("t", &form).await.unwrap();
    assert_eq!(uploads.find(&second.id).await.unwrap(), None);
    assert_eq!(test.run("t").await.result.unwrap()["details"], "none");
    let old_run = test.engine.runs.find(&old_run).await.unwrap().unwrap();
    assert_eq!(old_run.params, [("a".into(), ParamShown::File(first))]);
}

#[tokio::test]
async fn a_waiting_run_gets_the_file_it_was_queued_with() {
    let waiting = task(
        "{'name': 'a', 'type': 'file'}",
        "return {'details': open(self.params['a']).read()}",
    );
    let long = job("print('up')\nawait asyncio.sleep(600)");
    let test = start_with(&[("t", &waiting), ("long", &long)], |config| {
        config.concurrency = 1;
    })
    .await;
    let long = test.begin("long").await;
    test.wait_for_log(&long, "up").await;
    let mut form = Typed::default();
    let old = upload(&test, &mut form, "a", ("a.txt", "old")).await;
    test.save_form("t", &form).await.unwrap();
    let waiting = test.begin("t").await;
    upload(&test, &mut form, "a", ("a.txt", "new")).await;
    test.save_form("t", &form).await.unwrap();
    test.engine.runs.cancel(&long, "ann").await.unwrap();
    let run = test
        .wait_until(&waiting, |run| run.summary.status.is_final())
        .await;
    assert_eq!(run.result.unwrap()["details"], "old");
    test.save("t", &[]).await;
    assert_eq!(test.engine.uploads.find(&old.id).await.unwrap(), None);
}

#[tokio::test]
async fn f71_nobody_reaches_a_file_of_another_task_or_parameter() {
    let params = "{'name': 'a', 'type': 'file'}, {'name': 'b', 'type': 'file'}";
    let test = start(&[
        ("t", &task(params, "return {}")),
        ("other", &task(params, "return {}")),
    ])
    .await;
    let mut form = Typed::default();
    let foreign = test
        .engine
        .uploads
        .store("other", "a", "x", b"x".to_vec(), "bob")
        .await
        .unwrap();
    form.set_file("a", foreign.clone());
    let folder = test.engine.catalog.find("t").unwrap();
    let accepted = validate(folder.params(), &[], &form, &[].into(), test.engine.zone);
    assert!(
        test.engine
            .settings
            .save("t", accepted.ok().unwrap(), "ann")
            .await
            .is_err()
    );
    assert_eq!(test.engine.settings.find("t").await.unwrap(), None);
    assert_eq!(
        test.engine.uploads.find(&foreign.id).await.unwrap(),
        Some(foreign)
    );
}

#[tokio::test]
async fn uploads_have_a_size_limit_and_those_nobody_saved_are_removed_after_a_day() {
    let test = start(&[("t", &task("{'name': 'a', 'type': 'file'}", "return {}"))]).await;
    let uploads = &test.engine.uploads;
    let most = usize::try_from(MAX_UPLOAD).unwrap();
    assert!(uploads.store("t", "a", "x", vec![0; most], "ann").await.is_ok());
    let refused = uploads.store("t", "a", "x", vec![0; most + 1], "ann").await;
    assert!(matches!(refused, Err(UploadError::TooLarge)));
    let mut form = Typed::default();
    let abandoned = uploads
        .store("t", "a", "old", b"x".to_vec(), "bob")
        .await
        .unwrap();
    let saved = upload(&test, &mut form, "a", ("saved", "x")).await;
    test.save_form("t", &form).await.unwrap();
    let young = uploads
        .store("t", "a", "young", b"x".to_vec(), "bob")
        .await
        .unwrap();
    assert!(uploads.find(&abandoned.id).await.unwrap().is_some());
    for file in [&abandoned, &saved] {
        let sql = "UPDATE uploads SET uploaded_at = '2026-01-01 00:00:00.000' WHERE id = ?";
        crate::database::change(&test, sql, &[&file.id]).await;
    }
    let folder = test.stop().await;
    let config = config(&folder);
    let test = start_in(folder, config).await;
    let uploads = &test.engine.uploads;
    assert_eq!(uploads.find(&abandoned.id).await.unwrap(), None);
    assert!(uploads.find(&saved.id).await.unwrap().is_some());
    assert!(uploads.find(&young.id).await.unwrap().is_some());
}
