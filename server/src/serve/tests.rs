//! Requests against the whole router, layers included.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use clap::Parser;
use tempfile::TempDir;
use tower::ServiceExt;

use super::*;

mod credentials;
mod forms;
mod start_links;

const PASSWORD: &str = "correct horse battery staple";

struct Site {
    router: Router,
    engine: Engine,
    folder: TempDir,
    cookie: Option<String>,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Site {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let tasks = folder.path().join("tasks");
        std::fs::create_dir_all(&tasks).unwrap();
        let arguments = [
            "test",
            "--data-dir",
            data.to_str().unwrap(),
            "--tasks-dir",
            tasks.to_str().unwrap(),
        ];
        let options = Options::parse_from(arguments);
        let engine = Engine::open(options.engine()).await.unwrap();
        Self {
            router: routes(engine.clone(), &options),
            engine,
            folder,
            cookie: None,
        }
    }

    /// With an administrator who is signed in.
    async fn signed_in() -> Self {
        let mut site = Self::new().await;
        let token = site.engine.accounts.set_up_token().expose().to_owned();
        let form = format!("token={token}&name=ann&password={}", PASSWORD.replace(' ', "+"));
        let answer = site.post("/setup", &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        site.cookie = Some(answer.header("set-cookie").split(';').next().unwrap().to_owned());
        site
    }

    async fn send(&self, method: Method, path: &str, form: &str, extra: &[(&str, &str)]) -> Answer {
        let kind = (header::CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded");
        let headers: Vec<_> = std::iter::once(kind).chain(extra.iter().copied()).collect();
        self.send_bytes(method, path, form.as_bytes().to_vec(), &headers)
            .await
    }

    async fn send_bytes(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost:3000");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self
            .router
            .clone()
            .oneshot(request.body(Body::from(body)).unwrap())
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 10_000_000).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "", &[]).await
    }

    async fn post(&self, path: &str, form: &str) -> Answer {
        self.send(Method::POST, path, form, &[("sec-fetch-site", "same-origin")])
            .await
    }
}

