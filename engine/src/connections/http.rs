//! Asking the service that hands out tokens, and nobody else (rule S19): no redirects, no proxy, no private address that
//! the server's settings do not allow, and a short answer within a short time.

use std::net::{IpAddr, SocketAddr};
use std::sync::LazyLock;
use std::time::Duration;

use futures::future::BoxFuture;
use ipnet::IpNet;
use oauth2::http::{Response, Uri};
use oauth2::url::{Host, Url};
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::redirect::Policy;
use serde_json::Value;

/// A question, with its answer.
const LIMIT: Duration = Duration::from_secs(20);
/// The longest answer, in bytes.
const MOST: usize = 256 * 1024;

/// Networks that are not the internet (the registries of IANA), and those that carry them.
static PRIVATE: LazyLock<Vec<IpNet>> = LazyLock::new(|| {
    [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "::/127",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/32",
        "2001:db8::/32",
        "2002::/16",
        "fc00::/7",
        "fe80::/10",
        "ff00::/8",
    ]
    .iter()
    .filter_map(|network| network.parse().ok())
    .collect()
});

/// Why there is no answer. Never with what was asked: it holds secrets.
#[derive(Debug, thiserror::Error)]
pub(super) enum AskError {
    /// The address is in a private network.
    #[error("{0} is a private address")]
    Private(IpAddr),
    /// Secrets would travel in clear through the internet.
    #[error("plain http is for allowed private addresses only")]
    Plain,
    /// The name is not known, nobody answers, or the answer is too long.
    #[error("{0}")]
    Failed(String),
}

/// Asks.
pub(super) struct Asker {
    allowed: Vec<IpNet>,
}

impl Asker {
    pub(super) fn new(allowed: &[IpNet]) -> Self {
        // One for the whole program; that there is one already is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            allowed: allowed.to_vec(),
        }
    }

    /// Whether plain http may be saved for this host: only inside the networks that the settings allow.
    pub(super) fn may_be_plain(&self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv4(ip)) => self.allows(ip.into()),
            Some(Host::Ipv6(ip)) => self.allows(ip.into()),
            Some(Host::Domain(_)) => !self.allowed.is_empty(),
            None => false,
        }
    }

    fn allows(&self, ip: IpAddr) -> bool {
        self.allowed.iter().any(|network| network.contains(&ip))
    }

    /// Refuses an address that must not be asked.
    fn check(&self, ip: IpAddr, is_plain: bool) -> Result<(), AskError> {
        // `::ffff:10.0.0.1` is 10.0.0.1.
        let ip = ip.to_canonical();
        if self.allows(ip) {
            return Ok(());
        }
        if PRIVATE.iter().any(|network| network.contains(&ip)) {
            return Err(AskError::Private(ip));
        }
        if is_plain {
            return Err(AskError::Plain);
        }
        Ok(())
    }

    /// The addresses behind a name, all of them checked. The connection is made to these, so that a name which means
    /// something else a moment later does not lead elsewhere.
    async fn resolve(&self, uri: &Uri) -> Result<(String, Vec<SocketAddr>), AskError> {
        let is_plain = uri.scheme_str() != Some("https");
        let host = uri
            .host()
            .ok_or_else(|| AskError::Failed("the address has no host".into()))?;
        let port = uri.port_u16().unwrap_or(if is_plain { 80 } else { 443 });
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let found = tokio::time::timeout(LIMIT, tokio::net::lookup_host((bare, port))).await;
        let addresses: Vec<SocketAddr> = found
            .map_err(|_| AskError::Failed("the name server does not answer".into()))?
            .map_err(|error| AskError::Failed(error.to_string()))?
            .collect();
        for address in &addresses {
            self.check(address.ip(), is_plain)?;
        }
        Ok((host.to_owned(), addresses))
    }

    /// One question and its answer, as the OAuth library takes it.
    pub(super) async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, AskError> {
        let (host, addresses) = self.resolve(request.uri()).await?;
        let failed = |error: reqwest::Error| AskError::Failed(error.without_url().to_string());
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .timeout(LIMIT)
            .resolve_to_addrs(&host, &addresses)
            .build()
            .map_err(failed)?;
        let request = reqwest::Request::try_from(request).map_err(failed)?;
        let mut response = client.execute(request).await.map_err(failed)?;
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(failed)? {
            if body.len() + part.len() > MOST {
                return Err(AskError::Failed("the answer is too long".into()));
            }
            body.extend_from_slice(&part);
        }
        let mut answer = Response::new(body);
        *answer.status_mut() = response.status();
        if let Some(kind) = response.headers().get("content-type") {
            answer.headers_mut().insert("content-type", kind.clone());
        }
        Ok(as_standard(answer))
    }
}

impl<'c> AsyncHttpClient<'c> for Asker {
    type Error = AskError;
    type Future = BoxFuture<'c, Result<HttpResponse, AskError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}

/// Slack says that all is well with status 200 and `"ok": false` in the text; to the library that is an error.
fn as_standard(answer: HttpResponse) -> HttpResponse {
    let Ok(Value::Object(mut told)) = serde_json::from_slice(answer.body()) else {
        return answer;
    };
    if told.get("ok") != Some(&Value::Bool(false)) {
        return answer;
    }
    let error = told.remove("error").unwrap_or_else(|| "unknown".into());
    let mut standard = Response::new(serde_json::json!({ "error": error }).to_string().into_bytes());
    *standard.status_mut() = oauth2::http::StatusCode::BAD_REQUEST;
    standard
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asker(allowed: &[&str]) -> Asker {
        let allowed: Vec<IpNet> = allowed.iter().map(|network| network.parse().unwrap()).collect();
        Asker::new(&allowed)
    }

    #[test]
    fn s19_private_addresses_in_all_their_spellings_are_refused_unless_they_are_allowed() {
        assert_eq!(PRIVATE.len(), 23);
        let strict = asker(&[]);
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.0.9",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "::1",
            "::",
            "fd00::1",
            "fe80::1",
            "::ffff:169.254.169.254",
            "64:ff9b::a00:1",
            "2002:a00:1::",
        ] {
            let refused = strict.check(private.parse().unwrap(), false);
            assert!(matches!(refused, Err(AskError::Private(_))), "{private}");
        }
        for public in ["8.8.8.8", "172.32.0.1", "2606:4700::1111"] {
            assert!(strict.check(public.parse().unwrap(), false).is_ok(), "{public}");
            assert!(matches!(
                strict.check(public.parse().unwrap(), true),
                Err(AskError::Plain)
            ));
        }
        let open = asker(&["10.0.0.0/8"]);
        assert!(open.check("10.1.2.3".parse().unwrap(), true).is_ok());
        assert!(open.check("::ffff:10.1.2.3".parse().unwrap(), true).is_ok());
        assert!(open.check("127.0.0.1".parse().unwrap(), true).is_err());
    }

    #[tokio::test]
    async fn s19_a_name_for_a_private_address_is_refused_before_anything_is_sent() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        for host in ["localhost", "127.0.0.1"] {
            let request = oauth2::http::Request::post(format!("http://{host}:{port}/token"));
            let refused = asker(&[]).ask(request.body(Vec::new()).unwrap()).await;
            assert!(matches!(refused, Err(AskError::Private(_))), "{host}");
        }
    }
}
