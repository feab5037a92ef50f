//! Sends requests over HTTP.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};

use stagewright_core::outside::{ConnectError, Header, Request, Response, SealedRequest};
use stagewright_core::seams::{Connector, Later};

use super::egress::{EgressError, EgressRule};
use super::fill::fill;
use super::resolve::{CheckedLookUp, LookUp, system};
use super::scrub::Scrub;

/// The methods that a channel may use.
const METHODS: [Method; 6] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// Headers that say where a request goes or where it ends. The connector writes them itself: a
/// channel that did could have one server take its request for another's, or for two.
const OWN_HEADERS: [&str; 11] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The connector of a real host.
#[derive(Debug)]
pub struct HttpConnector {
    client: reqwest::Client,
    rule: EgressRule,
}

impl HttpConnector {
    /// A connector under `rule`. It follows no redirect and uses no proxy: both would lead past the
    /// check.
    ///
    /// # Errors
    /// Where TLS cannot be set up.
    pub fn new(rule: EgressRule) -> Result<Self, reqwest::Error> {
        Self::looking_up(rule, system())
    }

    /// The same with another way to look names up.
    ///
    /// # Errors
    /// Where TLS cannot be set up.
    pub(super) fn looking_up(rule: EgressRule, look_up: LookUp) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .dns_resolver(Arc::new(CheckedLookUp { rule: rule.clone(), look_up }))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .pool_idle_timeout(Duration::from_secs(30))
            .user_agent(concat!("stagewright/", env!("CARGO_PKG_VERSION")))
            .build()?;

        Ok(Self { client, rule })
    }

    async fn exchange(&self, sealed: SealedRequest) -> Result<Response, ConnectError> {
        let refused = |error: &EgressError| ConnectError::NotSent {
            code: error.code(),
            reason: error.to_string(),
            retry: false,
        };

        let url = reqwest::Url::parse(&sealed.request.url)
            .map_err(|_source| refused(&EgressError::NotAnAddress(sealed.request.url.clone())))?;
        self.rule.check_url(&url, &sealed.servers).map_err(|error| refused(&error))?;

        // Secrets are filled in only now that the server is known to be one of those named for
        // them.
        let request =
            fill(&sealed.request, &sealed.secrets).map_err(|name| ConnectError::NotSent {
                code: "secret.missing",
                reason: format!("the secret `{name}` is not set; PUT /v1/secrets/{name} sets it"),
                retry: false,
            })?;

        let timeout = Duration::from_millis(sealed.timeout_ms);
        let request = self.request(url, request, timeout)?;
        let answer = self.client.execute(request).await.map_err(|error| not_answered(&error))?;
        read(answer, sealed.answer_bytes_max).await
    }

    /// The request as the client sends it. No value is ever said in an error: a secret may stand in
    /// it.
    fn request(
        &self,
        url: reqwest::Url,
        request: Request,
        timeout: Duration,
    ) -> Result<reqwest::Request, ConnectError> {
        let bad = |what: String| ConnectError::NotSent {
            code: "connector.bad-request",
            reason: what,
            retry: false,
        };

        let method = METHODS.iter().find(|method| method.as_str() == request.method).cloned();
        let method = method.ok_or_else(|| {
            bad("the channel uses a method that is not GET, HEAD, POST, PUT, PATCH or DELETE"
                .into())
        })?;

        let mut builder = self.client.request(method, url).body(request.body).timeout(timeout);
        for Header { name, value } in &request.headers {
            let name: HeaderName = name
                .parse()
                .map_err(|_source| bad("the channel gave a header without a proper name".into()))?;
            if OWN_HEADERS.contains(&name.as_str()) {
                return Err(bad(format!(
                    "the channel gave the header `{name}`, which the host writes itself"
                )));
            }

            let message = || {
                format!(
                    "the header `{name}` has a value with a line end or another sign that no \
                     header may have"
                )
            };
            let mut value = HeaderValue::from_str(value).map_err(|_source| bad(message()))?;
            // Any of them may hold a secret, and what is marked like this is left out when a
            // request is printed.
            value.set_sensitive(true);
            builder = builder.header(name, value);
        }

        builder
            .build()
            .map_err(|_source| bad("the channel's request cannot be written as HTTP".into()))
    }
}

impl Connector for HttpConnector {
    fn send(&self, request: SealedRequest) -> Later<'_, Result<Response, ConnectError>> {
        Box::pin(async move {
            // Before anything leaves: an answer that could not be looked through must not come
            // back.
            let scrub = Scrub::of(&request.secrets).map_err(|error| ConnectError::NotSent {
                code: "connector.bad-request",
                reason: format!("the channel's secrets cannot be looked for in answers: {error}"),
                retry: false,
            })?;
            self.exchange(request).await.map(|response| scrub.response(response))
        })
    }
}

/// What a missing answer means: certain only where no connection came to be.
fn not_answered(error: &reqwest::Error) -> ConnectError {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(found) = cause {
        if let Some(egress) = found.downcast_ref::<EgressError>() {
            return ConnectError::NotSent {
                code: egress.code(),
                reason: egress.to_string(),
                retry: false,
            };
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

    ConnectError::Unknown(lost(error).to_owned())
}

fn lost(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "no answer came in time"
    } else {
        "the connection broke before the answer was there"
    }
}

/// The whole answer, or none: half of one would be taken for something that nobody said.
async fn read(mut answer: reqwest::Response, bytes_max: usize) -> Result<Response, ConnectError> {
    let status = answer.status().as_u16();
    let headers = answer
        .headers()
        .iter()
        .map(|(name, value)| Header {
            name: name.to_string(),
            value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
        })
        .collect();

    let mut body = Vec::new();
    while let Some(chunk) =
        answer.chunk().await.map_err(|error| ConnectError::Unknown(lost(&error).to_owned()))?
    {
        // Counted as it comes: what an answer says of its own length may be missing or wrong.
        if body.len() + chunk.len() > bytes_max {
            return Err(ConnectError::AnswerTooLarge(bytes_max));
        }
        body.extend_from_slice(&chunk);
    }

    Ok(Response { status, headers, body })
}
