//! Sends requests over HTTP.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use stagewright_core::outside::{ConnectError, Header, Response, SealedRequest};
use stagewright_core::seams::{Connector, Later};

use super::egress::{EgressError, EgressRule};
use super::fill::{fill, scrub};

/// Largest answer that is read, in bytes; the rest is left.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// The connector of a real host.
#[derive(Debug)]
pub struct HttpConnector {
    client: reqwest::Client,
    rule: EgressRule,
}

impl HttpConnector {
    /// A connector under `rule`. It follows no redirect and uses no proxy: both would lead past the check.
    ///
    /// # Errors
    /// Where TLS cannot be set up.
    pub fn new(rule: EgressRule) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .dns_resolver(Arc::new(rule.clone()))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .pool_idle_timeout(Duration::from_secs(30))
            .user_agent(concat!("stagewright/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, rule })
    }

    async fn exchange(&self, sealed: SealedRequest) -> Result<Response, ConnectError> {
        let refused = |error: &EgressError| ConnectError::NotSent { code: error.code(), reason: error.to_string(), retry: false };
        let url = reqwest::Url::parse(&sealed.request.url)
            .map_err(|_source| refused(&EgressError::NotAnAddress(sealed.request.url.clone())))?;
        self.rule.check_url(&url, &sealed.hosts).map_err(|error| refused(&error))?;
        let request = fill(&sealed.request, &sealed.secrets).map_err(|name| ConnectError::NotSent {
            code: "secret.missing",
            reason: format!("the secret `{name}` is not set; PUT /v1/secrets/{name} sets it"),
            retry: false,
        })?;
        let bad = |what: &str| ConnectError::NotSent {
            code: "connector.bad-request",
            reason: format!("the channel gave a bad {what}"),
            retry: false,
        };
        let method = reqwest::Method::from_bytes(request.method.as_bytes()).map_err(|_source| bad("method"))?;
        let timeout = Duration::from_millis(sealed.timeout_ms);
        let mut builder = self.client.request(method, url).body(request.body).timeout(timeout);
        for header in &request.headers {
            let mut value = reqwest::header::HeaderValue::from_str(&header.value).map_err(|_source| bad("header"))?;
            value.set_sensitive(true);
            builder = builder.header(&header.name, value);
        }
        let request = builder.build().map_err(|_source| bad("header"))?;
        let answer = self.client.execute(request).await.map_err(|error| not_answered(&error))?;
        read(answer).await.map_err(|error| ConnectError::Unknown(without_url(error)))
    }
}

impl Connector for HttpConnector {
    fn send(&self, request: SealedRequest) -> Later<'_, Result<Response, ConnectError>> {
        Box::pin(async move {
            let secrets = request.secrets.clone();
            let mut answer = self.exchange(request).await;
            if let Ok(response) = &mut answer {
                // What comes back is shown to the plugin and may be kept: no secret may be in it.
                if let Ok(text) = std::str::from_utf8(&response.body) {
                    response.body = scrub(text, &secrets).into_bytes();
                }
            }
            answer
        })
    }
}

/// What a missing answer means: certain only where no connection came to be.
fn not_answered(error: &reqwest::Error) -> ConnectError {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(found) = cause {
        if let Some(egress) = found.downcast_ref::<EgressError>() {
            return ConnectError::NotSent { code: egress.code(), reason: egress.to_string(), retry: false };
        }
        cause = found.source();
    }
    if error.is_connect() {
        return ConnectError::NotSent {
            code: "connector.no-connection",
            reason: "no connection could be made".into(),
            retry: true,
        };
    }
    let reason = if error.is_timeout() { "no answer came in time" } else { "the connection broke" };
    ConnectError::Unknown(reason.to_owned())
}

fn without_url(error: reqwest::Error) -> String {
    error.without_url().to_string()
}

async fn read(mut answer: reqwest::Response) -> Result<Response, reqwest::Error> {
    let status = answer.status().as_u16();
    let headers = answer
        .headers()
        .iter()
        .map(|(name, value)| Header { name: name.to_string(), value: String::from_utf8_lossy(value.as_bytes()).into_owned() })
        .collect();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        let room = ANSWER_BYTES_MAX.saturating_sub(body.len());
        body.extend(chunk.iter().take(room));
        if body.len() >= ANSWER_BYTES_MAX {
            break;
        }
    }
    Ok(Response { status, headers, body })
}
