//! The settings form: files, tests, choices.

use super::*;

const BOUNDARY: &str = "----boundary";

/// Asks for a text and a file, and can be tested.
const TASK: &str = "from jobs.base_job import BaseJob
class J(BaseJob):
    JOB_NAME = 'Takes a file'
    REQUIRED_PARAMS = [
        {'name': 'note', 'label': 'Note'},
        {'name': 'report', 'label': 'Report', 'type': 'file', 'accept': ['.csv']},
    ]
    def __init__(self, settings, note, report):
        super().__init__(settings)
        self.note, self.report = note, report
    async def check(self):
        if self.note == 'wrong':
            raise ValueError('this note does not work')
        return f'note {self.note}, report {len(open(self.report).read())}'
    async def execute(self):
        return {}
Job = J
";

impl Site {
    async fn with_task(code: &str, names: &[&str]) -> Self {
        let site = Self::signed_in().await;
        for name in names {
            let task = site.folder.path().join("tasks").join(name);
            std::fs::create_dir(&task).unwrap();
            std::fs::write(task.join("job.py"), code).unwrap();
        }
        site.engine.catalog.rescan().await;
        site
    }

    /// Sends a form as a browser sends one with files: name, file name, content of each part.
    async fn upload(&self, path: &str, parts: &[(&str, Option<&str>, &[u8])]) -> Answer {
        let mut body = Vec::new();
        for (name, file, content) in parts {
            body.extend(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"").bytes());
            if let Some(file) = file {
                body.extend(format!("; filename=\"{file}\"\r\nContent-Type: text/csv").bytes());
            }
            body.extend(b"\r\n\r\n");
            body.extend_from_slice(content);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{BOUNDARY}--\r\n").bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let headers = [("sec-fetch-site", "same-origin"), ("content-type", kind.as_str())];
        self.send_bytes(Method::POST, path, body, &headers).await
    }

    async fn saved_file(&self, task: &str) -> Option<String> {
        let saved = self.engine.settings.find(task).await.unwrap()?;
        saved.files.get("report").map(|file| file.name.clone())
    }
}

/// The id that a page carries for a file that has arrived.
fn upload_id(answer: &Answer) -> &str {
    let rest = answer.body.split("name=\"param.report.upload\" value=\"").nth(1);
    rest.and_then(|rest| rest.split('"').next())
        .unwrap_or_else(|| panic!("no upload in {}", answer.body))
}

#[tokio::test]
async fn a_file_that_came_with_a_rejected_form_need_not_be_sent_again() {
    let site = Site::with_task(TASK, &["t"]).await;
    let page = site.get("/tasks/t").await;
    assert!(
        page.body.contains("enctype=\"multipart/form-data\""),
        "{}",
        page.body
    );
    let file = ("param.report", Some("a.csv"), b"1;2;3".as_slice());
    let rejected = site.upload("/tasks/t", &[("param.note", None, b""), file]).await;
    assert_eq!(rejected.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        rejected.body.contains("a.csv, 5 bytes, has arrived"),
        "{}",
        rejected.body
    );
    let id = upload_id(&rejected).to_owned();
    let parts = [
        ("param.note", None, b"hello".as_slice()),
        // How a browser sends a file input in which nothing was chosen.
        ("param.report", Some(""), b"".as_slice()),
        ("param.report.upload", None, id.as_bytes()),
    ];
    let saved = site.upload("/tasks/t", &parts).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    assert_eq!(site.saved_file("t").await.as_deref(), Some("a.csv"));
    let page = site.get("/tasks/t").await;
    assert!(
        page.body
            .contains("a.csv, 5 bytes, is saved. Leave empty to keep it.")
    );
    // An empty input keeps it.
    let again = site.upload("/tasks/t", &parts[..2]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
    assert_eq!(site.saved_file("t").await.as_deref(), Some("a.csv"));
}

#[tokio::test]
async fn f71_the_id_of_another_task_s_file_is_refused() {
    let site = Site::with_task(TASK, &["mine", "theirs"]).await;
    let file = ("param.report", Some("secret.csv"), b"x".as_slice());
    let rejected = site
        .upload("/tasks/theirs", &[("param.note", None, b""), file])
        .await;
    let id = upload_id(&rejected).to_owned();
    for forged in [id.as_str(), "1", "' OR 1=1 --"] {
        let parts = [
            ("param.note", None, b"hello".as_slice()),
            ("param.report.upload", None, forged.as_bytes()),
        ];
        let answer = site.upload("/tasks/mine", &parts).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            answer.body.contains("Select a file for Report"),
            "{}",
            answer.body
        );
        assert!(!answer.body.contains("secret.csv"), "{}", answer.body);
    }
    assert_eq!(site.saved_file("mine").await, None);
}

