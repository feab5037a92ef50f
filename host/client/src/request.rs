//! Sending a request.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::answer::{Answer, ClientError, Problem};
use super::recorder::Recorder;

/// How long an answer may take. The host answers within milliseconds; this ends a test that would
/// hang.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long installing a bundle may take: the host compiles it before it answers, and a component
/// may have up to 40 MiB.
const INSTALL_TIMEOUT: Duration = Duration::from_secs(600);

/// A client with an address and, mostly, a token. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
    recorder: Option<Recorder>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client({}, token hidden)", self.base)
    }
}

impl Client {
    /// A client of the host at `base`, such as `http://127.0.0.1:8080`, without a token.
    ///
    /// # Errors
    /// [`ClientError::NoAnswer`] where this machine cannot make connections at all.
    pub fn new(base: &str) -> Result<Self, ClientError> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT)
            .build();

        let http = http.map_err(|e| ClientError::NoAnswer(e.to_string()))?;

        Ok(Self { http, base: base.trim_end_matches('/').to_owned(), token: None, recorder: None })
    }

    /// The same client with a token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same client, whose exchanges are kept.
    #[must_use]
    pub fn recorded_by(&self, recorder: &Recorder) -> Self {
        Self { recorder: Some(recorder.clone()), ..self.clone() }
    }

    /// The same client for a host that has moved to another address.
    #[must_use]
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.trim_end_matches('/').to_owned(), ..self.clone() }
    }

    /// Asks for what is at `path`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn get(&self, path: &str) -> Result<Answer, ClientError> {
        self.exchange(self.request(Method::GET, path)).await
    }

    /// Asks for the text at `path`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn get_text(&self, path: &str) -> Result<String, ClientError> {
        let (_, bytes) = self.carried_out(self.request(Method::GET, path)).await?;
        String::from_utf8(bytes).map_err(|e| ClientError::NotTheApi(e.to_string()))
    }

    /// Posts JSON.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer, ClientError> {
        self.exchange(with_json(self.request(Method::POST, path), body)).await
    }

    /// Puts JSON.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn put(&self, path: &str, body: &Value) -> Result<Answer, ClientError> {
        self.exchange(with_json(self.request(Method::PUT, path), body)).await
    }

    /// Changes what is at `path`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn patch(&self, path: &str, body: &Value) -> Result<Answer, ClientError> {
        self.exchange(with_json(self.request(Method::PATCH, path), body)).await
    }

    /// Deletes what is at `path`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn delete(&self, path: &str) -> Result<Answer, ClientError> {
        self.exchange(self.request(Method::DELETE, path)).await
    }

    /// Installs a bundle, and waits up to ten minutes for the host to compile it.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn install(&self, bundle: Vec<u8>) -> Result<Answer, ClientError> {
        self.exchange(self.installation(bundle)).await
    }

    /// Posts bytes as they are, such as what a provider sends.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn post_bytes(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, ClientError> {
        let request =
            headers.iter().fold(self.request(Method::POST, path), |request, (name, value)| {
                request.header(*name, *value)
            });

        self.exchange(request.body(body)).await
    }

    fn installation(&self, bundle: Vec<u8>) -> reqwest::RequestBuilder {
        self.request(Method::POST, "/v1/plugins").timeout(INSTALL_TIMEOUT).body(bundle)
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));

        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn exchange(&self, request: reqwest::RequestBuilder) -> Result<Answer, ClientError> {
        let (status, bytes) = self.carried_out(request).await?;
        // What a provider is answered need not be JSON.
        Ok(Answer { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) })
    }

    /// Status and body of an answer that carried the request out.
    async fn carried_out(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<(u16, Vec<u8>), ClientError> {
        let lost = |e: reqwest::Error| ClientError::NoAnswer(e.to_string());
        let request = request.build().map_err(lost)?;
        let recorded = self.recorder.as_ref().map(|recorder| (recorder, begin(recorder, &request)));

        let answer = self.http.execute(request).await.map_err(lost)?;
        let status = answer.status();
        let headers = recorded.map(|_| texts(answer.headers()));
        let bytes = answer.bytes().await.map_err(lost)?;

        if let (Some((recorder, index)), Some(headers)) = (recorded, headers) {
            recorder.answered(index, status.as_u16(), &headers, &bytes);
        }

        if status.is_success() {
            return Ok((status.as_u16(), bytes.to_vec()));
        }
        match serde_json::from_slice::<Problem>(&bytes) {
            Ok(problem) if !problem.code.is_empty() => Err(ClientError::Refused(problem)),
            _ => Err(ClientError::NotTheApi(format!(
                "{status}: {}",
                String::from_utf8_lossy(&bytes)
            ))),
        }
    }
}

/// Keeps a request that is about to be sent.
fn begin(recorder: &Recorder, request: &reqwest::Request) -> usize {
    let url = request.url();
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let path = format!("{}{query}", url.path());
    let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();

    recorder.begin(request.method().as_str(), &path, &texts(request.headers()), body)
}

/// Headers as text.
fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();

    headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect()
}

fn with_json(request: reqwest::RequestBuilder, body: &Value) -> reqwest::RequestBuilder {
    request.header("content-type", "application/json").body(body.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn installing_a_bundle_may_take_longer_than_anything_else() {
        let client = Client::new("http://127.0.0.1:1").unwrap();
        let installation = client.installation(Vec::new()).build().unwrap();

        assert!(
            installation.timeout().is_some_and(|longest| *longest >= 10 * TIMEOUT),
            "{:?}",
            installation.timeout()
        );

        // What says nothing of its own has the limit of the whole client.
        assert_eq!(client.request(Method::GET, "/v1/plugins").build().unwrap().timeout(), None);
    }
}
