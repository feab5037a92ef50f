//! A client of the public HTTP API that knows three outcomes: carried out, refused, and no answer
//! at all. A request is a value, so that the very same one can be sent again.

use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::Method;
use serde_json::{Value, json};

use stagewright_core::outside::Incoming;

/// How long an answer may take; this only ends a test that would hang.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request.
#[derive(Clone)]
pub struct Ask {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Status and JSON; `null` where there is none.
    Answered(u16, Value),
    /// The host was gone. Whether it did what was asked is not known.
    Lost,
}

impl std::fmt::Debug for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.method, self.path, String::from_utf8_lossy(&self.body))
    }
}

impl Ask {
    /// Asks for something.
    #[must_use]
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), headers: Vec::new(), body: Vec::new() }
    }

    /// Posts JSON.
    #[must_use]
    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        Self::json(Method::POST, path, body)
    }

    /// Puts JSON.
    #[must_use]
    pub fn put(path: impl Into<String>, body: &Value) -> Self {
        Self::json(Method::PUT, path, body)
    }

    /// Changes a thing that is at `version`.
    #[must_use]
    pub fn patch(path: impl Into<String>, version: u64, body: &Value) -> Self {
        Self::json(Method::PATCH, path, body).header("If-Match", format!("\"{version}\""))
    }

    /// Posts bytes.
    #[must_use]
    pub fn bytes(path: impl Into<String>, body: Vec<u8>) -> Self {
        Self { method: Method::POST, path: path.into(), headers: Vec::new(), body }
    }

    /// What a provider sends to a channel.
    #[must_use]
    pub fn hook(tenant: &str, channel: &str, incoming: Incoming) -> Self {
        let headers =
            incoming.headers.into_iter().map(|header| (header.name, header.value)).collect();
        Self {
            method: Method::POST,
            path: format!("/hooks/{tenant}/{channel}"),
            headers,
            body: incoming.body,
        }
    }

    fn json(method: Method, path: impl Into<String>, body: &Value) -> Self {
        let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
        Self { method, path: path.into(), headers, body: body.to_string().into_bytes() }
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same with an idempotency key: sent again it changes nothing and has the same answer.
    #[must_use]
    pub fn once(self, key: impl Into<String>) -> Self {
        self.header("Idempotency-Key", key)
    }
}

/// A client of one host, with a token. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    http: reqwest::Client,
    base: String,
    token: String,
}

/// How often a notification is sent that the host cannot read.
const NOTIFICATION_TRIES: u32 = 3;

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Api({})", self.base)
    }
}

impl Api {
    /// A client.
    ///
    /// # Errors
    /// Where this machine cannot make connections at all.
    pub fn new(base: &str, token: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()?;
        Ok(Self { http, base: base.to_owned(), token: token.to_owned() })
    }

    /// The same client with another token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// The same client of a host that serves elsewhere.
    #[must_use]
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// Sends a request. A notification that a busy machine could not read in time is sent again, as
    /// providers do; one that can never be read is still answered that.
    pub async fn send(&self, ask: &Ask) -> Outcome {
        for _ in 1..NOTIFICATION_TRIES {
            let outcome = self.send_once(ask).await;
            let unread =
                matches!(&outcome, Outcome::Answered(503, body) if body["code"] == "hook.failed");
            if !unread {
                return outcome;
            }
        }
        self.send_once(ask).await
    }

    async fn send_once(&self, ask: &Ask) -> Outcome {
        let request = self
            .http
            .request(ask.method.clone(), format!("{}{}", self.base, ask.path))
            .bearer_auth(&self.token);
        let request =
            ask.headers.iter().fold(request, |request, (name, value)| request.header(name, value));

        let Ok(answer) = request.body(ask.body.clone()).send().await else { return Outcome::Lost };
        let status = answer.status().as_u16();

        // Headers alone are no answer: half of one tells nobody anything.
        match answer.bytes().await {
            Ok(bytes) => {
                Outcome::Answered(status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
            }
            Err(_cut_off) => Outcome::Lost,
        }
    }

    /// Sends a request that must be carried out, and gives the answer.
    ///
    /// # Errors
    /// Where it is refused or not answered.
    pub async fn done(&self, ask: &Ask) -> anyhow::Result<Value> {
        match self.send(ask).await {
            Outcome::Answered(200..=299, body) => Ok(body),
            Outcome::Answered(status, body) => {
                bail!("{} {} was answered {status}: {body}", ask.method, ask.path)
            }
            Outcome::Lost => bail!("{} {} was not answered", ask.method, ask.path),
        }
    }

    /// Creates a record and gives its id.
    ///
    /// # Errors
    /// As [`Api::done`].
    pub async fn create(&self, kind: &str, fields: Value) -> anyhow::Result<String> {
        text(
            &self
                .done(&Ask::post(format!("/v1/records/{kind}"), &json!({ "fields": fields })))
                .await?,
            "/id",
        )
    }

    /// Every item of a list, newest first, page by page, until `enough` says so.
    ///
    /// # Errors
    /// Where a page is refused.
    pub async fn list(
        &self,
        path: &str,
        enough: impl Fn(&[Value]) -> bool,
    ) -> anyhow::Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut cursor = String::new();

        loop {
            let page = self.done(&Ask::get(format!("{path}?limit=200{cursor}"))).await?;
            let found =
                page.get("items").and_then(Value::as_array).context("a list without items")?;
            items.extend(found.iter().cloned());

            match page.get("next_cursor").and_then(Value::as_str) {
                Some(next) if !enough(found) => cursor = format!("&cursor={next}"),
                _ => return Ok(items),
            }
        }
    }
}

/// A text in an answer, or an error that shows the answer.
///
/// # Errors
/// Where there is no text.
pub fn text(body: &Value, pointer: &str) -> anyhow::Result<String> {
    let found = body.pointer(pointer).and_then(Value::as_str);
    found.map(str::to_owned).with_context(|| format!("no text at {pointer} in {body}"))
}

/// A whole number in an answer.
///
/// # Errors
/// Where there is none.
pub fn number(body: &Value, pointer: &str) -> anyhow::Result<u64> {
    body.pointer(pointer)
        .and_then(Value::as_u64)
        .with_context(|| format!("no number at {pointer} in {body}"))
}

/// A list in an answer; empty where there is none.
#[must_use]
pub fn list<'a>(body: &'a Value, pointer: &str) -> &'a [Value] {
    body.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
