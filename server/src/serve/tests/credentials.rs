//! The credentials pages: a secret goes in and never comes out.

use super::*;

/// Asks for a credential.
const TASK: &str = "from jobs.base_job import BaseJob
class J(BaseJob):
    JOB_NAME = 'Uses the shop'
    REQUIRED_PARAMS = [{'name': 'shop', 'label': 'Shop', 'type': 'credential'}]
    async def execute(self):
        return {}
Job = J
";

impl Site {
    async fn credential(&self, name: &str) -> String {
        let all = self.engine.credentials.list().await.unwrap();
        all.into_iter()
            .find(|credential| credential.name == name)
            .unwrap()
            .id
    }
}

#[tokio::test]
async fn s14_a_credential_is_made_renamed_and_replaced_and_its_secret_is_on_no_page() {
    let site = Site::signed_in().await;
    assert!(site.get("/credentials").await.body.contains("No credentials yet"));
    let mut pages = vec![
        site.post("/credentials/new", "name=&secret=CANARY-1").await,
        site.post("/credentials/new", "name=Shop&secret=CANARY-1").await,
    ];
    assert_eq!(pages[0].status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(pages[0].body.contains("Enter it again: it was not saved yet."));
    assert_eq!(pages[1].header("location"), "/credentials?done=created");
    let id = site.credential("Shop").await;
    let address = format!("/credentials/{id}");
    pages.push(site.post("/credentials/new", "name=shop&secret=CANARY-2").await);
    assert!(
        pages[2]
            .body
            .contains("There is already a credential with this name")
    );
    pages.push(site.post(&format!("{address}/rename"), "name=").await);
    assert_eq!(pages[3].status, StatusCode::UNPROCESSABLE_ENTITY);
    pages.push(site.post(&format!("{address}/rename"), "name=Shop+key").await);
    pages.push(site.post(&format!("{address}/replace"), "secret=").await);
    assert!(pages[5].body.contains("Enter the secret"));
    pages.push(site.post(&format!("{address}/replace"), "secret=CANARY-3").await);
    assert_eq!(pages[6].header("location"), format!("{address}?done=replaced"));
    pages.push(site.get(&address).await);
    assert!(pages[7].body.contains("<h1>Shop key</h1>"), "{}", pages[7].body);
    pages.push(site.get("/credentials").await);
    assert!(pages[8].body.contains("by ann"), "{}", pages[8].body);
    for page in pages {
        assert!(!page.body.contains("CANARY"), "{}", page.body);
    }
}

#[tokio::test]
async fn a_credential_in_use_is_not_deleted_and_the_tasks_are_named() {
    let site = Site::signed_in().await;
    let task = site.folder.path().join("tasks/uses_shop");
    std::fs::create_dir(&task).unwrap();
    std::fs::write(task.join("job.py"), TASK).unwrap();
    site.engine.catalog.rescan().await;
    let page = site.get("/tasks/uses_shop").await.body;
    assert!(page.contains("No credential is saved yet"), "{page}");
    assert!(
        page.contains("href=\"/credentials/new?back=/tasks/uses_shop\""),
        "{page}"
    );
    let made = site
        .post("/credentials/new", "name=Shop&secret=s&back=%2Ftasks%2Fuses_shop")
        .await;
    assert_eq!(made.header("location"), "/tasks/uses_shop?done=credential");
    let id = site.credential("Shop").await;
    let saved = site
        .post("/tasks/uses_shop", &format!("param.shop={id}&action=save"))
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let refused = site.post(&format!("/credentials/{id}/delete"), "").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("before you delete this one: uses_shop"),
        "{}",
        refused.body
    );
    assert!(site.get("/credentials").await.body.contains("Uses the shop"));
    assert!(site.engine.credentials.find(&id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_credential_that_no_task_uses_is_deleted_and_then_gone() {
    let site = Site::signed_in().await;
    site.post("/credentials/new", "name=Shop&secret=s").await;
    let id = site.credential("Shop").await;
    let deleted = site.post(&format!("/credentials/{id}/delete"), "").await;
    assert_eq!(deleted.header("location"), "/credentials?done=deleted");
    for path in ["", "/rename", "/replace"] {
        let address = format!("/credentials/{id}{path}");
        let answer = if path.is_empty() {
            site.get(&address).await
        } else {
            site.post(&address, "name=a&secret=b").await
        };
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
    }
}

#[tokio::test]
async fn the_day_on_which_a_secret_runs_out_is_asked_for_shown_and_told_on_home() {
    let site = Site::signed_in().await;
    let task = site.folder.path().join("tasks/uses_shop");
    std::fs::create_dir(&task).unwrap();
    std::fs::write(task.join("job.py"), TASK).unwrap();
    site.engine.catalog.rescan().await;
    let today = chrono::Utc::now().date_naive();
    let day = |days| (today + chrono::TimeDelta::days(days)).to_string();
    for wrong in [day(-1), "soon".to_owned()] {
        let refused = site
            .post(
                "/credentials/new",
                &format!("name=Shop&secret=CANARY-1&runs_out_on={wrong}"),
            )
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = refused.body;
        assert!(page.contains("href=\"#runs_out_on\"") && page.contains(&format!("value=\"{wrong}\"")));
        assert!(page.contains("Enter it again: it was not saved yet.") && !page.contains("CANARY"));
    }
    site.post(
        "/credentials/new",
        &format!("name=Shop&secret=s&runs_out_on={}", day(12)),
    )
    .await;
    let id = site.credential("Shop").await;
    let address = format!("/credentials/{id}");
    for page in ["/credentials", &address] {
        assert!(
            site.get(page).await.body.contains("Runs out in 12 days"),
            "{page}"
        );
    }
    assert!(!site.get("/").await.body.contains("Shop"), "no task uses it");
    site.post("/tasks/uses_shop", &format!("param.shop={id}&action=save"))
        .await;
    let home = site.get("/").await.body;
    assert!(home.contains("1 credential needs attention.") && home.contains("Runs out in 12 days"));
    assert!(home.contains(&format!("href=\"{address}#replace-title\"")) && home.contains("Uses the shop"));
    // A date alone, and one that the person mistyped.
    let refused = site
        .post(&format!("{address}/day"), "runs_out_on=2020-01-01")
        .await;
    assert!(refused.body.contains("must not have passed"), "{}", refused.body);
    let saved = site
        .post(&format!("{address}/day"), &format!("runs_out_on={}", day(0)))
        .await;
    assert_eq!(saved.header("location"), format!("{address}?done=dated"));
    assert!(site.get("/").await.body.contains("Runs out today"));
    site.engine
        .credentials
        .set_run_out(&id, Some(today - chrono::TimeDelta::days(1)))
        .await
        .unwrap();
    assert!(site.get("/credentials").await.body.contains("Ran out on "));
    let refused = site
        .post(
            &format!("{address}/replace"),
            &format!("secret=CANARY-2&new_runs_out_on={}", day(-1)),
        )
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("href=\"#new_runs_out_on\"") && !refused.body.contains("CANARY"));
    // The old day does not stay.
    site.post(&format!("{address}/replace"), "secret=CANARY-3&new_runs_out_on=")
        .await;
    let page = site.get(&address).await.body;
    assert!(!page.contains("Ran out on") && !page.contains("CANARY"), "{page}");
    assert!(!site.get("/").await.body.contains("needs attention"));
}
