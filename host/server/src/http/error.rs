//! Problems: what a client is told when a request is not carried out. The one place that knows
//! which HTTP status belongs to what.
//!
//! **Shape**: `application/problem+json` (RFC 9457) with `type`, `title`, `status`, `code`,
//! `detail`, `request_id` and, where one field is at fault, `field`. The stable part is `code`;
//! `detail` is for people. Causes are logged and never shown.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use stagewright_core::drive::Failure;
use stagewright_core::refusal::{Refusal, RefusalKind};

use crate::service::{HookProblem, MediumProblem};

/// Seconds after which a request that met too many others is worth repeating.
const RETRY_AFTER_S: HeaderValue = HeaderValue::from_static("1");

/// Characters of a detail or a field's name, at most. They quote what the client sent, which can be
/// long.
const QUOTED_CHARS_MAX: usize = 1_000;

/// A request that was not carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    field: Option<String>,
    /// For the operator's log alone.
    cause: Option<String>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), field: None, cause: None }
    }

    /// A request that cannot be read.
    pub(super) fn malformed(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// A body of another kind than the path takes.
    pub(super) fn unsupported(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "request.unsupported-type", detail)
    }

    /// A path that this host does not have.
    pub(super) fn unknown_path() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "request.unknown-path",
            "there is nothing at this path; host/docs/API.md lists the paths",
        )
    }

    /// A method that the path does not have; the `Allow` header names those it has.
    pub(super) fn wrong_method() -> Self {
        let detail = "this path does not take this method; the Allow header names those it takes";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "request.wrong-method", detail)
    }

    /// A host that cannot take requests yet, or no longer.
    pub(super) fn not_ready(reason: String) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "health.not-ready", reason)
    }

    /// A bug of this host.
    pub(super) fn internal(cause: impl Into<String>) -> Self {
        let detail = "the host made a mistake and nothing was answered for certain; tell the \
            operator, naming the request id";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail).because(cause)
    }

    /// The status it is answered with.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// The same problem, about `field`.
    pub(super) fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same problem in these words where its own would repeat a value that does not fit.
    pub(super) fn without_values(self, detail: &str) -> Self {
        if self.code == "request.wrong-type" {
            Self { detail: detail.to_owned(), ..self }
        } else {
            self
        }
    }

    fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Writes the problem into `bare`, the response it travelled in, whose headers stay. Logs what
    /// the client is not told.
    pub(super) fn render(self, bare: Response, request_id: &str) -> Response {
        if let Some(cause) = &self.cause {
            if self.status.is_server_error() {
                tracing::error!(request_id, code = self.code, %cause, "a request failed");
            } else {
                tracing::warn!(request_id, code = self.code, %cause, "a request was turned away");
            }
        }

        let mut body = json!({
            "type": "about:blank", "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(), "code": self.code, "detail": shortened(&self.detail),
            "request_id": request_id,
        });
        if let (Some(field), Some(map)) = (self.field, body.as_object_mut()) {
            map.insert("field".into(), json!(shortened(&field)));
        }

        let (mut parts, _) = bare.into_parts();
        parts.status = self.status;
        parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC 9110 asks for this header with every 401.
            parts.headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if matches!(self.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            parts.headers.insert(RETRY_AFTER, RETRY_AFTER_S);
        }
        Response::from_parts(parts, Body::from(body.to_string()))
    }
}

/// Leaves out the middle of a long text: what is wrong stands at its beginning, what to do next at
/// its end.
fn shortened(text: &str) -> Cow<'_, str> {
    let chars = text.chars().count();
    if chars <= QUOTED_CHARS_MAX {
        return Cow::Borrowed(text);
    }

    let half = QUOTED_CHARS_MAX / 2;
    let (first, last) = (text.chars().take(half), text.chars().skip(chars - half));
    Cow::Owned(first.chain(" … ".chars()).chain(last).collect())
}

impl IntoResponse for Problem {
    /// The problem travels as an extension: only the outermost layer knows the request id that its
    /// body names.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.kind {
            RefusalKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            RefusalKind::Unauthenticated => StatusCode::UNAUTHORIZED,
            RefusalKind::Forbidden => StatusCode::FORBIDDEN,
            RefusalKind::NotFound => StatusCode::NOT_FOUND,
            RefusalKind::Conflict => StatusCode::CONFLICT,
            RefusalKind::Stale => StatusCode::PRECONDITION_FAILED,
            RefusalKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            RefusalKind::Busy => StatusCode::TOO_MANY_REQUESTS,
            RefusalKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self { field: refusal.field, ..Self::new(status, refusal.code, refusal.message) }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => refusal.into(),
            // Only the engine's own work is overtaken, and it tells nobody.
            Failure::Contended | Failure::Overtaken(_) => {
                let detail = "too many others change the same things; nothing was changed, so \
                    repeat the request";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "store.contended", detail)
            }
            Failure::Damaged(cause) => {
                let detail =
                    "the host cannot read its own data; tell the operator, naming the request id";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "store.damaged", detail).because(cause)
            }
            Failure::Stopped(cause) => {
                let detail = "the host has stopped taking changes; repeat the request later with \
                    the same Idempotency-Key";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "store.stopped", detail).because(cause)
            }
        }
    }
}

impl From<MediumProblem> for Problem {
    fn from(problem: MediumProblem) -> Self {
        match problem {
            MediumProblem::Refused(refusal) => refusal.into(),
            MediumProblem::Denied(reason) => Self::new(
                StatusCode::BAD_GATEWAY,
                "media.refused",
                format!("the provider does not give this file: {reason}"),
            ),
            MediumProblem::Unavailable(reason) => {
                let detail = format!(
                    "the provider cannot be asked for this file now: {reason}; try again later"
                );
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "media.unavailable", detail)
            }
            MediumProblem::Store(failure) => failure.into(),
        }
    }
}

impl From<HookProblem> for Problem {
    fn from(problem: HookProblem) -> Self {
        match problem {
            HookProblem::NotFound => Refusal::not_found("channel").into(),
            HookProblem::Forged(reason) => {
                // Whoever forges learns nothing about what gave the forgery away.
                let detail = "this does not come from the channel's provider";
                Self::new(StatusCode::UNAUTHORIZED, "hook.forged", detail).because(reason)
            }
            HookProblem::Failed(cause) => {
                let detail = "the channel could not read this; send it again later";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "hook.failed", detail).because(cause)
            }
            HookProblem::Store(failure) => failure.into(),
        }
    }
}
