//! `POST /start/{token}` starts a run, `GET /start/{token}/runs/{run_id}` says how it stands. The token may stand in
//! `Authorization: Bearer …` instead, with `/start` and `/start/runs/{run_id}`: addresses end up in logs of proxies.

use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use domain::run::Trigger;
use engine::start_links::StartLink;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::reply::{self, Refusal};
use crate::pages::schedules::Base;
use crate::pages::tasks::Readiness;
use crate::routes::AppState;

/// What may be sent, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// The link that a request comes with.
pub struct Called(StartLink);

#[derive(Deserialize)]
struct Addressed {
    token: Option<String>,
}

/// Which run is asked about.
#[derive(Deserialize)]
pub struct Asked {
    run_id: String,
}

impl FromRequestParts<AppState> for Called {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refusal> {
        let addressed = Path::<Addressed>::from_request_parts(parts, state).await;
        let token = match addressed.ok().and_then(|Path(addressed)| addressed.token) {
            Some(token) => token,
            None => bearer(&parts.headers).ok_or(Refusal::NotFound)?.to_owned(),
        };
        let link = state.engine.start_links.find_by_token(&token).await?;
        link.map(Self).ok_or(Refusal::NotFound)
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Queues a run. 201 with a new one, 200 with that of an earlier call with the same `Idempotency-Key`.
pub async fn start(
    State(state): State<AppState>,
    Called(link): Called,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let key = match headers.get("idempotency-key") {
        Some(key) => Some(
            key.to_str()
                .map_err(|_| Refusal::Body("The Idempotency-Key must be plain text.".to_owned()))?,
        ),
        None => None,
    };
    let folder = state.engine.catalog.find(&link.task_name).ok_or_else(gone)?;
    if folder.found.is_err() {
        return Err(Refusal::NotReady(
            "The task cannot be loaded at the moment. Its page in the browser says why.".to_owned(),
        ));
    }
    match Readiness::establish(&state, &folder, &link.name).await? {
        Readiness::Ready => {}
        Readiness::Missing(_) => {
            return Err(Refusal::NotReady(
                "The task's settings need attention. Its page in the browser says which.".to_owned(),
            ));
        }
    }
    let sent = values(&link, &body)?;
    let values = if sent.is_empty() {
        sent
    } else {
        let base = Base::load(&state, &link.task_name).await?;
        base.given(&sent).map_err(Refusal::Values)?
    };
    let started = state
        .engine
        .start_links
        .start(&link, &values, key)
        .await
        .map_err(Refusal::Start)?;
    let run = state
        .engine
        .runs
        .find(&started.run_id)
        .await?
        .ok_or(Refusal::NotFound)?;
    let status = if started.again {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok(reply::run(&run.summary, status))
}

/// Tells how a run stands that a link of the same task started.
pub async fn show(
    State(state): State<AppState>,
    Called(link): Called,
    Path(asked): Path<Asked>,
) -> Result<Response, Refusal> {
    let found = state.engine.runs.find(&asked.run_id).await?;
    let run = found.ok_or(Refusal::NotFound)?;
    let is_its = run.summary.trigger == Trigger::Link
        && run.summary.task_name == link.task_name
        && run.summary.triggered_by_user.as_ref() == Some(&link.name);
    if !is_its {
        return Err(Refusal::NotFound);
    }
    Ok(reply::run(&run.summary, StatusCode::OK))
}

fn gone() -> Refusal {
    Refusal::NotReady("The task's folder is gone.".to_owned())
}

/// The values in the body. A link that may set none takes any body: many systems send one whether or not it is wanted.
fn values(link: &StartLink, body: &Bytes) -> Result<Map<String, Value>, Refusal> {
    if link.may_set.is_empty() || body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    let body: Value = serde_json::from_slice(body)
        .map_err(|error| Refusal::Body(format!("The body is not JSON: {error}.")))?;
    let sent = match body.get("values") {
        None => return Ok(Map::new()),
        Some(Value::Object(sent)) => sent.clone(),
        Some(_) => {
            return Err(Refusal::Body(
                "\"values\" must be an object: {\"values\": {\"name\": \"value\"}}.".to_owned(),
            ));
        }
    };
    if let Some(name) = sent.keys().find(|name| !link.may_set.contains(name)) {
        let allowed = link.may_set.join(", ");
        return Err(Refusal::Body(format!(
            "This link may not set \"{name}\". It may set: {allowed}."
        )));
    }
    Ok(sent)
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use serde_json::json;

    use super::*;

    fn sent(may_set: &[&str], body: &str) -> Result<Map<String, Value>, String> {
        let link = StartLink {
            id: "1".to_owned(),
            task_name: "t".to_owned(),
            name: "Shop".to_owned(),
            may_set: may_set.iter().map(|name| (*name).to_owned()).collect(),
            created_at: Utc::now(),
            created_by: "ann".to_owned(),
            last_used_at: None,
        };
        values(&link, &Bytes::from(body.to_owned())).map_err(|refusal| match refusal {
            Refusal::Body(sentence) => sentence,
            _ => "another refusal".to_owned(),
        })
    }

    #[test]
    fn a_link_that_may_set_nothing_takes_any_body() {
        assert_eq!(sent(&[], "<xml/>"), Ok(Map::new()));
        assert_eq!(sent(&[], r#"{"values": {"day": 1}}"#), Ok(Map::new()));
    }

    #[test]
    fn only_values_that_the_link_may_set_are_taken() {
        let day = sent(&["day"], r#"{"values": {"day": 1}, "id": 7}"#).unwrap();
        assert_eq!(Value::Object(day), json!({"day": 1}));
        assert_eq!(sent(&["day"], " \n"), Ok(Map::new()));
        assert_eq!(sent(&["day"], r#"{"id": 7}"#), Ok(Map::new()));
        let refused = sent(&["day"], r#"{"values": {"api_key": "x"}}"#).unwrap_err();
        assert_eq!(refused, "This link may not set \"api_key\". It may set: day.");
    }

    #[test]
    fn a_body_that_cannot_be_read_is_explained() {
        assert!(
            sent(&["day"], "day=1")
                .unwrap_err()
                .starts_with("The body is not JSON: ")
        );
        assert!(
            sent(&["day"], r#"{"values": [1]}"#)
                .unwrap_err()
                .contains("must be an object")
        );
    }
}
