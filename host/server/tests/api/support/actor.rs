//! Somebody who sends requests, and what comes back.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderValue, Request};
use serde_json::Value;
use tower::ServiceExt as _;

use super::record::Record;

/// Somebody with a token, or without.
#[derive(Clone)]
pub(crate) struct Actor {
    router: Router,
    token: Option<String>,
    headers: Vec<(String, String)>,
    record: Option<Record>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Actor {
    pub(crate) fn new(router: Router, token: Option<String>, record: Option<Record>) -> Self {
        Self { router, token, headers: Vec::new(), record }
    }

    /// The same, sending one header more.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut other = self.clone();
        other.headers.push((name.to_owned(), value.to_owned()));
        other
    }

    /// The same, under an idempotency key.
    pub(crate) fn once(&self, key: &str) -> Self {
        self.with("idempotency-key", key)
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send("POST", path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Reply {
        self.send("PUT", path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send("PATCH", path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, None).await
    }

    /// Sends JSON, or nothing.
    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        match body {
            Some(body) => {
                self.with("content-type", "application/json")
                    .send_raw(method, path, body.to_string().into_bytes())
                    .await
            }
            None => self.send_raw(method, path, Vec::new()).await,
        }
    }

    /// Sends bytes.
    pub(crate) async fn send_raw(&self, method: &str, path: &str, body: Vec<u8>) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let recorded = self.record.as_ref().map(|record| {
            let recorder = record.recorder();
            (recorder, recorder.begin(method, path, &self.headers, &body))
        });

        let response =
            self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();

        if let Some((recorder, index)) = recorded {
            let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
            let headers = parts.headers.iter().map(|(name, value)| (name.to_string(), text(value)));
            let headers: Vec<_> = headers.collect();
            recorder.answered(index, parts.status.as_u16(), &headers, &bytes);
        }

        Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

impl Reply {
    /// The JSON of the answer.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// A header, empty where it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The JSON of an answer with this status.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json()
    }

    /// A problem with this status and code, its shape checked.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        let body = self.expect(status);

        assert_eq!(body["code"], code, "{body}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(body["type"], "about:blank");
        assert_eq!(body["status"], status);
        assert!(!body["title"].as_str().unwrap().is_empty());
        assert!(!body["detail"].as_str().unwrap().is_empty());
        assert_eq!(body["request_id"].as_str().unwrap(), self.header("x-request-id"));
        body
    }

    /// The `items` of a list.
    #[track_caller]
    pub(crate) fn items(&self) -> Vec<Value> {
        self.expect(200)["items"].as_array().unwrap().clone()
    }
}
