//! Answers: JSON with the right status and headers.

use std::marker::PhantomData;

use axum::http::header::{CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use super::error::Problem;

/// Status of a thing that was there or was changed.
pub(super) const OK: u16 = 200;
/// Status of a thing that was made.
pub(super) const CREATED: u16 = 201;
/// Status of work that was taken on and goes on after the answer.
pub(super) const ACCEPTED: u16 = 202;

/// What a handler gives: the answer, whose type says its shape, or a problem.
pub(super) type Answer<T = Response> = Result<T, Problem>;

/// JSON in the shape of `T` with a status. It was made just now, or a receipt has kept it since the
/// request first came; so it holds the JSON, and `T` only says what that looks like.
#[derive(Debug)]
pub(super) struct Json<T> {
    status: u16,
    body: Value,
    shape: PhantomData<fn() -> T>,
}

/// The same about a thing that has versions. Its `version` is the `ETag` too.
#[derive(Debug)]
pub(super) struct Versioned<T>(Json<T>);

/// The same about a thing that was made, with the path where it is from now on.
#[derive(Debug)]
pub(super) struct Created<T> {
    answer: Versioned<T>,
    location: String,
}

/// Done, with nothing to say: 204.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoContent;

/// An answer that does not show the version of what it is about: the `ETag` alone says it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tagged<T> {
    /// The answer.
    pub(super) answer: T,
    /// The version.
    pub(super) version: u64,
}

impl<T: Serialize> Json<T> {
    /// 200.
    pub(super) fn ok(body: &T) -> Self {
        Self::with(OK, body)
    }

    /// 201.
    pub(super) fn created(body: &T) -> Self {
        Self::with(CREATED, body)
    }

    /// 202: the work goes on after the answer.
    pub(super) fn accepted(body: &T) -> Self {
        Self::with(ACCEPTED, body)
    }

    /// A thing that was put: 201 where this version is its first.
    pub(super) fn put(body: &T, version: u64) -> Self {
        Self::with(if version == 1 { CREATED } else { OK }, body)
    }

    fn with(status: u16, body: &T) -> Self {
        Self::kept(status, json!(body))
    }
}

impl<T> Json<T> {
    /// As a receipt has it.
    pub(super) fn kept(status: u16, body: Value) -> Self {
        Self { status, body, shape: PhantomData }
    }

    /// As a receipt keeps it.
    pub(super) fn into_parts(self) -> (u16, Value) {
        (self.status, self.body)
    }

    /// What it says.
    pub(super) fn body(&self) -> &Value {
        &self.body
    }

    /// The same, with its `version` as the `ETag`.
    pub(super) fn versioned(self) -> Versioned<T> {
        Versioned(self)
    }

    /// The same, with the path of what was made.
    pub(super) fn at(self, location: String) -> Created<T> {
        Created { answer: self.versioned(), location }
    }

    /// The same about what was made under this path, where its `id` names it.
    pub(super) fn under(self, path: &str) -> Created<T> {
        let id = self.body.get("id").and_then(Value::as_str).unwrap_or_default();
        let location = format!("{path}/{id}");
        self.at(location)
    }
}

impl<T> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        json((self.status, self.body))
    }
}

impl<T> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        versioned(self.0.into_parts())
    }
}

impl<T> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        located(self.answer.into_response(), &self.location)
    }
}

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        nothing()
    }
}

impl<T: IntoResponse> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        tagged(self.answer.into_response(), self.version)
    }
}

/// An answer with a status.
pub(super) fn json((status, body): (u16, Value)) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    (status, [(CONTENT_TYPE, HeaderValue::from_static("application/json"))], body.to_string())
        .into_response()
}

/// An answer to a question.
pub(super) fn ok(body: Value) -> Response {
    json((OK, body))
}

/// Done, with nothing to say.
pub(super) fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// An answer about a thing that has versions: its `version` is the ETag too.
pub(super) fn versioned((status, body): (u16, Value)) -> Response {
    let version = body.get("version").and_then(Value::as_u64);
    let response = json((status, body));
    match version {
        Some(version) => tagged(response, version),
        None => response,
    }
}

/// The same answer, with the version of what it is about as the ETag.
pub(super) fn tagged(mut response: Response, version: u64) -> Response {
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// The same answer, saying where the thing is that was made.
pub(super) fn located(mut response: Response, path: &str) -> Response {
    if let Ok(path) = HeaderValue::from_str(path) {
        response.headers_mut().insert(LOCATION, path);
    }
    response
}

/// The version that the client means: from `If-Match: "<version>"`, or 0 from `If-None-Match: *`,
/// which only makes new things.
///
/// # Errors
/// `request.bad-if-match`.
pub(super) fn expected(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let text = |name| {
        headers
            .get(name)
            .map(|value: &HeaderValue| value.to_str().unwrap_or_default().trim().to_owned())
    };

    if text(IF_NONE_MATCH).as_deref() == Some("*") {
        return Ok(Some(0));
    }
    let Some(tag) = text(IF_MATCH) else { return Ok(None) };
    if tag == "*" {
        return Ok(None);
    }

    let version = tag
        .strip_prefix('"')
        .and_then(|tag| tag.strip_suffix('"'))
        .and_then(|tag| tag.parse().ok());
    let detail = "If-Match takes one ETag as it was answered, such as \"3\"";
    version.map(Some).ok_or_else(|| Problem::malformed("request.bad-if-match", detail))
}
