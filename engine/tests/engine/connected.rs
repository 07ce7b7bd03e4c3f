//! Connected accounts against a real service in a process of its own (tests/provider): there and back, renewal, refusal.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use domain::run::{FailureReason, RunStatus};
use domain::secret::Secret;
use engine::connections::{Arrived, ConnectError, Provider, Refusal, Standing, Typed};
use oauth2::url::Url;
use serde_json::{Value, json};

use crate::common::{TestEngine, assert_nowhere, start_with};
use crate::values::task;

const BACK: &str = "http://localhost:3000/credentials/connected";
const SESSION: &str = "session-of-ann";

/// The service; it ends with the test.
struct Service {
    process: Child,
    address: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Service {
    async fn start() -> Self {
        let mut process = Command::new("python3")
            .arg("../tests/provider/provider.py")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();
        let service = Self {
            process,
            address: address.trim().to_owned(),
        };
        service.control(json!({ "addresses": [BACK] })).await;
        service
    }

    fn client() -> reqwest::Client {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let policy = reqwest::redirect::Policy::none();
        reqwest::Client::builder()
            .redirect(policy)
            .no_proxy()
            .build()
            .unwrap()
    }

    async fn control(&self, change: Value) -> Value {
        let asked = Self::client()
            .post(format!("{}/control", self.address))
            .body(change.to_string());
        let answer = asked.send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&answer).unwrap()
    }

    /// Which tokens were asked for so far.
    async fn asked(&self) -> Vec<String> {
        serde_json::from_value(self.control(json!({})).await["asked"].clone()).unwrap()
    }

    fn app(&self, provider: Provider) -> Typed {
        let path = if provider == Provider::Slack {
            "slack"
        } else {
            "token"
        };
        Typed {
            provider,
            client_id: "client-7".to_owned(),
            client_secret: Secret::new("CANARY-client-secret"),
            scopes: "drive.readonly".to_owned(),
            authorise_url: format!("{}/authorize", self.address),
            token_url: format!("{}/{path}", self.address),
        }
    }

