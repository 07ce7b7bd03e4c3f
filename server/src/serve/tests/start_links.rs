//! The addresses with which other systems start tasks.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::Site;

const TASK: &str = "from jobs.base_job import BaseJob
class ReportJob(BaseJob):
    JOB_NAME = 'Report'
    REQUIRED_PARAMS = [{'name': 'api_key', 'type': 'password'}]
    OPTIONAL_PARAMS = [{'name': 'rows', 'label': 'Rows', 'type': 'int', 'default': 5, 'max': 10}]
    def execute(self):
        return {}
";

/// A site with a task that is set up, and the path of a link that may set `rows`.
async fn site() -> (Site, String) {
    let site = Site::signed_in().await;
    let folder = site.folder.path().join("tasks/report");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("job.py"), TASK).unwrap();
    site.engine.catalog.rescan().await;
    let saved = site
        .post("/tasks/report", "form_key=1&param.api_key=SECRET-17&param.rows=5")
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let made = site
        .post(
            "/tasks/report/links/new",
            "name=Shop&may_set=rows&may_set=api_key",
        )
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let path = made.body.split("http://localhost:3000").nth(1).unwrap();
    let path = path.split(['"', ' ']).next().unwrap().to_owned();
    assert!(path.starts_with("/start/"), "{path}");
    (site, path)
}

/// A call without a cookie.
async fn call(site: &mut Site, path: &str, body: &str, headers: &[(&str, &str)]) -> (StatusCode, Value) {
    let cookie = site.cookie.take();
    let answer = site
        .send_bytes(Method::POST, path, body.as_bytes().to_vec(), headers)
        .await;
    site.cookie = cookie;
    assert_eq!(answer.header("set-cookie"), "");
    (answer.status, serde_json::from_str(&answer.body).unwrap())
}

#[tokio::test]
async fn a_link_starts_its_task_and_the_same_key_starts_it_once() {
    let (mut site, path) = site().await;
    let key = [("idempotency-key", "order-1")];
    let body = r#"{"values": {"rows": 7}}"#;
    let (status, first) = call(&mut site, &path, body, &key).await;
    assert_eq!(
        (status, &first["status"]),
        (StatusCode::CREATED, &json!("queued"))
    );
    let (status, again) = call(&mut site, &path, body, &key).await;
    assert_eq!((status, &again["run"]), (StatusCode::OK, &first["run"]));
    let (status, _) = call(&mut site, &path, r#"{"values": {"rows": 8}}"#, &key).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let token = path.trim_start_matches("/start/").to_owned();
    let bearer = format!("Bearer {token}");
    let (status, other) = call(&mut site, "/start", "", &[("authorization", &bearer)]).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_ne!(other["run"], first["run"]);
    let run = first["run"].as_str().unwrap();
    site.cookie = None;
    let shown = site.get(&format!("{path}/runs/{run}")).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(!shown.body.contains("SECRET-17"));
    let bearer = [("authorization", bearer.as_str())];
    let shown = site
        .send(Method::GET, &format!("/start/runs/{run}"), "", &bearer)
        .await;
    assert_eq!(shown.status, StatusCode::OK);
}

#[tokio::test]
async fn what_a_link_may_not_do_is_refused_in_words() {
    let (mut site, path) = site().await;
    let page = site.get("/tasks/report").await.body;
    assert!(
        page.contains("May set: rows"),
        "a password is nothing that a link sets"
    );
    let secret = r#"{"values": {"api_key": "mine"}}"#;
    let (status, refused) = call(&mut site, &path, secret, &[]).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(
        refused["error"],
        "This link may not set \"api_key\". It may set: rows."
    );
    for (value, message) in [
        ("11", "Rows must be 10 or less"),
        ("\"many\"", "Rows must be a whole number, like 5"),
        ("[1]", "Rows must be one value"),
    ] {
        let body = format!("{{\"values\": {{\"rows\": {value}}}}}");
        let (status, refused) = call(&mut site, &path, &body, &[]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused["values"]["rows"], message);
    }
    for path in ["/start/guess", "/start"] {
        assert_eq!(call(&mut site, path, "", &[]).await.0, StatusCode::NOT_FOUND);
    }
    let by_hand = site.post("/tasks/report/run", "form_key=2").await;
    let by_hand = by_hand.header("location").trim_start_matches("/runs/").to_owned();
    let other = site.get(&format!("{path}/runs/{by_hand}")).await;
    assert_eq!(
        other.status,
        StatusCode::NOT_FOUND,
        "runs of others are not its business"
    );
    let long = "x".repeat(70_000);
    let cookie = site.cookie.take();
    let answer = site.send_bytes(Method::POST, &path, long.into_bytes(), &[]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    site.cookie = cookie;
    assert_eq!(
        site.engine
            .start_links
            .list_for_task("report")
            .await
            .unwrap()
            .len(),
        1
    );
    let id = &site.engine.start_links.list_for_task("report").await.unwrap()[0].id;
    site.post(&format!("/links/{id}/delete"), "").await;
    assert_eq!(call(&mut site, &path, "", &[]).await.0, StatusCode::NOT_FOUND);
}