#[tokio::test]
async fn s07_nothing_but_the_public_addresses_opens_without_a_session() {
    let site = Site::new().await;
    for path in [
        "/",
        "/tasks",
        "/tasks/x",
        "/tasks/x/schedules/new",
        "/tasks/x/links/new",
        "/calendars",
        "/calendars/new",
        "/doctor",
        "/runs",
        "/runs/x",
        "/runs/x/log.txt",
        "/schedules/preview",
        "/credentials",
        "/credentials/new",
        "/credentials/x",
        "/credentials/connect",
        "/credentials/connected?state=x&code=y",
    ] {
        let answer = site.get(path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(answer.header("location").starts_with("/login"), "{path}");
    }
    for path in [
        "/tasks/x",
        "/tasks/x/run",
        "/tasks/x/check",
        "/tasks/x/schedules/new",
        "/tasks/x/links/new",
        "/links/x/delete",
        "/calendars/x/delete",
        "/doctor/check",
        "/credentials/new",
        "/credentials/x/rename",
        "/credentials/x/replace",
        "/credentials/x/day",
        "/credentials/x/test",
        "/credentials/x/app",
        "/credentials/x/connect",
        "/credentials/connect",
        "/credentials/x/delete",
        "/schedules/x/pause",
        "/schedules/x/resume",
        "/schedules/x/delete",
        "/runs/x/cancel",
        "/logout",
    ] {
        let answer = site.post(path, "").await;
        assert!(
            matches!(answer.status, StatusCode::SEE_OTHER | StatusCode::UNAUTHORIZED),
            "{path} {}",
            answer.status
        );
    }
    assert_eq!(site.get("/runs/x/events").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(site.get("/healthz").await.body, "ok");
    assert_eq!(site.get("/setup?token=guess").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn s06_a_form_sent_by_another_site_is_refused_before_it_does_anything() {
    let site = Site::signed_in().await;
    for extra in [
        [("sec-fetch-site", "cross-site")],
        [("origin", "http://evil.example")],
    ] {
        for path in [
            "/logout",
            "/tasks/x",
            "/tasks/x/check",
            "/credentials/new",
            "/credentials/x/delete",
        ] {
            let answer = site.send(Method::POST, path, "", &extra).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    assert_eq!(site.get("/tasks").await.status, StatusCode::OK);
}

#[tokio::test]
async fn s11_s12_every_page_carries_its_protecting_headers_and_its_own_nonce() {
    let site = Site::signed_in().await;
    let (one, two) = (site.get("/tasks").await, site.get("/tasks").await);
    assert_eq!(one.header("x-content-type-options"), "nosniff");
    assert_eq!(one.header("referrer-policy"), "same-origin");
    assert_eq!(one.header("cache-control"), "no-store");
    let policy = one.header("content-security-policy");
    for rule in [
        "default-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert_ne!(policy, two.header("content-security-policy"));
}

#[tokio::test]
async fn s05_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let site = Site::new().await;
    let token = site.engine.accounts.set_up_token().expose().to_owned();
    let form = format!("token={token}&name=ann&password={}", PASSWORD.replace(' ', "+"));
    let cookie = site.post("/setup", &form).await.header("set-cookie").to_owned();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
}

#[tokio::test]
async fn s20_after_signing_in_only_addresses_of_this_site_are_followed() {
    let site = Site::signed_in().await;
    for (next, expected) in [
        ("/runs?task=x", "/runs?task=x"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
    ] {
        let form = format!(
            "name=ann&password={}&next={}",
            PASSWORD.replace(' ', "+"),
            next.replace('/', "%2F")
        );
        assert_eq!(site.post("/login", &form).await.header("location"), expected);
    }
}

#[tokio::test]
async fn s18_f27_markup_from_a_task_is_shown_as_text() {
    let site = Site::signed_in().await;
    let task = site.folder.path().join("tasks/t");
    std::fs::create_dir(&task).unwrap();
    let code = "from jobs.base_job import BaseJob\nclass J(BaseJob):\n    JOB_NAME = '<script>alert(1)</script>'\n    \
                REQUIRED_PARAMS = [{'name': 'a', 'label': '<img src=x onerror=alert(2)>', 'description': '</script>'}]\n    \
                async def execute(self):\n        return {}\nJob = J\n";
    std::fs::write(task.join("job.py"), code).unwrap();
    std::fs::write(
        task.join("README.md"),
        "# Hi\n<script>alert(3)</script>\n[x](javascript:alert(4))",
    )
    .unwrap();
    site.engine.catalog.rescan().await;
    let answer = site.get("/tasks/t").await;
    assert_eq!(answer.status, StatusCode::OK);
    for bad in ["<script>alert", "<img src=x", "javascript:alert"] {
        assert!(!answer.body.contains(bad), "{bad}");
    }
    assert!(answer.body.contains("&lt;script&gt;alert(1)"));
}

#[tokio::test]
async fn a_rejected_form_comes_back_with_what_was_typed_but_never_with_a_password() {
    let site = Site::signed_in().await;
    let task = site.folder.path().join("tasks/my_task");
    std::fs::create_dir(&task).unwrap();
    std::fs::write(
        task.join("job.py"),
        include_str!("../../../external_tasks/my_task/job.py"),
    )
    .unwrap();
    site.engine.catalog.rescan().await;
    let answer = site
        .post(
            "/tasks/my_task",
            "param.api_key=CANARY-1&param.batch_size=many&action=save",
        )
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer
            .body
            .contains("Batch Size must be a whole number, like 100"),
        "{}",
        answer.body
    );
    assert!(answer.body.contains("value=\"many\""));
    assert!(!answer.body.contains("CANARY-1"));
    let saved = site
        .post(
            "/tasks/my_task",
            "param.api_key=CANARY-1&param.batch_size=7&action=save",
        )
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    assert!(!site.get("/tasks/my_task").await.body.contains("CANARY-1"));
}

#[tokio::test]
async fn an_unknown_address_is_a_page_that_says_so() {
    let site = Site::signed_in().await;
    for path in ["/nowhere", "/tasks/none", "/runs/none"] {
        assert_eq!(site.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_file_that_did_not_change_is_not_sent_again() {
    let site = Site::new().await;
    let first = site.get("/main.css").await;
    assert_eq!(
        (first.status, first.header("content-type")),
        (StatusCode::OK, "text/css")
    );
    let again = site
        .send(
            Method::GET,
            "/main.css",
            "",
            &[("if-none-match", first.header("etag"))],
        )
        .await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
}

#[test]
fn the_folders_that_the_architecture_names_exist() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = std::fs::read_to_string(root.join("docs/ARCHITECTURE.md")).unwrap();
    let folders: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split('`').next())
        .collect();
    assert!(folders.len() > 15);
    for folder in folders {
        assert!(root.join(folder).is_dir(), "{folder}");
    }
}

#[test]
fn every_option_of_the_server_is_in_the_readme() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let command = <Options as clap::CommandFactory>::command();
    for variable in command.get_arguments().filter_map(clap::Arg::get_env) {
        let variable = variable.to_str().unwrap();
        assert!(readme.contains(&format!("`{variable}`")), "{variable}");
    }
}