#[tokio::test]
async fn f70_a_file_that_is_too_large_is_named_at_its_field_and_nothing_else_is_lost() {
    let site = Site::with_task(TASK, &["t"]).await;
    let large = vec![b'x'; 26 * 1024 * 1024];
    let parts = [
        ("param.report", Some("large.csv"), large.as_slice()),
        ("param.note", None, b"keep me".as_slice()),
    ];
    let answer = site.upload("/tasks/t", &parts).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.body.contains("Report must be 20 MB or less"),
        "{}",
        answer.body
    );
    assert!(answer.body.contains("value=\"keep me\""), "{}", answer.body);
    assert_eq!(site.saved_file("t").await, None);
}

#[tokio::test]
async fn f70_files_that_are_too_much_together_are_told_apart_from_one_that_is_too_large() {
    let code = TASK.replace(
        "{'name': 'note', 'label': 'Note'}",
        "{'name': 'note', 'label': 'Note', 'type': 'file'}",
    );
    let site = Site::with_task(&code, &["t"]).await;
    let half = vec![b'x'; 15 * 1024 * 1024];
    let parts = [
        ("param.note", Some("a.txt"), half.as_slice()),
        ("param.report", Some("b.csv"), half.as_slice()),
    ];
    let answer = site.upload("/tasks/t", &parts).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sentence = "Report did not fit: all files sent at once must be 25 MB or less";
    assert!(answer.body.contains(sentence), "{}", answer.body);
    assert!(
        answer.body.contains("a.txt, 15 MB, has arrived"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn f70_more_than_any_form_takes_is_a_page_that_says_so() {
    let site = Site::with_task(TASK, &["t"]).await;
    let form = format!("param.note={}", "x".repeat(5 * 1024 * 1024));
    for path in ["/tasks/t", "/login", "/credentials/new"] {
        let answer = site.post(path, &form).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        assert!(
            answer.body.contains("<h1>That was too large</h1>"),
            "{}",
            answer.body
        );
    }
    // By its announced length alone, before anything is read.
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", kind.as_str()),
        ("content-length", "200000000"),
    ];
    let answer = site
        .send_bytes(Method::POST, "/tasks/t", Vec::new(), &headers)
        .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(
        answer.body.contains("<h1>That was too large</h1>"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn what_is_no_whole_form_is_refused() {
    let site = Site::with_task(TASK, &["t"]).await;
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    for (kind, body) in [
        (kind.as_str(), "--nothing"),
        ("multipart/form-data", ""),
        ("application/json", "{}"),
    ] {
        let headers = [("sec-fetch-site", "same-origin"), ("content-type", kind)];
        let answer = site
            .send_bytes(Method::POST, "/tasks/t", body.into(), &headers)
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{kind}");
    }
}

#[tokio::test]
async fn settings_are_saved_and_then_tested_and_the_task_s_own_words_are_shown() {
    let site = Site::with_task(TASK, &["t"]).await;
    let missing = site.post("/tasks/t/check", "").await;
    assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(missing.body.contains("Enter Note"), "{}", missing.body);
    let with_note = |note: &'static str| {
        [
            ("form_key", None, b"k".as_slice()),
            ("param.note", None, note.as_bytes()),
            ("param.report", Some("a.csv"), b"1;2;3".as_slice()),
        ]
    };
    let failed = site.upload("/tasks/t/check", &with_note("wrong")).await;
    assert_eq!(failed.status, StatusCode::OK);
    for part in ["The test failed", "this note does not work", "value=\"wrong\""] {
        assert!(failed.body.contains(part), "{part} in {}", failed.body);
    }
    let fine = site.upload("/tasks/t/check", &with_note("right")).await;
    assert!(fine.body.contains("The test passed"), "{}", fine.body);
    assert!(fine.body.contains("note right, report 5"), "{}", fine.body);
    // Without a form, what is saved is tested.
    let again = site.post("/tasks/t/check", "").await;
    assert!(again.body.contains("note right, report 5"), "{}", again.body);
}

#[tokio::test]
async fn f72_a_parameter_added_since_the_settings_were_saved_needs_attention() {
    let plain = "from jobs.base_job import BaseJob
class J(BaseJob):
    JOB_NAME = 'Changes'
    REQUIRED_PARAMS = ['a']
    async def execute(self):
        return {}
Job = J
";
    let site = Site::with_task(plain, &["t"]).await;
    assert!(site.get("/tasks").await.body.contains("Needs settings"));
    let saved = site.post("/tasks/t", "param.a=1&action=save").await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    assert!(!site.get("/tasks").await.body.contains("Needs "));
    let schedule = "kind=days&every=1&at=09:00&zone=UTC&action=save";
    let scheduled = site.post("/tasks/t/schedules/new", schedule).await;
    assert_eq!(scheduled.status, StatusCode::SEE_OTHER, "{}", scheduled.body);
    let job = site.folder.path().join("tasks/t/job.py");
    std::fs::write(job, plain.replace("['a']", "['a', 'b']")).unwrap();
    site.engine.catalog.rescan().await;
    assert!(site.get("/tasks").await.body.contains("Needs attention"));
    let page = site.get("/tasks/t").await.body;
    assert!(page.contains("Needs attention: the task has changed"), "{page}");
    assert!(page.contains("<a href=\"#param.b\">"), "{page}");
    assert!(
        page.contains("No schedule runs until they are looked at and saved."),
        "{page}"
    );
    let run = site.post("/tasks/t/run", "").await;
    assert_eq!(run.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(run.body.contains("href=\"#param.b\""), "{}", run.body);
    site.post("/tasks/t", "param.a=1&param.b=2&action=save").await;
    assert!(!site.get("/tasks/t").await.body.contains("Needs attention"));
}

#[tokio::test]
async fn newer_files_that_do_not_load_are_explained_above_the_form_of_those_that_run() {
    let site = Site::with_task(TASK, &["t"]).await;
    let job = site.folder.path().join("tasks/t/job.py");
    std::fs::write(job, TASK.replace("class J(BaseJob):", "class J(BaseJob:")).unwrap();
    site.engine.catalog.rescan().await;
    let page = site.get("/tasks/t").await;
    assert_eq!(page.status, StatusCode::OK);
    for part in [
        "The newest version of this task does not load",
        "The version before it still runs.",
        "job.py, line 2",
        "name=\"param.note\"",
    ] {
        assert!(page.body.contains(part), "{part} in {}", page.body);
    }
    let list = site.get("/tasks").await.body;
    assert!(list.contains("Newest version does not load"), "{list}");
}

#[tokio::test]
async fn choices_that_the_task_is_asked_for_are_asked_for_again_on_demand() {
    let code = "import pathlib
from jobs.base_job import BaseJob
class J(BaseJob):
    JOB_NAME = 'Asks'
    REQUIRED_PARAMS = [{'name': 'region', 'type': 'select', 'options_from': 'regions'}]
    @classmethod
    def regions(cls):
        return pathlib.Path(__file__).with_name('regions.txt').read_text().split()
    async def execute(self):
        return {}
Job = J
";
    let site = Site::with_task(code, &["t"]).await;
    let broken = site.get("/tasks/t").await.body;
    assert!(broken.contains("could not be loaded"), "{broken}");
    assert!(broken.contains("href=\"/tasks/t?refresh=choices\""), "{broken}");
    let list = site.folder.path().join("tasks/t/regions.txt");
    std::fs::write(list, "north south").unwrap();
    let page = site.get("/tasks/t?refresh=choices").await.body;
    assert!(
        page.contains("value=\"north\"") && !page.contains("could not be loaded"),
        "{page}"
    );
    let saved = site.post("/tasks/t", "param.region=south&action=save").await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
}
