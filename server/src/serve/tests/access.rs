//! Who reaches what: asked of every address that `routes.rs` names, so that a new one cannot be forgotten.

use super::*;

/// What anyone may ask for: getting in, the links for programs, and whether the server lives.
const PUBLIC: [&str; 8] = [
    "/setup",
    "/login",
    "/start",
    "/start/runs/{run_id}",
    "/start/{token}",
    "/start/{token}/runs/{run_id}",
    "/healthz",
    "/readyz",
];

/// Every address as it is written down, and what stands for it: `get(…)`, `post(…)` or both.
fn addresses() -> Vec<(&'static str, &'static str)> {
    let source = include_str!("../../../../app/src/routes.rs");
    let routes = source.split("pub fn gallery").next().unwrap();
    let found: Vec<_> = routes
        .split(".route(")
        .skip(1)
        .map(|route| {
            let mut parts = route.splitn(3, '"');
            let (unquoted, path) = (parts.next().unwrap(), parts.next());
            // One address is also told to other services, so it stands beside what tells it.
            path.map_or(("/credentials/connected", unquoted), |path| {
                (path, parts.next().unwrap())
            })
        })
        .collect();
    assert!(found.len() > 50, "routes.rs is written in another way: {found:?}");
    found
}

/// With something in the place of `{name}`.
fn filled(path: &str) -> String {
    let parts = path
        .split('/')
        .map(|part| if part.starts_with('{') { "x" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn s07_nothing_but_the_public_addresses_opens_without_a_session() {
    let site = Site::new().await;
    for (path, _) in addresses() {
        let is_public = PUBLIC.contains(&path);
        for answer in [site.get(&filled(path)).await, site.post(&filled(path), "").await] {
            let is_turned_away = match answer.status {
                StatusCode::SEE_OTHER => answer.header("location").starts_with("/login"),
                StatusCode::UNAUTHORIZED => true,
                // The address knows no such method, for anybody.
                StatusCode::METHOD_NOT_ALLOWED => continue,
                _ => false,
            };
            // A wrong start link is a stranger too.
            assert!(is_turned_away || is_public, "{path}: {}", answer.status);
        }
    }
    assert_eq!(site.get("/runs/x/events").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(site.get("/healthz").await.body, "ok");
    assert_eq!(site.get("/setup?token=guess").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn s06_what_changes_something_is_never_done_by_a_link() {
    let site = Site::signed_in().await;
    let for_forms: Vec<_> = addresses()
        .into_iter()
        .filter(|(_, handlers)| !handlers.contains("get("))
        .collect();
    assert!(for_forms.len() > 20, "{for_forms:?}");
    for (path, _) in for_forms {
        let answer = site.get(&filled(path)).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
}

#[tokio::test]
async fn s06_a_form_sent_by_another_site_is_refused_before_it_does_anything() {
    let site = Site::signed_in().await;
    let foreign: [&[(&str, &str)]; 3] = [
        &[("sec-fetch-site", "cross-site")],
        &[("origin", "http://evil.example")],
        // No browser of today leaves both out, and nothing else has a session.
        &[],
    ];
    for (path, handlers) in addresses() {
        if PUBLIC.contains(&path) || !handlers.contains("post(") {
            continue;
        }
        for extra in foreign {
            let answer = site.send(Method::POST, &filled(path), "", extra).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {extra:?}");
        }
    }
    assert_eq!(site.get("/tasks").await.status, StatusCode::OK);
}
