//! Other systems start tasks by links.

use domain::run::{RunStatus, Trigger};
use engine::runs::{ParamShown, RunFilter};
use engine::start_links::{StartError, StartLink, StartLinkError};
use serde_json::{Map, Value, json};

use crate::common::{TestEngine, assert_nowhere, job, start, start_with};

async fn link(test: &TestEngine) -> (String, StartLink) {
    let links = &test.engine.start_links;
    let token = links
        .create("t", " Web  shop ", &["day".to_owned()], "ann")
        .await
        .unwrap();
    let token = token.expose().to_owned();
    let link = links.find_by_token(&token).await.unwrap().unwrap();
    (token, link)
}

fn values(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(values) => values,
        _ => Map::new(),
    }
}

#[tokio::test]
async fn the_same_key_is_one_run_however_often_and_at_once_it_comes() {
    let test = start(&[("t", &job("return {}"))]).await;
    let (_, link) = link(&test).await;
    let day = values(json!({"day": "monday"}));
    let calls = (0..20).map(|_| test.engine.start_links.start(&link, &day, Some("order-1")));
    let started: Vec<_> = futures::future::join_all(calls).await;
    let first = started[0].as_ref().unwrap();
    assert!(
        started
            .iter()
            .all(|each| each.as_ref().unwrap().run_id == first.run_id)
    );
    let other = test
        .engine
        .start_links
        .start(&link, &day, Some("order-2"))
        .await
        .unwrap();
    assert_ne!(other.run_id, first.run_id);
    let changed = values(json!({"day": "tuesday"}));
    let refused = test
        .engine
        .start_links
        .start(&link, &changed, Some("order-1"))
        .await;
    assert!(matches!(refused, Err(StartError::KeyReused)));
    for _ in 0..2 {
        let run = test.engine.start_links.start(&link, &day, None).await.unwrap();
        assert!(!run.again);
    }
    let runs = test
        .engine
        .runs
        .list(&RunFilter::default(), 10)
        .await
        .unwrap()
        .runs;
    assert_eq!(runs.len(), 4);
    let run = test.engine.runs.find(&first.run_id).await.unwrap().unwrap();
    assert_eq!(run.summary.trigger, Trigger::Link);
    assert_eq!(run.summary.triggered_by_user.as_deref(), Some("Web shop"));
    assert_eq!(
        run.params,
        [("day".to_owned(), ParamShown::Value(json!("monday")))]
    );
    let used = test.engine.start_links.find(&link.id).await.unwrap().unwrap();
    assert!(used.last_used_at.is_some());
    test.stop().await;
}

#[tokio::test]
async fn the_token_of_a_link_is_stored_nowhere_and_dies_with_it() {
    let test = start(&[("t", &job("return {}"))]).await;
    let (token, link) = link(&test).await;
    let links = &test.engine.start_links;
    assert_eq!(
        links.list_for_task("t").await.unwrap(),
        std::slice::from_ref(&link)
    );
    assert!(!format!("{link:?}").contains(&token));
    assert!(matches!(
        links.create("t", "WEB SHOP", &[], "ann").await,
        Err(StartLinkError::NameTaken)
    ));
    assert!(matches!(
        links.create("t", " ", &[], "ann").await,
        Err(StartLinkError::NameMissing)
    ));
    links.delete(&link.id).await.unwrap();
    assert_eq!(links.find_by_token(&token).await.unwrap(), None);
    let folder = test.stop().await;
    assert_nowhere(&folder, &[&token]).await;
}

#[tokio::test]
async fn a_system_that_calls_in_a_loop_fills_no_queue() {
    let needy = job("return {}").replace("JOB_NAME = 'Test'", "JOB_NAME = 'Test'\n    NEEDS = ['gpu']");
    let test = start_with(&[("t", &needy)], |_| {}).await;
    let (_, link) = link(&test).await;
    for _ in 0..100 {
        test.engine
            .start_links
            .start(&link, &Map::new(), None)
            .await
            .unwrap();
    }
    let refused = test.engine.start_links.start(&link, &Map::new(), None).await;
    assert!(matches!(refused, Err(StartError::TooManyWaiting)));
    let filter = RunFilter {
        status: Some(RunStatus::Queued),
        ..RunFilter::default()
    };
    assert_eq!(test.engine.runs.list(&filter, 200).await.unwrap().runs.len(), 100);
    test.stop().await;
}