    /// What a person does on the service's page, and with what the service sends them back.
    async fn decide(&self, url: &Secret, allow: bool) -> Arrived {
        let page = Self::client().get(url.expose()).send().await.unwrap();
        assert_eq!(page.status(), 200, "{}", page.text().await.unwrap());
        let choice = if allow { "/decide?allow=1&" } else { "/decide?" };
        let answer = Self::client()
            .get(url.expose().replace("/authorize?", choice))
            .send()
            .await
            .unwrap();
        let to = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        assert!(to.as_str().starts_with(BACK), "{to}");
        let value = |name: &str| {
            let mut pairs = to.query_pairs();
            pairs
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        Arrived {
            state: value("state").unwrap(),
            code: value("code").map(Secret::new),
            error: value("error"),
        }
    }
}

/// Calls the service with what it was given, and tells what it may.
const BODY: &str = "import json, urllib.request\ngiven = json.loads(self.params['account'])\n\
    asked = urllib.request.Request(self.params['url'], headers={'Authorization': 'Bearer ' + given['token']})\n\
    who = json.load(urllib.request.urlopen(asked))['name']\nprint(given, sorted(given))\n\
    return {'who': who, 'fields': sorted(given), 'provider': given['provider'], 'scopes': given['scopes']}";

async fn engine() -> TestEngine {
    let code = task("{'name': 'account', 'type': 'credential'}, 'url'", BODY);
    start_with(&[("t", &code)], |config| {
        config.private_networks = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await
}

/// A connected account that the task uses.
async fn connected(test: &TestEngine, service: &Service, provider: Provider) -> String {
    let connections = &test.engine.connections;
    let id = connections
        .create("Drive", &service.app(provider), "ann")
        .await
        .unwrap();
    let url = format!("{}/whoami", service.address);
    test.save("t", &[("account", &id), ("url", &url)]).await;
    connect(test, service, &id).await.unwrap();
    id
}

async fn connect(test: &TestEngine, service: &Service, id: &str) -> Result<String, ConnectError> {
    let connections = &test.engine.connections;
    let url = connections.begin(id, SESSION, BACK, "ann").await.unwrap();
    let arrived = service.decide(&url, true).await;
    connections.finish(arrived, SESSION, "ann").await
}

async fn standing(test: &TestEngine, id: &str) -> Standing {
    test.engine.connections.find(id).await.unwrap().unwrap().standing
}

fn refused(outcome: Result<String, ConnectError>) -> Refusal {
    match outcome {
        Err(ConnectError::Refused { why, .. }) => why,
        outcome => panic!("{outcome:?}"),
    }
}

#[tokio::test]
async fn s14_a_connected_account_reaches_its_task_and_its_tokens_are_found_nowhere() {
    for provider in [Provider::Google, Provider::Slack, Provider::Other] {
        let service = Service::start().await;
        let test = engine().await;
        let id = connected(&test, &service, provider).await;
        assert!(matches!(standing(&test, &id).await, Standing::Connected { by, .. } if by == "ann"));
        let run = test.run("t").await;
        assert_eq!(run.summary.status, RunStatus::Success, "{run:?}");
        let result = run.result.unwrap();
        assert_eq!(result["who"], "Ann of the provider");
        assert_eq!(result["provider"], provider.code());
        let fields: Vec<&str> = match provider {
            Provider::Google => vec![
                "client_id",
                "client_secret",
                "expiry",
                "provider",
                "refresh_token",
                "scopes",
                "token",
                "token_uri",
                "type",
            ],
            _ => vec!["expiry", "provider", "scopes", "token", "type"],
        };
        assert_eq!(result["fields"], json!(fields));
        if provider == Provider::Slack {
            assert_eq!(result["scopes"], json!(["users:read", "team:read"]));
        }
        let log = test.log(&run.summary.run_id).await;
        assert!(log.contains("[secret]") && !log.contains("CANARY"), "{log}");
        let folder = test.stop().await;
        assert_nowhere(
            &folder,
            &["CANARY-access", "CANARY-refresh", "CANARY-client", "code-"],
        )
        .await;
    }
}

#[tokio::test]
async fn access_that_is_about_to_end_is_renewed_once_for_runs_that_start_together() {
    let service = Service::start().await;
    let test = engine().await;
    service
        .control(json!({ "expires_in": 60, "rotates": true }))
        .await;
    connected(&test, &service, Provider::Google).await;
    service.control(json!({ "expires_in": 3600 })).await;
    let mut runs = Vec::new();
    for _ in 0..4 {
        runs.push(test.begin("t").await);
    }
    for run in runs {
        let run = test.wait_until(&run, |run| run.summary.status.is_final()).await;
        assert_eq!(run.summary.status, RunStatus::Success, "{run:?}");
    }
    assert_eq!(service.asked().await, ["authorization_code", "refresh_token"]);
    let folder = test.stop().await;
    assert_nowhere(&folder, &["CANARY-access", "CANARY-refresh"]).await;
}

#[tokio::test]
async fn each_refresh_token_of_a_service_that_rotates_them_is_used_once() {
    let service = Service::start().await;
    let test = engine().await;
    service
        .control(json!({ "expires_in": 60, "rotates": true }))
        .await;
    connected(&test, &service, Provider::Slack).await;
    for _ in 0..3 {
        let run = test.run("t").await;
        assert_eq!(run.summary.status, RunStatus::Success, "{run:?}");
    }
    assert_eq!(service.asked().await.len(), 4);
}

#[tokio::test]
async fn a_consent_that_was_taken_back_fails_the_run_in_plain_words_until_it_is_given_again() {
    let service = Service::start().await;
    let test = engine().await;
    service.control(json!({ "expires_in": 60 })).await;
    let id = connected(&test, &service, Provider::Google).await;
    // A service that is away for a moment does not matter while the access is good.
    service
        .control(json!({ "answer_with": "temporarily_unavailable" }))
        .await;
    assert_eq!(test.run("t").await.summary.status, RunStatus::Success);
    service
        .control(json!({ "answer_with": null, "revoke": true }))
        .await;
    for _ in 0..2 {
        let run = test.run("t").await.summary;
        assert_eq!(run.failure_reason, Some(FailureReason::NotConnected));
        assert_eq!(
            run.error_message.as_deref(),
            Some(
                "The credential \"Drive\" has to be connected again. Google no longer accepts the consent that was \
                 given. Connect again."
            )
        );
    }
    let broken = standing(&test, &id).await;
    assert!(
        matches!(
            broken,
            Standing::Broken {
                why: Refusal::Grant,
                ..
            }
        ),
        "{broken:?}"
    );
    let asked = service.asked().await.len();
    assert_eq!(asked, 3, "what is known to be refused is not asked for again");
    connect(&test, &service, &id).await.unwrap();
    assert_eq!(test.run("t").await.summary.status, RunStatus::Success);
}

#[tokio::test]
async fn s06_a_way_back_is_good_once_and_for_the_session_that_set_out() {
    let service = Service::start().await;
    let test = engine().await;
    let connections = &test.engine.connections;
    let id = connections
        .create("Drive", &service.app(Provider::Google), "ann")
        .await
        .unwrap();
    let url = connections.begin(&id, SESSION, BACK, "ann").await.unwrap();
    let again = |arrived: &Arrived| Arrived {
        state: arrived.state.clone(),
        code: arrived.code.clone(),
        error: None,
    };
    let arrived = service.decide(&url, true).await;
    let stranger = connections.finish(again(&arrived), "session-of-eve", "eve").await;
    assert!(matches!(stranger, Err(ConnectError::Unasked)));
    let mut guessed = again(&arrived);
    guessed.state.push('x');
    let guessed = connections.finish(guessed, SESSION, "ann").await;
    assert!(matches!(guessed, Err(ConnectError::Unasked)));
    assert_eq!(
        connections.finish(again(&arrived), SESSION, "ann").await.unwrap(),
        id
    );
    let twice = connections.finish(arrived, SESSION, "ann").await;
    assert!(matches!(twice, Err(ConnectError::Unasked)));
    assert_eq!(service.asked().await, ["authorization_code"]);
    // A code of another way there does not fit the verifier of this one (PKCE).
    let one = connections.begin(&id, SESSION, BACK, "ann").await.unwrap();
    let other = connections.begin(&id, SESSION, BACK, "ann").await.unwrap();
    let mut mixed = service.decide(&one, true).await;
    mixed.code = service.decide(&other, true).await.code;
    assert_eq!(
        refused(connections.finish(mixed, SESSION, "ann").await),
        Refusal::Grant
    );
}

#[tokio::test]
async fn what_a_service_has_against_it_is_told_and_s19_nothing_private_is_asked() {
    let service = Service::start().await;
    let test = engine().await;
    let connections = &test.engine.connections;
    let app = service.app(Provider::Google);
    let id = connections.create("Drive", &app, "ann").await.unwrap();
    let url = connections.begin(&id, SESSION, BACK, "ann").await.unwrap();
    let denied = service.decide(&url, false).await;
    assert_eq!(
        refused(connections.finish(denied, SESSION, "ann").await),
        Refusal::Denied
    );
    let wrong = Typed {
        client_secret: Secret::new("wrong"),
        ..service.app(Provider::Google)
    };
    connections.change(&id, &wrong, "ann").await.unwrap();
    assert_eq!(refused(connect(&test, &service, &id).await), Refusal::Client);
    connections.change(&id, &app, "ann").await.unwrap();
    for (answer, why) in [
        ("redirect", Refusal::Unreachable),
        ("redirect_uri_mismatch", Refusal::Address),
        ("no_such_word", Refusal::Unclear),
    ] {
        service.control(json!({ "answer_with": answer })).await;
        assert_eq!(refused(connect(&test, &service, &id).await), why, "{answer}");
    }
    assert_eq!(standing(&test, &id).await, Standing::New);
    // The same with a server that is not allowed to ask private addresses: nothing arrives at the service.
    let strict = start_with(&[], |_| {}).await;
    let connections = &strict.engine.connections;
    let plain = connections.create("Drive", &app, "ann").await;
    assert!(plain.unwrap_err().to_string().contains("https://"));
    let own_network = Typed {
        token_url: service.address.replace("http:", "https:") + "/token",
        authorise_url: "https://login.example.org/".to_owned(),
        ..service.app(Provider::Google)
    };
    let id = connections.create("Drive", &own_network, "ann").await.unwrap();
    let url = connections.begin(&id, SESSION, BACK, "ann").await.unwrap();
    let state = Url::parse(url.expose()).unwrap();
    let state = state.query_pairs().find(|(name, _)| name == "state").unwrap().1;
    let arrived = Arrived {
        state: state.into_owned(),
        code: Some(Secret::new("code")),
        error: None,
    };
    let asked = service.asked().await.len();
    assert_eq!(
        refused(connections.finish(arrived, SESSION, "ann").await),
        Refusal::Private
    );
    assert_eq!(service.asked().await.len(), asked);
}
